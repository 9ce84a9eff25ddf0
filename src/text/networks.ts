/** Networks of addresses: `10.0.0.0/8`, `2001:db8::/32`, one address. */
import { canonicalHost } from "./hosts.ts";

/** The first bits that all addresses of a network have. */
export interface Network {
  readonly bytes: readonly number[];
  readonly bits: number;
}

/** The bytes of an address, 4 or 16; an IPv4 address in IPv6 has 4. Undefined: it is not an address. */
function bytesOf(text: string): readonly number[] | undefined {
  const address = (canonicalHost(text.trim()) ?? "").replace(/%.*$/, "");
  if (/^\d+(?:\.\d+){3}$/.test(address)) return address.split(".").map(Number);
  if (!/^[\da-f:]+$/.test(address) || !address.includes(":")) return undefined;
  const [head = "", tail] = address.split("::");
  const groups = (part: string | undefined) => part === undefined || part === "" ? [] : part.split(":");
  const [first, last] = [groups(head), groups(tail)];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const all = [...first, ...new Array<string>(zeros).fill("0"), ...last].map((group) => parseInt(group, 16));
  return all.length === 8 ? all.flatMap((group) => [group >> 8, group & 255]) : undefined;
}

/** A network as it is written; undefined: it is not one. */
export function networkOf(text: string): Network | undefined {
  const [, address = "", written] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const bytes = bytesOf(address);
  if (bytes === undefined) return undefined;
  const bits = written === undefined ? bytes.length * 8 : Number(written);
  return bits <= bytes.length * 8 ? { bytes, bits } : undefined;
}

/** Whether an address is in one of some networks; what is not an address is in none. */
export function isIn(address: string, networks: readonly Network[]): boolean {
  const bytes = bytesOf(address);
  return bytes !== undefined &&
    networks.some((network) =>
      network.bytes.length === bytes.length && network.bytes.every((byte, at) => {
        const left = Math.min(8, Math.max(0, network.bits - at * 8));
        return byte >> (8 - left) === bytes[at]! >> (8 - left);
      })
    );
}

/**
 * The client's address behind trusted proxies: of `X-Forwarded-For`, from the right, the first that is not one of theirs,
 * since whatever is left of it may be invented.
 * @param direct the address that the connection came from
 */
export function forwardedFor(direct: string, header: string, trusted: readonly Network[]): string {
  if (!isIn(direct, trusted)) return direct;
  let found = direct;
  for (const one of header.split(",").reverse()) {
    const address = one.trim().replace(/^(\d+(?:\.\d+){3}):\d+$/, "$1").replace(
      /^\[([^\]]+)\](?::\d+)?$/,
      "$1",
    );
    if (bytesOf(address) === undefined) return found;
    found = address;
    if (!isIn(address, trusted)) return found;
  }
  return found;
}
