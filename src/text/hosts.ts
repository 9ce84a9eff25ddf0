/** Whether a host is this machine, or in a private network. */

/** Whether a host is this machine: `localhost`, `127.0.0.0/8`, `::1`, with or without brackets. */
export function isLoopback(host: string): boolean {
  const plain = host.trim().toLowerCase().replace(/^\[|\]$/g, "");
  return plain === "localhost" || plain.endsWith(".localhost") || plain === "::1" ||
    plain === "0:0:0:0:0:0:0:1" ||
    /^127(\.\d{1,3}){3}$/.test(plain);
}

/** A URL on this machine or in a private network, where servers often need no key. */
export function isPrivate(url: string): boolean {
  const { hostname } = new URL(url);
  return isLoopback(hostname) || !hostname.includes(".") ||
    /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[f[cd])/.test(hostname) ||
    /\.(local|internal|lan|home|localdomain)$/.test(hostname);
}
