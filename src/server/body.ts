/** Reading a request's body: once, bounded, and checked to be a JSON object. */
import { own } from "../json/shape.ts";
import { concat } from "../bytes/concat.ts";
import { zstdFrames } from "../bytes/zstd.ts";
import * as zlib from "node:zlib";
import { promisify } from "node:util";
import type { Json } from "../model/json.ts";
import { BodyLate, inTime } from "./body-timeout.ts";
import { Refusal } from "./errors.ts";

export interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly json: Json;
  /** Bytes of the JSON as compact UTF-8: no letters escaped (`\u0416`), no indentation. For the estimate of its tokens. */
  readonly size: number;
}

type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>;

/** Encodings that clients use for big bodies (Codex: zstd). Those that the runtime lacks are refused. */
const ENCODINGS: Readonly<Record<string, Unpack | undefined>> = {
  gzip: promisify(zlib.gunzip) as Unpack,
  "x-gzip": promisify(zlib.gunzip) as Unpack,
  deflate: promisify(zlib.inflate) as Unpack,
  br: promisify(zlib.brotliDecompress) as Unpack,
  zstd: zlib.zstdDecompress === undefined ? undefined : zstd(promisify(zlib.zstdDecompress) as Unpack),
};

/** Those that a client can use here, by their usual names. */
const KNOWN = Object.keys(ENCODINGS).filter((name) =>
  ENCODINGS[name] !== undefined && !name.startsWith("x-")
);

/** All frames: Deno's decoder ends after the first one. */
function zstd(unpack: Unpack): Unpack {
  return async (bytes, { maxOutputLength }) => {
    const parts: Uint8Array[] = [];
    let left = maxOutputLength;
    for (const frame of zstdFrames(bytes) ?? [bytes]) {
      const part = await unpack(frame, { maxOutputLength: Math.max(1, left) });
      left -= part.length;
      parts.push(part);
    }
    return concat(parts);
  };
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A minute for a body, and more where `max_body_mb` is large: what 256 KiB a second need. Milliseconds. */
const PATIENCE_MS = 60_000;
const SLOWEST = 256;

export interface BodyOptions {
  /** Bytes, packed and unpacked. */
  readonly most: number;
  /** Where room is made for the bytes before they are held. @default there is room for everything */
  readonly room?: { take(bytes: number): void };
  /** Milliseconds until it must be there. @default a minute, and more where `most` is large */
  readonly patience?: number;
}

/**
 * Reads and parses a body.
 * @throws Refusal: 413 when it is larger, 415 for another content type or encoding, 408 when it does not come in time,
 * 400 when it ends too soon or is not a JSON object; whatever the room throws.
 */
export async function readBody(request: Request, options: BodyOptions): Promise<Body> {
  const { most, room, patience = PATIENCE_MS + most / SLOWEST } = options;
  const type = request.headers.get("content-type");
  if (type !== null && !/^\s*(application\/([\w.-]+\+)?json|text\/json)\b/i.test(type)) {
    throw new Refusal(415, `The content type is "${type.slice(0, 80)}"; send application/json.`);
  }
  const packed = await arrived(readBytes(request, options), patience);
  const encoding = request.headers.get("content-encoding");
  if (encoding === null || encoding === "identity") return parsed(packed);
  const bytes = await unpack(packed, encoding, most);
  room?.take(Math.max(0, bytes.length - packed.length));
  return parsed(bytes);
}

function parsed(bytes: Uint8Array<ArrayBuffer>): Body {
  const text = decoder.decode(bytes);
  const json = parse(text);
  const size = isLoose(text) ? encoder.encode(JSON.stringify(json)).length : bytes.length;
  return { bytes, json, size };
}

/** From this many escapes or indented lines on, a text counts as loose. */
const LOOSE = 100;

/** How many characters at the beginning, and at the end, are looked at for that. */
const SAMPLE = 131_072;

/** Whether a JSON text is larger than it need be: it is indented, or its letters are escaped (Python's default). */
function isLoose(text: string): boolean {
  const sample = text.length <= 2 * SAMPLE ? text : text.slice(0, SAMPLE) + text.slice(-SAMPLE);
  const isIndented = sample.includes("\n") && (occursOften(sample, "\n ") || occursOften(sample, "\n\t"));
  return isIndented || occursOften(sample, "\\u");
}

function occursOften(text: string, what: string): boolean {
  let at = text.indexOf(what);
  for (let seen = 0; at !== -1; at = text.indexOf(what, at + 1)) if (++seen === LOOSE) return true;
  return false;
}

async function arrived<T>(reading: Promise<T>, patience: number): Promise<T> {
  try {
    return await inTime(reading, patience);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw error instanceof BodyLate
      ? new Refusal(408, "The body did not come in time.", { connection: "close" })
      : new Refusal(400, "The body ended before it was complete.");
  }
}

/** Bodies up to this size that say how long they are are read in one go. Bytes. */
const SMALL = 1024 * 1024;

async function readBytes(request: Request, { most, room }: BodyOptions): Promise<Uint8Array<ArrayBuffer>> {
  const length = request.headers.get("content-length");
  if (length !== null) {
    if (Number(length) > most) throw tooLarge(most);
    if (Number(length) <= SMALL) {
      room?.take(Number(length));
      return await request.bytes();
    }
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > most) throw tooLarge(most);
    room?.take(chunk.length);
    chunks.push(chunk);
  }
  return concat(chunks);
}

async function unpack(packed: Uint8Array, encoding: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const unpacker = own(ENCODINGS, encoding.toLowerCase());
  if (unpacker === undefined) {
    throw new Refusal(
      415,
      `The content encoding "${encoding.slice(0, 40)}" is not known; send ${KNOWN.join(", ")} or none.`,
    );
  }
  try {
    return new Uint8Array(await unpacker(packed, { maxOutputLength: most }));
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(most);
    throw new Refusal(400, `The body is not valid ${encoding}.`);
  }
}

function tooLarge(most: number): Refusal {
  return new Refusal(
    413,
    `The body is larger than ${Math.floor(most / 1024 / 1024)} MiB, this proxy's max_body_mb.`,
  );
}

function parse(text: string): Json {
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const where = error instanceof Error
      ? /position \d+|line \d+ column \d+/.exec(error.message)?.[0]
      : undefined;
    throw new Refusal(
      400,
      text === ""
        ? "The body is empty; send a JSON object."
        : `The body is not valid JSON${where === undefined ? "" : ` (at ${where})`}.`,
    );
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new Refusal(400, "The body must be a JSON object.");
  }
  return json;
}

/**
 * A small body, an object with these keys at most. No body is an empty one.
 * @param most bytes
 * @throws Refusal
 */
export async function bodyOf(request: Request, known: readonly string[], most = 64 * 1024): Promise<Json> {
  const empty = request.headers.get("content-length") === "0" || request.body === null;
  const json = empty ? {} : (await readBody(request, { most })).json;
  for (const name of Object.keys(json)) {
    if (known.includes(name)) continue;
    const names = known.map((one) => `"${one}"`).join(" or ");
    throw new Refusal(400, `Unknown key "${name.slice(0, 40)}"; expected ${names || "none"}.`);
  }
  return json;
}
