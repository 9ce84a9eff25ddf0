/** Answers that arrive whole, or go to the client whole: read to the end, then checked. */
import type { Reply } from "../../model/conversation.ts";
import type { Dialect } from "../../dialects/dialect.ts";
import type { Json } from "../../model/json.ts";
import type { ProviderError } from "../../model/failure.ts";
import { ReplyCollector } from "../../dialects/shared/reply-events.ts";
import { SseParser } from "../../bytes/sse.ts";
import { concat } from "../../bytes/concat.ts";
import { ProxyCut } from "../failure/read.ts";

/** An answer larger than this is a provider's mistake. Bytes. */
const LARGEST = 64 * 1024 * 1024;

const decoder = new TextDecoder();

const tooLarge = () => new ProxyCut("the answer is larger than 64 MiB");

/** Bodies up to this size that say how long they are come in one read. Bytes. */
const SMALL = 1024 * 1024;

/** All bytes of a body. @throws ProxyCut over 64 MiB; whatever reading throws. */
export async function readAll(response: Response, onChunk: () => void): Promise<Uint8Array<ArrayBuffer>> {
  const length = Number(response.headers.get("content-length") ?? NaN);
  if (length <= SMALL) return new Uint8Array(await response.arrayBuffer());
  if (length > LARGEST) throw tooLarge();
  if (response.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > LARGEST) throw tooLarge();
    onChunk();
    chunks.push(chunk);
  }
  return concat(chunks);
}

/** At most `most` bytes of an error's body, rounded up to a whole chunk; what cannot be read is dropped. */
export async function readSome(response: Response, most = 64 * 1024): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= most) break;
    }
  } catch { /* the status says enough */ }
  return concat(chunks);
}

/** A body's JSON; undefined where it is none. */
export function parseJson(bytes: Uint8Array): Json | undefined {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

/** The error inside a whole answer with status 200, if there is one. */
export function errorInside(json: Json, dialect: Dialect): ProviderError | undefined {
  if (typeof json !== "object" || json === null) return { message: "the answer is not a JSON object" };
  const failed = json.type === "error" ||
    (json.error !== undefined && json.error !== null && json.error !== false);
  if (!failed && json.status !== "failed") return undefined;
  return dialect.failure.decode(json);
}

/** Collects a streamed answer into a whole one. Stops at the terminal event. */
export async function collect(
  body: ReadableStream<Uint8Array>,
  dialect: Dialect,
  onChunk: () => void,
): Promise<Reply | ProviderError> {
  const parser = new SseParser();
  const decoder = dialect.stream.decoder();
  const collector = new ReplyCollector();
  let size = 0;
  let ended = false;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > LARGEST) throw tooLarge();
    onChunk();
    for (const event of parser.push(chunk)) for (const reply of decoder.push(event)) take(reply);
    if (ended || collector.error !== undefined) break;
  }
  if (!ended) { for (const event of parser.end()) for (const reply of decoder.push(event)) take(reply); }
  if (!ended) { for (const reply of decoder.end()) take(reply); }
  return collector.error ?? collector.reply();

  function take(event: Parameters<ReplyCollector["push"]>[0]): void {
    if (event.type === "finish") ended = true;
    collector.push(event);
  }
}
