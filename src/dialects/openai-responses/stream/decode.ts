/**
 * A provider's stream (https://platform.openai.com/docs/api-reference/responses-streaming) as neutral events. Unknown
 * events are skipped.
 */
import type { SseEvent } from "../../../bytes/sse.ts";
import { isRecord, listOf, stringOf } from "../../../json/shape.ts";
import type { ReplyEvent } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import type { StreamDecoder } from "../../dialect.ts";
import { statusOfCode, streamError } from "../error.ts";
import { decodeStop } from "../stop.ts";
import { decodeUsage } from "../usage.ts";
import {
  CallDecoder,
  type ItemDecoder,
  itemDecoder,
  MessageDecoder,
  ReasoningDecoder,
} from "./decode-blocks.ts";
import { BlockSink } from "../../shared/blocks.ts";

type Event = Record<string, Json>;

export class ResponsesStreamDecoder implements StreamDecoder {
  #sink = new BlockSink();
  #items: ItemDecoder[] = [];
  /** By `output_index`; by the item's id where a provider sends no index. */
  #byPlace = new Map<Json, ItemDecoder>();
  #started = false;
  #ended = false;

  push({ data }: SseEvent): ReplyEvent[] {
    if (this.#ended) return [];
    let event: Json;
    try {
      event = JSON.parse(data);
    } catch {
      return []; // `[DONE]`, or an event cut off with its stream: see {@link end}
    }
    if (isRecord(event)) this.#read(event);
    return this.#take();
  }

  end(): ReplyEvent[] {
    if (this.#ended) return [];
    this.#fail({
      type: "error",
      error: { message: "the provider's stream ended before the answer did", type: "server_error" },
    });
    return this.#take();
  }

