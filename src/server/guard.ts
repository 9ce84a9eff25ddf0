/** Against web pages: no DNS rebinding through `Host`, no cross-site calls through `Origin`. */
import type { ProxyConfig } from "../config/config.ts";
import { isLoopback } from "../text/hosts.ts";
import { Refusal } from "./errors.ts";

/** A `Host` header's name, without its port. */
function hostName(host: string): string {
  const bracket = host.indexOf("]");
  if (bracket !== -1) return host.slice(0, bracket + 1).toLowerCase();
  const colon = host.indexOf(":");
  return (colon === -1 ? host : host.slice(0, colon)).toLowerCase();
}

/**
 * Checks the `Host` and the `Origin` of a request.
 * @throws Refusal (403).
 */
export function guard(proxy: ProxyConfig, host: string | undefined, origin: string | undefined): void {
  if (host !== undefined && (isLoopback(proxy.host) || proxy.allowedHosts.length > 0)) {
    const name = hostName(host);
    const known = isLoopback(name) || name === proxy.host ||
      proxy.allowedHosts.includes(name);
    if (!known) {
      throw new Refusal(
        403,
        `The Host header names "${name}", which is not a name of this proxy. Add it to allowed_hosts in [proxy].`,
      );
    }
  }
  if (origin === undefined || proxy.corsOrigins.includes(origin) || proxy.corsOrigins.includes("*")) return;
  let from: string | undefined;
  try {
    from = new URL(origin).host;
  } catch { /* "null" and the like are nobody's origin */ }
  if (from === undefined || from !== host) {
    throw new Refusal(
      403,
      "Web pages may not call this proxy. Add their origin to cors_origins in [proxy] if yours should.",
    );
  }
}
