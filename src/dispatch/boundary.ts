/** Where server-sent events end in a stream of bytes: only whole events are shown to a client. */
import { SseParser } from "../dialects/sse.ts";

/** Joins chunks so that only whole events come out; the rest waits. */
export class EventBoundary {
  #held: Uint8Array | undefined;

  /** Bytes that wait for their event's end. */
  get held(): number {
    return this.#held?.length ?? 0;
  }

  /** The bytes up to the last event's end; undefined where none ended. */
  push(chunk: Uint8Array): Uint8Array | undefined {
    const all = this.#held === undefined ? chunk : concat(this.#held, chunk);
    // An end can only begin in the last three bytes of what was held.
    const from = this.#held === undefined ? 0 : Math.max(0, this.#held.length - 3);
    const end = lastEnd(all, from);
    if (end === -1) {
      this.#held = all;
      return undefined;
    }
    this.#held = end === all.length ? undefined : all.subarray(end);
    return end === all.length ? all : all.subarray(0, end);
  }

  /** What never got its end. */
  rest(): Uint8Array | undefined {
    const rest = this.#held;
    this.#held = undefined;
    return rest;
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

/** Two arrays of bytes as one. */
export function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
