/** Where server-sent events end in a stream of bytes: only whole events are shown to a client. */
import { SseParser } from "../../bytes/sse.ts";

const EMPTY = new Uint8Array(0);

/** Joins chunks so that only whole events come out; the rest waits. */
export class EventBoundary {
  /** What waits, and room for more: it doubles, so that a long event costs no more for each chunk than a short one. */
  #buffer: Uint8Array = EMPTY;
  #size = 0;

  /** Bytes that wait for their event's end. */
  get held(): number {
    return this.#size;
  }

  /** The bytes up to the last event's end; undefined where none ended. */
  push(chunk: Uint8Array): Uint8Array | undefined {
    // An end can only begin in the last three bytes of what was held.
    const from = Math.max(0, this.#size - 3);
    const all = this.#size === 0 ? chunk : this.#append(chunk);
    const end = lastEnd(all, from);
    if (end === all.length) {
      this.#buffer = EMPTY;
      this.#size = 0;
      return all;
    }
    if (end === -1) {
      if (this.#size === 0) this.#buffer = chunk;
      this.#size = all.length;
      return undefined;
    }
    this.#buffer = all.subarray(end);
    this.#size = this.#buffer.length;
    return all.subarray(0, end);
  }

  /** What never got its end. */
  rest(): Uint8Array | undefined {
    const rest = this.#size === 0 ? undefined : this.#buffer.subarray(0, this.#size);
    this.#buffer = EMPTY;
    this.#size = 0;
    return rest;
  }

  /** What was held and the chunk, in one piece. */
  #append(chunk: Uint8Array): Uint8Array {
    const size = this.#size + chunk.length;
    if (size > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(size, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#size);
    return this.#buffer.subarray(0, size);
  }
}

/** The bytes of the first `count` events; comments between them are none. Reads byte by byte: for rare cases. */
export function firstEvents(bytes: Uint8Array, count: number): Uint8Array {
  const parser = new SseParser();
  let end = 0;
  for (let at = 0, seen = 0; at < bytes.length && seen < count; at++) {
    seen += parser.push(bytes.subarray(at, at + 1)).length;
    if (seen === count) end = at + 1;
  }
  return bytes.subarray(0, end);
}

const LF = 10;
const CR = 13;

/** Where the last blank line at or after `from` ends; -1: nowhere. Lines end in LF, CR LF or CR. */
function lastEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.length - 1; at > from; at--) {
    const byte = bytes[at];
    if (byte === LF) {
      const before = bytes[at - 1];
      if (before === LF) return at + 1;
      if (before === CR && at - 2 >= 0 && (bytes[at - 2] === LF || bytes[at - 2] === CR)) return at + 1;
    } else if (byte === CR && bytes[at - 1] === CR) return at + 1;
  }
  return -1;
}
