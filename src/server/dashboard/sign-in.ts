/**
 * Who may see the dashboard: everybody where the proxy has no key, else a page that signed in, or who sends a key. A cookie alone
 * opens no data: browsers send it to every server of this machine, whatever its port. So the page has a second secret, in the
 * storage of its own origin.
 */
import { Buffer } from "node:buffer";
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Config } from "../../config/config.ts";
import type { Clock } from "../../runtime/clock.ts";
import { allow, type Door, originOf } from "../auth.ts";
import { remember } from "../../runtime/remember.ts";
import { Refusal } from "../errors.ts";

/** Milliseconds for which a browser stays signed in. */
export const SIGNED_IN_MS = 12 * 3_600_000;
/** The header with which the page sends its secret. */
const PAGE_HEADER = "x-dashboard-page";
/** Browsers signed in at once; the oldest are signed out. */
const MOST_SIGNED_IN = 100;
/** Wrong keys that may be tried in a minute, by everybody together. */
const MOST_TRIES = 5;
const MINUTE = 60_000;

export interface SignInOptions {
  /** The current configuration. */
  readonly config: () => Config;
  readonly clock: Clock;
  readonly door: Door;
}

/** Who looks at the dashboard. */
export interface Seen {
  /** The label of the key; undefined: the proxy has none. */
  readonly label: string | undefined;
  readonly mayChange: boolean;
  /** Says later whether it still may see it: keys change, and people sign out. */
  readonly still: () => boolean;
}

/** The sign-in of one dashboard. */
export class SignIn {
  readonly #config: () => Config;
  readonly #clock: Clock;
  readonly #door: Door;
  readonly signedIn = new SignedIn();

  constructor({ config, clock, door }: SignInOptions) {
    this.#config = config;
    this.#clock = clock;
    this.#door = door;
  }

