/**
 * A Chat provider's stream (https://platform.openai.com/docs/api-reference/chat-streaming) as neutral events, with
 * everything that providers do differently: see the table of odd streams in the tests.
 */
import type { SseEvent } from "../../../bytes/sse.ts";
import type { ReplyEvent } from "../../../model/conversation.ts";
import type { ProviderError } from "../../../model/failure.ts";
import type { Json } from "../../../model/json.ts";
import type { Usage } from "../../../model/usage.ts";
import type { StreamDecoder } from "../../dialect.ts";
import { decodeCitations } from "../citations.ts";
import { decodeFailure, errorIn, statusOf } from "../../shared/error.ts";
import { decodeStop, isFailedFinish } from "../stop.ts";
import { mergeUsage, usageOf } from "../usage.ts";
import { LEGACY_INDEX, ReasoningDecoder, StreamBlocks, ToolCallDecoder } from "./decode-blocks.ts";
import { type Parted, ThinkTags } from "../../shared/think-tags.ts";

/** A new id as OpenAI's look. */
export function randomId(prefix: string): string {
  return prefix + crypto.randomUUID().replaceAll("-", "").slice(0, 24);
}

export class ChatStreamDecoder implements StreamDecoder {
  #blocks = new StreamBlocks();
  #reasoning = new ReasoningDecoder(this.#blocks);
  #tags = new ThinkTags();
  #tools: ToolCallDecoder;
  #newId: (prefix: string) => string;
  #started = false;
  #done = false;
  #refused = false;
  #finish: string | undefined;
  #native: unknown;
  #usage: Usage | undefined;
  /** The last chunk held usage alone: that is the end, also where no finish reason came. */
  #usageLast = false;
  #serviceTier: string | undefined;

  /** `newId` makes the ids that a provider does not send. */
  constructor(newId: (prefix: string) => string = randomId) {
    this.#newId = newId;
    this.#tools = new ToolCallDecoder(this.#blocks, () => newId("call_"));
  }

  push(event: SseEvent): ReplyEvent[] {
    if (this.#done || event.data === "") return [];
    this.#blocks.out = [];
    if (event.data.charCodeAt(0) === 0x5b && event.data.trim() === "[DONE]") return this.#ended();
    let json: Json;
    try {
      json = JSON.parse(event.data);
    } catch {
      return this.#failed(decodeFailure(event.data));
    }
    return event.event === "error" ? this.#failed(decodeFailure(json)) : this.chunk(json);
  }

  /** One parsed event: a chunk, or a whole completion. */
  chunk(json: Json): ReplyEvent[] {
    this.#blocks.out = [];
    if (this.#done) return this.#blocks.out;
    const error = errorIn(json) ?? errorIn(json?.choices?.[0]?.error ? json.choices[0] : undefined);
    if (error !== undefined) return this.#failed(error);
    const usage = usageOf(json);
    this.#usage = mergeUsage(this.#usage, usage);
    if (typeof json?.service_tier === "string") this.#serviceTier = json.service_tier;
    const choice = firstChoice(json);
    if (choice === undefined) {
      if (usage !== undefined) this.#usageLast = true;
    } else {
      this.#usageLast = false;
      this.#choice(choice, json);
    }
    return this.#blocks.out;
  }

  /** Counts before the end may be running ones; at or after the finish reason they are the last. Text may follow all the same. */
  get finished(): boolean {
    return this.#finish !== undefined && (this.#usage?.output ?? 0) > 0;
  }

  end(): ReplyEvent[] {
    if (this.#done) return [];
    this.#blocks.out = [];
    if (this.#finish !== undefined || (this.#usageLast && this.#started)) return this.#ended();
    return this.#failed({
      message: "The provider's answer ended before it was complete.",
      type: "server_error",
      code: "stream_cut",
    });
  }

  /** What was pushed was a whole answer: nothing is missing, whatever its finish reason says. */
  whole(): ReplyEvent[] {
    if (this.#done) return [];
    this.#blocks.out = [];
    return this.#ended();
  }

  #choice(choice: Json, json: Json): void {
    if (!this.#started) this.#start(json);
    const delta = choice.delta ?? choice.message ?? choice;
    this.#delta(delta);
    // A whole message beside an empty delta.
    if (choice.message && delta !== choice.message && !this.#blocks.any) this.#delta(choice.message);
    const finish = choice.finish_reason;
    if (typeof finish !== "string" || finish === "") return;
    if (isFailedFinish(finish)) {
      this.#failed({
        message: `The provider broke its answer off ("${finish}").`,
        type: "server_error",
        code: finish,
      });
      return;
    }
    this.#finish ??= finish;
    this.#native ??= choice.native_finish_reason;
  }

  #start(json: Json): void {
    this.#started = true;
    const id = typeof json.id === "string" && json.id !== "" ? json.id : this.#newId("chatcmpl-");
    const start = { type: "start" as const, id, model: typeof json.model === "string" ? json.model : "" };
    this.#blocks.out.push(typeof json.created === "number" ? { ...start, created: json.created } : start);
  }

  #delta(delta: Json): void {
    if (typeof delta !== "object" || delta === null) return;
    this.#reasoning.push(delta);
    const content = delta.content ?? delta.text; // `text`: the old completions
    if (typeof content === "string") this.#parted(this.#tags.read(content));
    else if (Array.isArray(content)) { for (const part of content) this.#contentPart(part); }
    if (typeof delta.refusal === "string" && delta.refusal !== "") {
      this.#refused = true;
      this.#text("refusal", delta.refusal);
    }
    if (delta.annotations) this.#annotations(delta.annotations);
    if (Array.isArray(delta.images)) { for (const image of delta.images) this.#image(image); }
    if (Array.isArray(delta.tool_calls) && delta.tool_calls.length > 0) {
      this.#parted(this.#tags.rest());
      this.#blocks.close();
      for (const piece of delta.tool_calls) this.#tools.push(piece);
    }
    if (delta.function_call) {
      this.#blocks.close();
      this.#tools.push({ index: LEGACY_INDEX, function: delta.function_call });
    }
  }

  /** Mistral: content as a list, with the thinking in it. */
  #contentPart(part: Json): void {
    if (typeof part?.text === "string") this.#text("text", part.text);
    if (Array.isArray(part?.thinking)) {
      for (const thought of part.thinking) this.#reasoning.text(thought?.text);
    }
  }

  #parted({ thought, words }: Parted): void {
    this.#reasoning.text(thought);
    this.#text("text", words);
  }

