/**
 * Where the members of a JSON text's outermost object are, by byte.
 *
 * The bytes are read as a Latin-1 string: one character is one byte, so places in the string are places in the
 * bytes, and long strings (most of a request) are skipped by the engine's own search instead of byte by byte.
 * JSON's own characters are ASCII and never part of a longer UTF-8 sequence (https://www.rfc-editor.org/rfc/rfc3629#section-3).
 */
import { Buffer } from "node:buffer";

/** A member's value: `bytes.slice(start, end)`, without white space. */
export interface Span {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

export interface TopLevel {
  /** The place after the object's `{`; -1 where the text is not an object. */
  readonly open: number;
  /** The object has no members. */
  readonly empty: boolean;
  /** Every member with one of the keys, repeated ones too, in the order of the text. */
  readonly spans: readonly Span[];
}

const QUOTE = 34, COMMA = 44, COLON = 58, BACKSLASH = 92;
const OPEN_BRACKET = 91, CLOSE_BRACKET = 93, OPEN_BRACE = 123, CLOSE_BRACE = 125;

/** Finds the members with these keys. The bytes must be valid JSON in UTF-8, with or without a byte order mark. */
export function topLevel(bytes: Uint8Array, keys: readonly string[]): TopLevel {
  const text = latin1(bytes);
  let at = skipSpace(text, bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0);
  if (text.charCodeAt(at) !== OPEN_BRACE) return { open: -1, empty: true, spans: [] };
  const open = ++at;
  const wanted = keys.map((key): Wanted => ({ key, latin1: latin1(encoder.encode(key)) }));
  const spans: Span[] = [];
  at = skipSpace(text, at);
  const empty = text.charCodeAt(at) !== QUOTE;
  while (text.charCodeAt(at) === QUOTE) {
    const keyEnd = stringEnd(text, at);
    const key = whichKey(text, at, keyEnd, wanted);
    at = skipSpace(text, keyEnd);
    if (text.charCodeAt(at) === COLON) at = skipSpace(text, at + 1);
    const end = valueEnd(text, at);
    if (key !== undefined) spans.push({ key, start: at, end });
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
  }
  return { open, empty, spans };
}

const encoder = new TextEncoder();

/** A view, not a copy, read as Latin-1. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** A key that is looked for. */
interface Wanted {
  readonly key: string;
  /** Its UTF-8 bytes, a character each. */
  readonly latin1: string;
}

/** Which of the keys a key's literal is. `"\u006dodel"` is `model` too. */
function whichKey(text: string, start: number, end: number, wanted: readonly Wanted[]): string | undefined {
  const literal = text.slice(start, end);
  if (literal.includes("\\")) {
    const escaped = JSON.parse(Buffer.from(literal, "latin1").toString());
    return wanted.find(({ key }) => key === escaped)?.key;
  }
  for (let i = 0; i < wanted.length; i++) {
    const { key, latin1 } = wanted[i]!;
    if (end - start - 2 === latin1.length && text.startsWith(latin1, start + 1)) return key;
  }
  return undefined;
}

export function skipSpace(text: string, at: number): number {
  for (;;) {
    const c = text.charCodeAt(at);
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return at;
    at++;
  }
}

/** Characters of a string that are looked at one by one: below this, asking the engine to search costs more. */
const NEAR = 12;

/** The place after the closing quote of the string that opens at `at`. */
export function stringEnd(text: string, at: number): number {
  let from = at + 1;
  for (;;) {
    for (const near = from + NEAR; from < near; from++) {
      const c = text.charCodeAt(from);
      if (c === QUOTE) return from + 1;
      if (c === BACKSLASH) from++;
    }
    const quote = text.indexOf('"', from);
    if (quote === -1) return text.length;
    // An odd number of backslashes escapes the quote; an even number are escaped themselves.
    let before = quote - 1;
    while (before >= from && text.charCodeAt(before) === BACKSLASH) before--;
    from = quote + 1;
    if (((quote - before) & 1) === 1) return from;
  }
}

/** The place after the value that starts at `at`. */
export function valueEnd(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return stringEnd(text, at);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return containerEnd(text, at);
  for (; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === COMMA || c === CLOSE_BRACE || c === CLOSE_BRACKET || c <= 32) break;
  }
  return at;
}

function containerEnd(text: string, at: number): number {
  let depth = 0;
  while (at < text.length) {
    const c = text.charCodeAt(at);
    if (c === QUOTE) {
      at = stringEnd(text, at);
      continue;
    }
    at++;
    if (c === OPEN_BRACE || c === OPEN_BRACKET) depth++;
    else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) {
      if (--depth === 0) break;
    }
  }
  return at;
}
