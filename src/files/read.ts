/** Reading text that people wrote with any editor. */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";

export interface ReadOptions {
  /** Whether bytes that are not UTF-8 are an error. @default false: they become U+FFFD */
  readonly strict?: boolean;
}

/**
 * A text file without its byte order mark. UTF-16, which PowerShell and some editors on Windows write, is read too: by its
 * mark, or by the zero beside its first letter.
 * @throws the file system's error; a TypeError where it is not UTF-8 and must be
 */
export function readText(path: string, { strict = false }: ReadOptions = {}): string {
  const bytes = readFileSync(path);
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first !== undefined && first !== 0 && second === 0)) {
    return utf16(bytes);
  }
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== undefined && second !== 0)) {
    return utf16(Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16());
  }
  return new TextDecoder("utf-8", { fatal: strict }).decode(bytes);
}

const utf16 = (bytes: Uint8Array): string => new TextDecoder("utf-16le").decode(bytes);
