/**
 * Edits the outermost object of a request's JSON text and leaves every other byte as the client sent it: unknown
 * fields, number forms (`1.0e+2`), escapes, white space, a byte order mark.
 */
import { concat } from "../bytes/concat.ts";
import { searchesBytesFast } from "../runtime/bytes.ts";
import type { Json } from "../model/json.ts";
import { quickTopLevel } from "./quick-member.ts";
import { type Span, topLevel } from "./top-level.ts";

/** Gives memory for an edited text of so many bytes, all of which will be written. */
export type Room = (length: number) => Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The same request for another model. Only the value of the outermost `model` changes; of a repeated key every
 * one, since providers differ in which one they read. A missing key is put first.
 *
 * @param bytes valid JSON in UTF-8
 * @param body what the bytes parse to
 * @returns the very same `bytes` where the model is that one already, or where the body is not an object
 */
export function withModel<B extends Uint8Array>(
  bytes: B,
  body: Json,
  model: string,
  room?: Room,
): B | Uint8Array<ArrayBuffer> {
  return withTopLevel(bytes, body, { model }, room);
}

/**
 * Sets several outermost members at once, each to a JSON value, as {@link withModel} does with one. A member whose
 * value is equal already stays as it is written; `undefined` leaves a member alone.
 *
 * @param room where an edited text is put. @default new memory
 */
export function withTopLevel<B extends Uint8Array>(
  bytes: B,
  body: Json,
  edits: Readonly<Record<string, Json>>,
  room: Room = (length) => new Uint8Array(length),
): B | Uint8Array<ArrayBuffer> {
  if (body === null || typeof body !== "object" || Array.isArray(body)) return bytes;
  const keys = Object.keys(edits).filter((key) => edits[key] !== undefined);
  const { open, empty, spans } = (searchesBytesFast ? quickTopLevel(bytes, body, keys) : undefined) ??
    topLevel(bytes, keys);
  if (open === -1) return bytes;
  const values = new Map(keys.map((key) => [key, JSON.stringify(edits[key])]));
  const pieces: Uint8Array[] = [];
  let taken = 0;
  const missing = keys.filter((key) => !spans.some((span) => span.key === key));
  if (missing.length > 0) {
    const members = missing.map((key) => `${JSON.stringify(key)}:${values.get(key)}`).join(",");
    pieces.push(bytes.subarray(0, open), encoder.encode(empty ? members : members + ","));
    taken = open;
  }
  for (const span of spans) {
    const value = values.get(span.key)!;
    if (isWritten(bytes, span, value)) continue;
    pieces.push(bytes.subarray(taken, span.start), encoder.encode(value));
    taken = span.end;
  }
  if (pieces.length === 0) return bytes;
  pieces.push(bytes.subarray(taken));
  return concat(pieces, room);
}

/** Whether a member's text means this value already, however it is written. */
function isWritten(bytes: Uint8Array, span: Span, value: string): boolean {
  const text = decoder.decode(bytes.subarray(span.start, span.end));
  if (text === value) return true;
  // Two plain strings that differ; what holds a backslash may be written in several ways.
  if (text.startsWith('"') && value.startsWith('"') && !text.includes("\\") && !value.includes("\\")) {
    return false;
  }
  return JSON.stringify(JSON.parse(text)) === value;
}