  #text(type: "text" | "refusal", text: string): void {
    if (text === "") return;
    const index = this.#blocks.openOf(type) ?? this.#blocks.begin({ type });
    this.#blocks.out.push({ type: "delta", index, text });
  }

  #annotations(annotations: Json): void {
    for (const citation of decodeCitations(annotations)) {
      const index = this.#blocks.openOf("text") ?? this.#blocks.begin({ type: "text" });
      this.#blocks.out.push({ type: "citation", index, citation });
    }
  }

  #image(value: Json): void {
    const part = { type: "opaque" as const, dialect: "openai-chat" as const, name: "image", value };
    this.#blocks.begin({ type: "opaque", part });
    this.#blocks.close();
  }

  #ended(): ReplyEvent[] {
    if (!this.#started) {
      return this.#failed({ message: "The provider's answer is empty.", code: "empty_answer" });
    }
    const { out } = this.#blocks;
    this.#parted(this.#tags.rest());
    this.#blocks.close();
    this.#tools.close();
    this.#done = true;
    const seen = { toolCalls: this.#tools.any, refusal: this.#refused };
    const finish: { -readonly [key in keyof Finish]: Finish[key] } = {
      type: "finish",
      stop: decodeStop(this.#finish, this.#native, seen),
    };
    if (this.#finish !== undefined) finish.rawStop = this.#finish;
    if (this.#usage !== undefined) finish.usage = this.#usage;
    if (this.#serviceTier !== undefined) finish.serviceTier = this.#serviceTier;
    out.push(finish);
    return out;
  }

  /** Tool calls stay open: an agent must not run one whose arguments were cut. */
  #failed(error: ProviderError): ReplyEvent[] {
    const { out } = this.#blocks;
    this.#parted(this.#tags.rest());
    this.#blocks.close();
    this.#done = true;
    const status = statusOf(error);
    out.push(status === undefined ? { type: "error", error } : { type: "error", error, status });
    return out;
  }
}

type Finish = Extract<ReplyEvent, { type: "finish" }>;

/** The first answer: with `n` others come beside it, and only a Chat client could take them. */
function firstChoice(json: Json): Json {
  const choices = json?.choices;
  if (!Array.isArray(choices)) return undefined;
  if (choices.length === 1 && !choices[0]?.index) return choices[0] ?? undefined;
  return choices.find((choice) => choice && !choice.index);
}
