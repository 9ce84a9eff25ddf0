/**
 * Finds members of a JSON text's outermost object without reading the text: what it parses to says what is there, and
 * a search says where. Gives up where that proves nothing; then {@link topLevel} reads the text.
 */
import { Buffer } from "node:buffer";
import type { Json } from "../model/json.ts";
import type { Span, TopLevel } from "./top-level.ts";

const TAB = 9,
  LF = 10,
  CR = 13,
  SPACE = 32,
  QUOTE = 34,
  COLON = 58,
  BACKSLASH = 92,
  OPEN_BRACE = 123,
  CLOSE_BRACE = 125;
const BOM = [0xef, 0xbb, 0xbf] as const;

/** Keys whose escaped spellings {@link hasEscapedSpelling} knows. */
const PLAIN = /^[a-z_]+$/;

const encoder = new TextEncoder();

/**
 * The members with these keys, as {@link topLevel} finds them; undefined where the text would have to be read.
 *
 * @param body what the bytes parse to, an object
 */
export function quickTopLevel(bytes: Uint8Array, body: Json, keys: readonly string[]): TopLevel | undefined {
  const brace = skipSpace(bytes, BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0);
  if (bytes[brace] !== OPEN_BRACE) return undefined;
  const spans: Span[] = [];
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const key of keys) {
    if (!Object.hasOwn(body, key)) continue;
    const span = memberSpan(buffer, key, body[key]);
    if (span === undefined) return undefined;
    spans.push(span);
  }
  spans.sort((a, b) => a.start - b.start);
  return { open: brace + 1, empty: bytes[skipSpace(bytes, brace + 1)] === CLOSE_BRACE, spans };
}

/**
 * The place of a member's value that is a string, where it is proven. A parser takes the last of repeated keys, so the
 * last member of the outermost object with this key has `value`. When the text's first such key is the only one with
 * that value, in whatever depth, it must be that member, and there is no other: one before it would be the first, one
 * behind it would be the last.
 */
function memberSpan(bytes: Buffer, key: string, value: Json): Span | undefined {
  if (typeof value !== "string" || !PLAIN.test(key)) return undefined;
  const literal = JSON.stringify(value);
  if (literal.includes("\\") || hasEscapedSpelling(bytes, key)) return undefined;
  const wanted = encoder.encode(literal);
  const quoted = `"${key}"`;
  let span: Span | undefined;
  for (let at = bytes.indexOf(quoted); at !== -1; at = bytes.indexOf(quoted, at + quoted.length)) {
    const start = valueStart(bytes, at + quoted.length);
    if (start === -1) continue;
    const same = isLiteral(bytes, start, wanted);
    if (span === undefined) {
      if (same !== true) return undefined;
      span = { key, start, end: start + wanted.length };
    } else if (same !== false) return undefined;
  }
  return span;
}

/** Whether the key may be in the text with a letter escaped: a lower-case one is `\u006x` or `\u007x`. */
function hasEscapedSpelling(bytes: Buffer, key: string): boolean {
  return bytes.includes("\\u006") || /[p-z]/.test(key) && bytes.includes("\\u007") ||
    key.includes("_") && bytes.includes("\\u005");
}

/** Where the value begins whose key ended before `at`; -1: that was no key. */
function valueStart(bytes: Uint8Array, at: number): number {
  const colon = skipSpace(bytes, at);
  return bytes[colon] === COLON ? skipSpace(bytes, colon + 1) : -1;
}

/** Whether this very string literal is at `start`; undefined: an escape may spell the same. */
function isLiteral(bytes: Uint8Array, start: number, literal: Uint8Array): boolean | undefined {
  if (bytes[start] !== QUOTE) return false;
  for (let i = 1; i < literal.length; i++) {
    const byte = bytes[start + i];
    if (byte === literal[i]) continue;
    return byte === BACKSLASH ? undefined : false;
  }
  return true;
}

function skipSpace(bytes: Uint8Array, at: number): number {
  for (;; at++) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== LF && byte !== CR && byte !== TAB) return at;
  }
}
