/** Who may see the dashboard: everybody where the proxy has no key, else a session's cookie or the key itself. */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Config } from "../../config/config.ts";
import { keyId } from "../../dispatch/keys.ts";
import { authenticate } from "../auth.ts";
import { Refusal } from "../errors.ts";
import { SESSION_MS, type Sessions } from "./sessions.ts";

/** Cookies do not know ports: two proxies on one machine must not sign each other out. */
function cookieName({ proxy: { port } }: Config): string {
  return `terraphim_dashboard_${port}`;
}

/** Whether a request may see the dashboard. `still()` tells later whether it still may: keys change, people sign out. */
export function access(c: Context, config: () => Config, sessions: Sessions, now: () => number): {
  readonly still: () => boolean;
} {
  const id = getCookie(c, cookieName(config()));
  const bySession = () => {
    const key = sessions.keyOf(id, now());
    return key !== undefined && config().proxy.apiKeys.some((one) => keyId(one) === key);
  };
  if (bySession()) return { still: bySession };
  const byKey = () => {
    authenticate(config(), (name) => c.req.header(name));
    return true;
  };
  byKey();
  return {
    still: () => {
      try {
        return byKey();
      } catch {
        return false;
      }
    },
  };
}

/** Whether {@link access} would be given. */
export function mayEnter(c: Context, config: () => Config, sessions: Sessions, now: () => number): boolean {
  try {
    return access(c, config, sessions, now).still();
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** Checks a key that was typed in. Returns its label; undefined: it is not one of the proxy's. */
export function labelOf(key: string, config: Config): string | undefined {
  try {
    return authenticate(config, (name) => name === "x-proxy-key" ? key : undefined).key;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Gives the browser its session: out of scripts' reach, never sent along from another site. */
export function signIn(c: Context, config: Config, id: string): void {
  setCookie(c, cookieName(config), id, {
    path: "/dashboard",
    httpOnly: true,
    sameSite: "Strict",
    secure: new URL(c.req.url).protocol === "https:" || c.req.header("x-forwarded-proto") === "https",
    maxAge: SESSION_MS / 1000,
  });
}

export function signOut(c: Context, config: Config, sessions: Sessions): void {
  sessions.end(getCookie(c, cookieName(config)));
  deleteCookie(c, cookieName(config), { path: "/dashboard" });
}
