/** Where server-sent events end in a stream of bytes: only whole events are shown to a client. */
import { concat } from "../../bytes/concat.ts";
import { SseParser } from "../../bytes/sse.ts";

/** Bytes of a piece that small pieces are collected in; a long event takes no more than its size and one of these. */
const LARGEST_PIECE = 1024 * 1024;

/** Joins chunks so that only whole events come out; the rest waits. */
export class EventBoundary {
  /** What waits, before {@link #open}. */
  #pieces: Uint8Array[] = [];
  /** The last piece, which is filled before another begins: events may come byte by byte. */
  #open: Uint8Array | undefined;
  #filled = 0;
  #size = 0;

  /** Bytes that wait for their event's end. */
  get held(): number {
    return this.#size;
  }

  /** The bytes up to the last event's end; undefined where none ended. */
  push(chunk: Uint8Array): Uint8Array | undefined {
    const end = this.#size === 0 ? lastEnd(chunk, 0) : this.#endIn(chunk);
    if (end === -1) {
      this.#hold(chunk);
      return undefined;
    }
    const last = end === chunk.length ? chunk : chunk.subarray(0, end);
    const whole = this.#size === 0 ? last : this.#take(last);
    if (end < chunk.length) this.#hold(chunk.subarray(end));
    return whole;
  }

  /** What never got its end. */
  rest(): Uint8Array | undefined {
    return this.#size === 0 ? undefined : this.#take();
  }

  /** Where the last event ends in a chunk; its end may begin in what is held. */
  #endIn(chunk: Uint8Array): number {
    const end = lastEnd(chunk, 0);
    if (end !== -1) return end;
    const before = this.#last();
    const seam = concat([before, chunk.subarray(0, 3)]);
    const found = lastEnd(seam, before.length - 1);
    return found === -1 ? -1 : found - before.length;
  }

  /** The last bytes that are held: three, or all. */
  #last(): Uint8Array {
    const open = this.#open?.subarray(Math.max(0, this.#filled - 3), this.#filled);
    const piece = this.#pieces.at(-1);
    if (open === undefined) return piece!.subarray(-3);
    if (open.length === 3 || piece === undefined) return open;
    return concat([piece.subarray(open.length - 3), open]);
  }

  #hold(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const open = this.#open;
    const fits = open === undefined ? 0 : Math.min(open.length - this.#filled, chunk.length);
    if (fits > 0) {
      open!.set(fits === chunk.length ? chunk : chunk.subarray(0, fits), this.#filled);
      this.#filled += fits;
    }
    if (fits < chunk.length) this.#begin(chunk.subarray(fits));
    this.#size += chunk.length;
  }

  /** Begins a piece: the first is the chunk itself, the others double until they are large. */
  #begin(chunk: Uint8Array): void {
    if (this.#size === 0) {
      this.#pieces.push(chunk);
      return;
    }
    if (this.#open !== undefined) this.#pieces.push(this.#open);
    this.#open = new Uint8Array(Math.max(chunk.length, Math.min(this.#size, LARGEST_PIECE)));
    this.#open.set(chunk);
    this.#filled = chunk.length;
  }

  /** What was held and the chunk, in one piece. */
  #take(chunk?: Uint8Array): Uint8Array {
    const pieces = this.#pieces;
    if (this.#open !== undefined) pieces.push(this.#open.subarray(0, this.#filled));
    if (chunk !== undefined) pieces.push(chunk);
    this.#pieces = [];
    this.#open = undefined;
    this.#filled = 0;
    this.#size = 0;
    return pieces.length === 1 ? pieces[0]! : concat(pieces);
  }
}

/** The bytes of the first `count` events; comments between them do not count. Reads byte by byte: for rare cases. */
export function firstEvents(bytes: Uint8Array, count: number): Uint8Array {
  const parser = new SseParser();
  let end = 0;
  for (let at = 0, seen = 0; at < bytes.length && seen < count; at++) {
    seen += parser.push(bytes.subarray(at, at + 1)).length;
    if (seen === count) end = at + 1;
  }
  return bytes.subarray(0, end);
}

/** A line that ends a JSON value, before lines that begin another. */
const RUN_TOGETHER = /\}(\r\n|\n|\r)(?=(?:(?:event|id):[^\r\n]*\1)*data: ?(?:\{|\[DONE\]))/g;
/** A cut event, with an error on the next line (https://github.com/Wei-Shaw/sub2api/issues/1471). */
const CUT_BY_ERROR =
  /(?<=^|[\r\n])(?:event:[^\r\n]*(?:\r\n|\n|\r))?data:[^\r\n]*[^}\]\r\n](\r\n|\n|\r)(?=(?:event:[^\r\n]*\1)?data: ?\{"(?:type":"error"|error":))/g;
/** What llama.cpp wrote through 2025 for an error (https://github.com/ggml-org/llama.cpp/pull/16109). */
const ERROR_FIELD = /(?<=^|[\r\n])error: ?(\{[^\r\n]*\})/g;
/** A name that a blank line parts from its data. */
const NAME_ALONE = /(?<=^|[\r\n])(event:[^\r\n]*)(\r\n|\n|\r)\2(?=data:)/g;
/** The same, whose data has not come yet. */
const NAME_LAST = /(?<=^|[\r\n])event:[^\r\n]*(\r\n|\n|\r)\1$/;

/** Where a stream's first event is looked for. Bytes. */
const BEGINNING = 512;

/** Whether a stream begins with a name that a blank line parts from its data. */
export function namesAlone(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes.subarray(0, BEGINNING));
  return text.search(NAME_ALONE) !== -1 || NAME_LAST.test(text);
}

/**
 * Frames events that clients could not read: the blank line between two of them is missing
 * (https://github.com/anomalyco/opencode/issues/27365), one is within them (https://github.com/earendil-works/pi/issues/8430),
 * or an error is in a field of its own.
 */
export class Framing {
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();
  #name = "";

  /** Whole events; a name at their end waits for its data. */
  push(bytes: Uint8Array): Uint8Array {
    const text = this.#name + this.#decoder.decode(bytes);
    const at = text.search(NAME_LAST);
    this.#name = at === -1 ? "" : text.slice(at);
    const whole = at === -1 ? text : text.slice(0, at);
    return this.#encoder.encode(
      whole.replace(CUT_BY_ERROR, "").replace(ERROR_FIELD, 'data: {"error":$1}').replace(NAME_ALONE, "$1$2")
        .replace(
          RUN_TOGETHER,
          "}$1$1",
        ),
    );
  }
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
