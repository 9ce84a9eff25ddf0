/**
 * The archives of packages, written the same to the byte wherever and whenever they are made: sorted by nobody, owned by
 * root, with one time for every file.
 */
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";

/** A file of an archive; a path that ends with a slash is a folder. */
export interface Entry {
  /** Without a slash at its beginning. */
  readonly path: string;
  readonly data?: Uint8Array | string;
  /** @default 0o644, for a folder 0o755 */
  readonly mode?: number;
}

/** Epoch seconds of every file: `SOURCE_DATE_EPOCH` where it is set (https://reproducible-builds.org/specs/source-date-epoch/). */
export function epochOf(env: Readonly<Record<string, string | undefined>>): number {
  const given = Number(env.SOURCE_DATE_EPOCH);
  return Number.isSafeInteger(given) && given > 0 ? given : 499_162_500; // npm's own: 26 October 1985
}

const BLOCK = 512;
const bytesOf = (data: Uint8Array | string | undefined): Uint8Array =>
  typeof data === "string" ? Buffer.from(data) : data ?? new Uint8Array();

/** A tar archive in the ustar format (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html). @throws Error at a path of over 100 bytes */
function tar(entries: readonly Entry[], epoch: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { path, data, mode } of entries) {
    const bytes = bytesOf(data);
    const folder = path.endsWith("/");
    if (Buffer.byteLength(path) > 100) throw new Error(`the path is too long for a package: ${path}`);
    const header = Buffer.alloc(BLOCK);
    const put = (text: string, at: number) => header.write(text, at, "latin1");
    const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
    header.write(path, 0, "utf8");
    put(octal(mode ?? (folder ? 0o755 : 0o644), 7), 100);
    put(octal(0, 7), 108);
    put(octal(0, 7), 116);
    put(octal(bytes.length, 11), 124);
    put(octal(epoch, 11), 136);
    put(" ".repeat(8), 148);
    put(folder ? "5" : "0", 156);
    put("ustar\0" + "00", 257);
    put("root", 265);
    put("root", 297);
    put(`${octal(header.reduce((sum, byte) => sum + byte, 0), 6)}\0 `, 148);
    parts.push(header, bytes, Buffer.alloc((BLOCK - bytes.length % BLOCK) % BLOCK));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

/** A gzipped tar archive. */
export const tarGz = (entries: readonly Entry[], epoch: number): Uint8Array =>
  gzipSync(tar(entries, epoch), { level: 6 });

/** An ar archive, which a .deb is (https://manpages.debian.org/bookworm/dpkg-dev/deb.5.en.html). */
export function ar(
  members: readonly { readonly name: string; readonly data: Uint8Array | string }[],
  epoch: number,
): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from("!<arch>\n")];
  for (const { name, data } of members) {
    const bytes = bytesOf(data);
    const fields = [
      name.padEnd(16),
      String(epoch).padEnd(12),
      "0".padEnd(6),
      "0".padEnd(6),
      "100644".padEnd(8),
    ];
    parts.push(Buffer.from(`${fields.join("")}${String(bytes.length).padEnd(10)}\`\n`), bytes);
    if (bytes.length % 2 === 1) parts.push(Buffer.from("\n"));
  }
  return Buffer.concat(parts);
}