  /**
   * Checks that a request may see the dashboard, or change something.
   * @throws Refusal: 401 where it may not see it, 403 where it may see it only
   */
  check(c: Context, need: "view" | "change" = "view"): Seen {
    const id = getCookie(c, cookieName(this.#config()));
    const secret = c.req.header(PAGE_HEADER) ?? "";
    const signedIn = (what: "view" | "change") => {
      const key = this.signedIn.keyOfPage(id, secret, this.#clock.now());
      return this.#may(key, what) ? key : undefined;
    };
    const byKey = () => {
      const origin = originOf(c, this.#clock);
      const caller = this.#door.admit(this.#config(), (name) => c.req.header(name), origin);
      allow(caller, need);
      return caller;
    };
    const label = signedIn("view");
    if (label === undefined) {
      const { key, role } = byKey();
      return { label: key, mayChange: role === "admin", still: () => isAccepted(byKey) };
    }
    const mayChange = signedIn("change") !== undefined;
    if (need === "change" && !mayChange) {
      throw new Refusal(
        403,
        "The key of this sign-in has the role viewer: it changes nothing. Sign in with an admin's key.",
      );
    }
    return { label, mayChange, still: () => signedIn("view") !== undefined };
  }

  /** Whether a browser may open the page, which holds no data: navigating, it cannot send the page's secret. */
  mayOpen(c: Context): boolean {
    const id = getCookie(c, cookieName(this.#config()));
    return this.#may(this.signedIn.keyOf(id, this.#clock.now()), "view") || isAccepted(() => this.check(c));
  }

  #may(key: string | undefined, need: "view" | "change"): boolean {
    return key !== undefined && this.#door.stillMay(this.#config(), key, need, this.#clock.now());
  }

  /** Seconds until another key may be tried; 0: now. */
  wait(): number {
    return this.signedIn.wait(this.#clock.now());
  }

  /**
   * Signs a browser in by a key that was typed in: sets the cookie, and returns the secret for the page ("" where no key is
   * needed). Undefined: it is not one of the proxy's keys.
   */
  enter(c: Context, key: string): string | undefined {
    const config = this.#config();
    if (!this.#door.isLocked(config)) return "";
    const label = accepted(() => this.#door.admit(config, (name) => name === "x-proxy-key" ? key : undefined))
      ?.key;
    if (label === undefined || !this.#door.stillMay(config, label, "view", this.#clock.now())) {
      this.signedIn.wrong(this.#clock.now());
      return undefined;
    }
    const { id, secret } = this.signedIn.open(label, this.#clock.now());
    // Out of reach of scripts, and never sent along from another site.
    setCookie(c, cookieName(config), id, {
      path: cookiePath(config),
      httpOnly: true,
      sameSite: "Strict",
      secure: new URL(c.req.url).protocol === "https:" || c.req.header("x-forwarded-proto") === "https",
      maxAge: SIGNED_IN_MS / 1000,
    });
    return secret;
  }

  leave(c: Context): void {
    const config = this.#config();
    const name = cookieName(config);
    this.signedIn.end(getCookie(c, name));
    deleteCookie(c, name, { path: cookiePath(config) });
  }
}

/** The dashboard as the browser sees it. */
const cookiePath = ({ proxy: { basePath } }: Config): string => `${basePath}/dashboard`;

/** Cookies do not know ports: two proxies on one machine must not sign each other out, unless they are replicas. */
function cookieName({ proxy: { port }, store }: Config): string {
  return `terraphim_dashboard_${store === undefined ? port : "shared"}`;
}

/** Whether `work` does not refuse. */
const isAccepted = (work: () => unknown): boolean => accepted(() => (work(), true)) === true;

/** What `work` returns; undefined where it refuses. */
function accepted<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

interface Browser {
  /** The label of the key that it signed in with. */
  readonly key: string;
  /** The digest of its page's secret. */
  readonly page: Uint8Array;
  readonly until: number;
}

/** A browser as replicas tell each other: no secret of it, only digests. */
export interface SharedBrowser {
  readonly key: string;
  /** The digest of its page's secret, in base64url. */
  readonly page: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/**
 * The browsers that are signed in: random ids in memory, without a store gone with the program; no cookie holds the key itself.
 * Every time is an argument: epoch milliseconds.
 */
export class SignedIn {
  /** By the digest of the id: the time that a look-up takes says nothing about other ids. */
  readonly #browsers = new Map<string, Browser>();
  #wrong: number[] = [];
  /** Receives what other replicas must know: null where a browser signs out. @default nobody does */
  share: (name: string, browser: SharedBrowser | null) => void = () => {};

  /** Signs in with a key's label. Returns the browser's id, for the cookie, and the secret of its page. */
  open(key: string, now: number): { readonly id: string; readonly secret: string } {
    for (const [digest, { until }] of this.#browsers) if (until <= now) this.#browsers.delete(digest);
    for (const digest of this.#browsers.keys()) {
      if (this.#browsers.size < MOST_SIGNED_IN) break;
      this.#browsers.delete(digest);
    }
    const [id, secret] = [newSecret(), newSecret()];
    const browser = { key, page: digestOf(secret), until: now + SIGNED_IN_MS };
    this.#browsers.set(nameOf(id), browser);
    this.share(nameOf(id), { ...browser, page: Buffer.from(browser.page).toString("base64url") });
    return { id, secret };
  }

  /** Takes a browser that signed in, or out, at another replica. */
  take(name: string, browser: SharedBrowser | null): void {
    if (browser === null) this.#browsers.delete(name);
    else {
      const page = Buffer.from(browser.page, "base64url");
      remember(this.#browsers, name, { ...browser, page }, MOST_SIGNED_IN);
    }
  }

  /** The label of the key that a browser signed in with; undefined: it is not signed in (any more). */
  keyOf(id: string | undefined, now: number): string | undefined {
    return this.#find(id, now)?.key;
  }

  /** The same, where the page's secret came with the id. */
  keyOfPage(id: string | undefined, secret: string, now: number): string | undefined {
    const browser = this.#find(id, now);
    return browser !== undefined && timingSafeEqual(browser.page, digestOf(secret)) ? browser.key : undefined;
  }

  #find(id: string | undefined, now: number): Browser | undefined {
    const browser = id === undefined ? undefined : this.#browsers.get(nameOf(id));
    return browser !== undefined && browser.until > now ? browser : undefined;
  }

  end(id: string | undefined): void {
    if (id === undefined || !this.#browsers.delete(nameOf(id))) return;
    this.share(nameOf(id), null);
  }

  /** Notes a wrong key. */
  wrong(now: number): void {
    this.#wrong.push(now);
  }

  /** Seconds until another key may be tried; 0: now. */
  wait(now: number): number {
    this.#wrong = this.#wrong.filter((at) => at > now - MINUTE);
    if (this.#wrong.length < MOST_TRIES) return 0;
    return Math.max(1, Math.ceil((this.#wrong[0]! + MINUTE - now) / 1000));
  }
}

const newSecret = (): string => randomBytes(32).toString("base64url");

const digestOf = (secret: string): Uint8Array => createHash("sha256").update(secret).digest();

/** The name of a browser in memory. */
const nameOf = (id: string): string => createHash("sha256").update(id).digest("base64url");
