/** Names for requests: unique, and short enough to read out. */

/** `req_` and 24 hex digits. */
export function requestId(): string {
  return "req_" + crypto.randomUUID().replaceAll("-", "").slice(0, 24);
}
