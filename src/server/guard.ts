/**
 * Refuses before anything is read: use from other machines without a key, and requests of foreign web pages (DNS rebinding
 * by the host that they name, cross-site calls by `Origin`).
 */
import type { ProxyConfig } from "../config/config.ts";
import { isCovered } from "../config/own-url.ts";
import { type Authority, authorityOf, canonicalHost, isLoopback } from "../text/hosts.ts";
import { Refusal } from "./errors.ts";

/**
 * Checks where a request came in, the host that it names, and its `Origin`.
 * @param came `reachable`: it came in where other machines can reach the proxy, at an address of an earlier configuration,
 * perhaps; `locked`: requests need a key
 * @throws Refusal: 503 where everybody could use a proxy without a key, 400 where the request names no host, 403 where it is
 * not for this proxy, or from another web page.
 */
export function guard(
  proxy: ProxyConfig,
  request: Request,
  { reachable, locked }: { readonly reachable: boolean; readonly locked: boolean },
): void {
  if (reachable && !locked) {
    const words =
      "Other machines can reach this address, and the configuration now has no key. Use 127.0.0.1.";
    throw new Refusal(503, words, { connection: "close" });
  }
  const first = hostOf(proxy, request, locked);
  const origin = request.headers.get("origin");
  if (origin === null ? !isFromPage(request) : proxy.corsOrigins.includes(origin) || isOf(origin, first)) {
    return;
  }
  throw new Refusal(
    403,
    "Web pages may not call this proxy. Add their origin to cors_origins in [proxy] if yours should.",
  );
}

/**
 * Whether no page of another origin makes a request: what changes something takes it from the proxy's own pages alone, or
 * from programs. Origins in `cors_origins` are others'.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function isOwnPage({ url, headers }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return false;
  const origin = headers.get("origin");
  if (origin === null) return true;
  const [host] = hostsOf(headers.get("host") ?? "", targetOf(url));
  return host !== undefined && isOf(origin, host);
}

/** Hosts that were let in, by the configuration and by what requests wrote. */
const letIn = new WeakMap<ProxyConfig, Map<string, Authority>>();
/** How many are remembered for a configuration: clients use one or two. */
const MOST_HOSTS = 32;

/** The host that a request names, where it is one of this proxy's. @throws Refusal: 400 or 403 as {@link guard} */
function hostOf(proxy: ProxyConfig, request: Request, locked: boolean): Authority {
  const header = request.headers.get("host") ?? "";
  const target = targetOf(request.url);
  let known = letIn.get(proxy);
  if (known === undefined) letIn.set(proxy, known = new Map());
  const written = `${header} ${target} ${locked}`;
  let first = known.get(written);
  if (first === undefined) {
    first = checkedHost(proxy, hostsOf(header, target), locked);
    if (known.size >= MOST_HOSTS) known.clear();
    known.set(written, first);
  }
  return first;
}

/** The host in a request's URL; "" where it is no more than a path. */
function targetOf(url: string): string {
  const from = url.startsWith("http://") ? 7 : url.startsWith("https://") ? 8 : -1;
  if (from === -1) return /^\w+:\/\/([^/?#]*)/.exec(url)?.[1] ?? "";
  let end = from;
  for (; end < url.length; end++) {
    const sign = url.charCodeAt(end);
    if (sign === SLASH || sign === QUESTION || sign === HASH) break;
  }
  return url.slice(from, end);
}

const HASH = 35, SLASH = 47, QUESTION = 63;

function checkedHost(proxy: ProxyConfig, named: readonly Authority[], locked: boolean): Authority {
  const [first] = named;
  if (first === undefined) throw new Refusal(400, "The Host header is missing or not valid.");
  // Without a key, pages are all that there is to keep out; on loopback, nobody else has a name for the proxy.
  if (!locked || isLoopback(proxy.host) || proxy.allowedHosts.length > 0) {
    for (const { host } of named) {
      if (isLoopback(host) || host === proxy.host || proxy.allowedHosts.includes(host)) continue;
      if (proxy.tls !== undefined && isCovered(proxy.tls, host)) continue;
      throw new Refusal(
        403,
        `The Host header names "${host}", which is not a name of this proxy. Add it to allowed_hosts in [proxy].`,
      );
    }
  }
  return first;
}

/**
 * Whether a page of another site makes a request, where browsers send no `Origin` for it (images, scripts, HEAD). A person
 * who follows a link to the dashboard is let in.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
function isFromPage({ method, url, headers }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== "cross-site" && site !== "same-site") return false;
  const isVisit = method === "GET" && headers.get("sec-fetch-mode") === "navigate" &&
    headers.get("sec-fetch-dest") === "document";
  return !isVisit || !/^(?:\w+:\/\/[^/?#]*)?\/dashboard(?:\/|\/login)?(?:[?#]|$)/.test(url);
}

/**
 * What a request names as its host, in the header and in its target: a target with a host of its own (`GET http://…`)
 * overrides the header (RFC 9112, 3.2.2), and HTTP/2 has no such header. Empty: nothing valid.
 */
function hostsOf(header: string, target: string): readonly Authority[] {
  const texts = header === "" || header === target ? [target] : target === "" ? [header] : [header, target];
  const found = texts.map(authorityOf);
  return found.every((one) => one !== undefined) ? found : [];
}

const DEFAULT_PORTS: readonly string[] = ["http:80", "https:443"];

/** Whether an origin is a page of the proxy's own; "null" and the like are nobody's. */
function isOf(origin: string, { host, port }: Authority): boolean {
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  const plain = DEFAULT_PORTS.includes(from.protocol + port) ? "" : port;
  return /^https?:$/.test(from.protocol) && canonicalHost(from.hostname) === host && from.port === plain;
}
