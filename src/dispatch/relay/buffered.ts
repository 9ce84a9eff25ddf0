/** Answers that arrive whole, or go to the client whole: read to the end, then checked. */
import type { Reply } from "../../model/conversation.ts";
import type { Dialect } from "../../dialects/dialect.ts";
import type { Json } from "../../model/json.ts";
import type { ProviderError } from "../../model/failure.ts";
import { lackOf } from "../../dialects/shared/empty-answer.ts";
import { errorIn } from "../../dialects/shared/error.ts";
import { isRecord } from "../../json/shape.ts";
import { ReplyCollector } from "../../dialects/shared/reply-events.ts";
import { SseParser } from "../../bytes/sse.ts";
import { parseExact } from "../../json/exact.ts";
import { concat } from "../../bytes/concat.ts";
import { ProxyCut } from "../failure/read.ts";

/** A whole answer larger than this is a provider's mistake. Bytes. */
const LARGEST = 16 * 1024 * 1024;

const decoder = new TextDecoder();

const tooLarge = (most = LARGEST) =>
  new ProxyCut(`the answer is larger than ${Math.round(most / 1024 / 1024)} MiB`);

/** Bodies up to this size that say how long they are come in one read. Bytes. */
const SMALL = 1024 * 1024;

/**
 * All bytes of a body.
 * @param most bytes
 * @throws ProxyCut over `most`; whatever reading throws.
 */
export async function readAll(
  response: Response,
  onChunk: () => void,
  most = LARGEST,
): Promise<Uint8Array<ArrayBuffer>> {
  const length = Number(response.headers.get("content-length") ?? NaN);
  if (length <= SMALL) return await response.bytes();
  if (length > most) throw tooLarge(most);
  if (response.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > most) throw tooLarge(most);
    onChunk();
    chunks.push(chunk);
  }
  return concat(chunks);
}

/** An error's body is read up to this size, rounded up to a whole chunk. Bytes. */
const ENOUGH = 64 * 1024;

/**
 * The beginning of a small body; what cannot be read, or does not come in time, is dropped.
 * @param patience milliseconds for the whole of it. @default as long as its attempt may take
 */
export async function readSome(response: Response, patience?: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  const reader = response.body?.getReader();
  if (reader === undefined) return concat(chunks);
  const cancel = () => void reader.cancel().catch(() => {});
  const timer = patience === undefined ? undefined : setTimeout(cancel, patience);
  try {
    for (let size = 0; size < ENOUGH;) {
      const { done, value } = await reader.read();
      if (done) return concat(chunks);
      chunks.push(value);
      size += value.length;
    }
    cancel();
  } catch { // the status says enough
  } finally {
    clearTimeout(timer);
  }
  return concat(chunks);
}

/** A field of an event, or a comment (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream). */
const EVENT_BEGINS = /^\uFEFF?[\r\n]*(?:data|event|id|retry)?:/;

/** Whether bytes begin as an event stream does. */
export function looksLikeEvents(bytes: Uint8Array): boolean {
  return EVENT_BEGINS.test(decoder.decode(bytes.subarray(0, 64)));
}

/** Reads the first bytes of a body, without taking them out of it. */
export async function peeked(
  response: Response,
): Promise<{ readonly response: Response; readonly events: boolean }> {
  const reader = response.body?.getReader();
  const first = await reader?.read();
  if (reader === undefined || first?.value === undefined) {
    return { response: new Response(null, response), events: false };
  }
  const head = first.value;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(head),
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const { status, headers } = response;
  return { response: new Response(body, { status, headers }), events: looksLikeEvents(head) };
}

/** A body's JSON; undefined where it is not JSON. */
export function parseJson(bytes: Uint8Array): Json | undefined {
  try {
    return parseExact(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

/** A whole answer with status 200, read; or the failure that it is. `reply` is undefined where nobody can read it. */
export function readReply(
  json: Json,
  dialect: Dialect,
): { readonly error: ProviderError } | { readonly reply: Reply | undefined } {
  if (!isRecord(json)) return { error: { message: "the answer is not a JSON object" } };
  if (json.type === "error" || (json.error !== undefined && json.error !== null && json.error !== false)) {
    return { error: dialect.failure.decode(json) };
  }
  let reply: Reply;
  try {
    reply = dialect.reply.decode(json);
  } catch { // it may pass through anyway
    return { reply: undefined };
  }
  const lack = lackOf(reply);
  if (lack === undefined) return { reply };
  return { error: reply.error ?? errorIn(json) ?? lack };
}

/** Collects a streamed answer into a whole one. Stops at the terminal event. */
export async function collect(
  body: ReadableStream<Uint8Array>,
  dialect: Dialect,
  onChunk: () => void,
): Promise<{ readonly error: ProviderError } | { readonly reply: Reply }> {
  const parser = new SseParser();
  const decoder = dialect.stream.decoder();
  const collector = new ReplyCollector();
  let size = 0;
  let ended = false;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > LARGEST) throw tooLarge();
      onChunk();
      for (const event of parser.push(chunk)) for (const reply of decoder.push(event)) take(reply);
      if (ended || collector.error !== undefined) break;
    }
  } catch (error) {
    // Everything came, but the connection did not end well.
    if (!ended && decoder.finished !== true) throw error;
  }
  if (!ended) { for (const event of parser.end()) for (const reply of decoder.push(event)) take(reply); }
  if (!ended) { for (const reply of decoder.end()) take(reply); }
  const reply = collector.reply();
  const error = lackOf(reply);
  return error === undefined ? { reply } : { error };

  function take(event: Parameters<ReplyCollector["push"]>[0]): void {
    if (event.type === "finish") ended = true;
    collector.push(event);
  }
}
