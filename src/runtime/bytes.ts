/** Bytes: what Deno and Bun do differently when a body is read, when bytes are searched, and when they are freed. */

/** A piece, or the end. */
export type Chunk = { readonly done: false; readonly value: Uint8Array } | { readonly done: true };

export interface Chunks {
  /** The next piece. Rejects where the body broke. */
  read(): Promise<Chunk>;
  /** Reports the size of the last piece, in bytes: the next one is expected to be like it. */
  took(length: number): void;
  /** Stops reading. */
  cancel(): Promise<void>;
}

const SMALL = 8 * 1024;
const LARGE = 64 * 1024;

/** Bun's bodies do not take a buffer, and need none: it keeps the bytes that came, not room for those that may come. */
const takesBuffers = !("Bun" in globalThis);

/**
 * Reads a body. Deno reserves 64 KB for every body that it waits for, which is most of the memory of a slow stream; it
 * also reads small pieces twice as fast into a buffer of 8 KB. A body that does not take buffers is read as it comes.
 */
export function chunksOf(body: ReadableStream<Uint8Array>): Chunks {
  if (takesBuffers) {
    try {
      return new BufferedChunks(body.getReader({ mode: "byob" }));
    } catch { /* made by a transformation, not by the network */ }
  }
  const reader = body.getReader();
  return {
    read: () => reader.read() as Promise<Chunk>,
    took: () => {},
    cancel: () => reader.cancel(),
  };
}

class BufferedChunks implements Chunks {
  #reader: ReadableStreamBYOBReader;
  #size = SMALL;

  constructor(reader: ReadableStreamBYOBReader) {
    this.#reader = reader;
  }

  read(): Promise<Chunk> {
    return this.#reader.read(new Uint8Array(this.#size)) as Promise<Chunk>;
  }

  took(length: number): void {
    if (length === this.#size) this.#size = Math.min(LARGE, length * 2);
    else if (length < SMALL) this.#size = SMALL;
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}

/**
 * Whether `Buffer.indexOf` is faster than reading the bytes as a string: Bun searches natively, twenty times as fast as Deno,
 * which does it in JavaScript.
 */
export const searchesBytesFast: boolean = "Bun" in globalThis;

const { Bun } = globalThis as unknown as { Bun?: { gc(force: boolean): void } };

/**
 * Frees what nobody holds any more, at once, where the runtime would wait: Bun does so later than Deno where large pieces of
 * bytes and text come and go. Takes some 10 ms of processor time.
 */
export function freeMemory(): void {
  Bun?.gc(true);
}