  #take(): ReplyEvent[] {
    const { out } = this.#sink;
    if (out.length > 0) this.#sink.out = [];
    return out;
  }

  #read(event: Event): void {
    switch (event.type) {
      case "response.output_text.delta":
        return this.#message(event)?.delta(placeIn(event.content_index), false, event.delta);
      case "response.function_call_arguments.delta":
      case "response.custom_tool_call_input.delta":
        return this.#call(event)?.delta(event.delta);
      case "response.reasoning_summary_text.delta":
        return this.#reasoning(event)?.summary(placeIn(event.summary_index), event.delta);
      case "response.reasoning_text.delta":
        return this.#reasoning(event)?.delta(placeIn(event.content_index), event.delta);
      case "response.refusal.delta":
        return this.#message(event)?.delta(placeIn(event.content_index), true, event.delta);
      case "response.output_text.done":
        return this.#message(event)?.text(placeIn(event.content_index), false, event.text);
      case "response.refusal.done":
        return this.#message(event)?.text(placeIn(event.content_index), true, event.refusal);
      case "response.function_call_arguments.done":
        return this.#call(event)?.text(event.arguments);
      case "response.custom_tool_call_input.done":
        return this.#call(event)?.text(event.input);
      case "response.reasoning_summary_text.done":
        return this.#reasoning(event)?.summaryText(placeIn(event.summary_index), event.text);
      case "response.reasoning_text.done":
        return this.#reasoning(event)?.text(placeIn(event.content_index), event.text);
      case "response.output_text.annotation.added":
        return this.#message(event)?.annotation(placeIn(event.content_index), event.annotation);
      case "response.content_part.done":
        if (event.part?.type === "reasoning_text") return;
        return this.#message(event)?.partDone(placeIn(event.content_index), event.part);
      case "response.output_item.added":
        return this.#added(event);
      case "response.output_item.done":
        return this.#done(event);
      case "response.created":
      case "response.in_progress":
      case "response.queued":
        return this.#start(event.response);
      case "response.completed":
      case "response.done":
      case "response.incomplete":
        return this.#finish(event);
      case "response.failed":
      case "response.cancelled":
      case "error": {
        const error = streamError(event) ?? { message: "the response failed", type: "server_error" };
        const status = statusOfCode(error.code);
        return this.#fail({ type: "error", error, ...(status === undefined ? {} : { status }) });
      }
      case "keepalive":
      case "ping":
        return this.#sink.push({ type: "ping" });
    }
  }

  #start(response: Json): void {
    if (this.#started) return;
    this.#started = true;
    this.#sink.push({
      type: "start",
      id: stringOf(response?.id) ?? "",
      model: stringOf(response?.model) ?? "",
      ...(typeof response?.created_at === "number" ? { created: response.created_at } : {}),
    });
  }

  #added(event: Event): void {
    if (isRecord(event.item)) this.#add(event.output_index ?? event.item.id, event.item);
  }

  #add(place: Json, item: Event): ItemDecoder {
    this.#start(undefined);
    // Some copies number every item 0: a new one ends the one before.
    this.#byPlace.get(place)?.close(false);
    const added = itemDecoder(item, this.#sink);
    this.#items.push(added);
    this.#byPlace.set(place, added);
    return added;
  }

  #done(event: Event): void {
    const { item } = event;
    if (!isRecord(item)) return;
    const place = event.output_index ?? item.id;
    const known = this.#byPlace.get(place);
    const open = known !== undefined && !known.closed && known.item.type === item.type ? known : undefined;
    (open ?? this.#add(place, item)).finish(item);
  }

  #message(event: Event): MessageDecoder | undefined {
    const item = this.#at(event) ?? this.#add(event.output_index ?? event.item_id, { type: "message" });
    return item instanceof MessageDecoder ? item : undefined;
  }

  #reasoning(event: Event): ReasoningDecoder | undefined {
    const item = this.#at(event) ??
      this.#add(event.output_index ?? event.item_id, { type: "reasoning", id: event.item_id });
    return item instanceof ReasoningDecoder ? item : undefined;
  }

  /** Arguments without their call are skipped: the finished item has them. */
  #call(event: Event): CallDecoder | undefined {
    const item = this.#at(event);
    return item instanceof CallDecoder ? item : undefined;
  }

  #at(event: Event): ItemDecoder | undefined {
    return this.#byPlace.get(event.output_index ?? event.item_id);
  }

  #finish(event: Event): void {
    const { response } = event;
    const error = streamError(event);
    if (error !== undefined) return this.#fail({ type: "error", error });
    this.#start(response);
    this.#reconcile(listOf(response?.output));
    for (const item of this.#items) item.close(false);
    const usage = decodeUsage(response?.usage ?? event.usage);
    const serviceTier = stringOf(response?.service_tier);
    const status = event.type === "response.incomplete" ? { ...response, status: "incomplete" } : response;
    this.#sink.push({
      type: "finish",
      ...decodeStop(status, this.#sink),
      ...(usage === undefined ? {} : { usage }),
      ...(serviceTier === undefined ? {} : { serviceTier }),
    });
    this.#ended = true;
  }

  /**
   * Adds what the finished response has and the stream did not. An item is known by its id or call id; some copies
   * give it another id at each event, so then by its place among the items of its type.
   */
  #reconcile(output: readonly Json[]): void {
    const unmatched = new Set(this.#items);
    const left: Event[] = [];
    for (const item of output) {
      if (!isRecord(item)) continue;
      const known = this.#items.find((one) => unmatched.has(one) && isSameItem(one.item, item));
      if (known === undefined) left.push(item);
      else {
        unmatched.delete(known);
        if (!known.closed) known.finish(item);
      }
    }
    for (const item of left) {
      const known = [...unmatched].find((one) => one.item.type === item.type);
      if (known !== undefined) unmatched.delete(known);
      if (known === undefined) this.#add(item.id, item).finish(item);
      else if (!known.closed) known.finish(item);
    }
  }

  #fail(event: ReplyEvent & { type: "error" }): void {
    this.#start(undefined);
    for (const item of this.#items) item.close(true);
    this.#sink.push(event);
    this.#ended = true;
  }
}

function isSameItem(a: Event, b: Event): boolean {
  if (a.type !== b.type) return false;
  if (typeof a.call_id === "string" && a.call_id !== "") return a.call_id === b.call_id;
  return typeof a.id === "string" && a.id === b.id;
}

/** Parts that an item may have. */
const MOST_PARTS = 10_000;

/** A part's place in its item. A provider may send anything: a name that arrays have, or a number that no array should have. */
function placeIn(value: unknown): number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < MOST_PARTS ? Number(value) : 0;
}
