/** What a host is called, however it is spelled, and whether it is this machine or in a private network. */

/** An IPv6 address that is an IPv4 one, as URLs write it: `::ffff:7f00:1`. */
const MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/**
 * The one spelling of a host: lower case, addresses as URLs write them (`127.1` → `127.0.0.1`), without brackets and without
 * a dot at the end; an IPv4 address in an IPv6 one is the IPv4 one. A zone (`fe80::1%eth0`) is kept.
 * @returns undefined: it is not a host
 * @see https://url.spec.whatwg.org/#host-parsing
 */
export function canonicalHost(text: string): string | undefined {
  const [plain = "", zone] = text.trim().replace(/^\[(.*)\]$/, "$1").split("%");
  if (!/^[^\s/?#@\\,[\]%]+$/.test(plain)) return undefined;
  const url = `http://${plain.includes(":") ? `[${plain}]` : plain}/`;
  if (!URL.canParse(url)) return undefined;
  const name = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1").replace(/(?<=.)\.$/, "");
  const [, high, low] = MAPPED.exec(name) ?? [];
  const host = high === undefined || low === undefined
    ? name
    : [high, low].map((part) => parseInt(part, 16)).flatMap((part) => [part >> 8, part & 255]).join(".");
  return zone === undefined ? host : `${host}%${zone}`;
}

/** What a `Host` header or a URL names: the host in its one spelling, and the port as it is written, "" without one. */
export interface Authority {
  readonly host: string;
  readonly port: string;
}

/** Reads `host`, `host:port` or `[v6]:port`. @returns undefined: it is something else */
export function authorityOf(text: string): Authority | undefined {
  const [, name, port = ""] = /^(\[[^\]]*\]|[^:[\]]+)(?::(\d*))?$/.exec(text.trim()) ?? [];
  const host = name === undefined ? undefined : canonicalHost(name);
  return host === undefined ? undefined : { host, port };
}

/** Whether a host is this machine: `localhost` and names below it, `127.0.0.0/8`, `::1`, in any spelling. */
export function isLoopback(host: string): boolean {
  const name = canonicalHost(host)?.replace(/%.*$/, "");
  return name !== undefined &&
    (name === "localhost" || name.endsWith(".localhost") || name === "::1" || /^127(\.\d+){3}$/.test(name));
}

/** Addresses that no other network can reach: RFC 1918, 3927, 4193, 4291 and 6598. */
const PRIVATE_ADDRESS =
  /^(10(\.\d+){3}|192\.168(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2}|169\.254(\.\d+){2}|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])(\.\d+){2}|f[cd][\da-f]{2}:.*|fe[89ab][\da-f]:.*)$/;

/** A URL on this machine or in a private network, where servers often need no key. */
export function isPrivate(url: string): boolean {
  const name = canonicalHost(new URL(url).hostname)?.replace(/%.*$/, "") ?? "";
  return isLoopback(name) || !/[.:]/.test(name) || PRIVATE_ADDRESS.test(name) ||
    /\.(local|internal|lan|home|localdomain)$/.test(name);
}
