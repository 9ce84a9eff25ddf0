/** The bridge between a whole answer and a streamed one, in the neutral form. */
import type {
  BlockStart,
  Citation,
  Maker,
  Part,
  Reply,
  ReplyEvent,
  StopReason,
} from "../../model/conversation.ts";
import type { ProviderError } from "../../model/failure.ts";
import type { Usage } from "../../model/usage.ts";

/** A whole answer as the events of a stream, one delta for each block: for clients that stream from providers that do not. */
export function* replyToEvents(reply: Reply): Generator<ReplyEvent> {
  yield { type: "start", id: reply.id, model: reply.model, created: reply.created, usage: reply.usage };
  let index = 0;
  for (const part of reply.parts) {
    const block = blockOf(part);
    if (block === undefined) continue;
    yield { type: "block_start", index, block };
    yield* contentOf(part, index);
    yield { type: "block_stop", index };
    index++;
  }
  if (reply.error !== undefined) yield { type: "error", error: reply.error };
  else {
    yield {
      type: "finish",
      stop: reply.stop,
      rawStop: reply.rawStop,
      stopSequence: reply.stopSequence,
      usage: reply.usage,
      serviceTier: reply.serviceTier,
    };
  }
}

function blockOf(part: Part): BlockStart | undefined {
  switch (part.type) {
    case "text":
      return part.phase === undefined ? { type: "text" } : { type: "text", phase: part.phase };
    case "refusal":
      return { type: "refusal" };
    case "reasoning":
      return { type: "reasoning", itemId: part.itemId };
    case "tool_call":
      return {
        type: "tool_call",
        id: part.id,
        name: part.name,
        namespace: part.namespace,
        kind: part.kind,
        itemId: part.itemId,
        signature: part.signature,
      };
    case "opaque":
      return { type: "opaque", part };
    default:
      return undefined; // images, documents and results are not part of an answer
  }
}

function* contentOf(part: Part, index: number): Generator<ReplyEvent> {
  switch (part.type) {
    case "text":
      if (part.text !== "") yield { type: "delta", index, text: part.text };
      for (const citation of part.citations ?? []) yield { type: "citation", index, citation };
      return;
    case "refusal":
      yield { type: "delta", index, text: part.text };
      return;
    case "tool_call":
      if (part.arguments !== "") yield { type: "delta", index, text: part.arguments };
      return;
    case "reasoning": {
      for (const [summaryIndex, text] of (part.summary ?? []).entries()) {
        yield { type: "summary_delta", index, summaryIndex, text };
      }
      if (part.text) yield { type: "delta", index, text: part.text };
      const { signature, encrypted, redacted, maker } = part;
      if (signature !== undefined || encrypted !== undefined || redacted !== undefined) {
        yield { type: "signature", index, signature, encrypted, redacted, maker };
      }
    }
  }
}

interface CollectedBlock {
  readonly start: BlockStart;
  text: string;
  summary: string[];
  citations: Citation[];
  signature?: string;
  encrypted?: string;
  redacted?: string;
  maker?: Maker;
}

/** Collects a stream's events into the whole answer: for clients that want it whole from providers that only stream. */
export class ReplyCollector {
  #id = "";
  #model = "";
  #created: number | undefined;
  #blocks = new Map<number, CollectedBlock>();
  #stop: StopReason = "end_turn";
  #rawStop: string | undefined;
  #stopSequence: string | undefined;
  #usage: Usage | undefined;
  #serviceTier: string | undefined;
  /** The failure that the stream reported, if any. */
  error: ProviderError | undefined;

  push(event: ReplyEvent): void {
    switch (event.type) {
      case "start":
        this.#id = event.id;
        this.#model = event.model;
        this.#created = event.created;
        this.#usage = event.usage ?? this.#usage;
        this.#serviceTier = event.serviceTier;
        return;
      case "block_start":
        this.#blocks.set(event.index, { start: event.block, text: "", summary: [], citations: [] });
        return;
      case "finish":
        this.#stop = event.stop;
        this.#rawStop = event.rawStop;
        this.#stopSequence = event.stopSequence;
        this.#usage = event.usage ?? this.#usage;
        this.#serviceTier = event.serviceTier ?? this.#serviceTier;
        return;
      case "error":
        this.error = event.error;
        return;
      case "block_stop":
      case "ping":
        return;
    }
    const block = this.#blocks.get(event.index);
    if (block === undefined) return;
    switch (event.type) {
      case "delta":
        block.text += event.text;
        return;
      case "summary_delta":
        block.summary[event.summaryIndex] = (block.summary[event.summaryIndex] ?? "") + event.text;
        return;
      case "citation":
        block.citations.push(event.citation);
        return;
      case "signature":
        if (event.signature !== undefined) block.signature = (block.signature ?? "") + event.signature;
        if (event.encrypted !== undefined) block.encrypted = event.encrypted;
        if (event.redacted !== undefined) block.redacted = event.redacted;
        if (event.maker !== undefined) block.maker = event.maker;
    }
  }

  /** The answer so far; whole once the stream has ended. */
  reply(): Reply {
    const parts = [...this.#blocks.entries()].sort(([a], [b]) => a - b).map(([, block]) => partOf(block));
    return dropUndefined({
      id: this.#id,
      model: this.#model,
      created: this.#created,
      parts,
      stop: this.#stop,
      rawStop: this.#rawStop,
      stopSequence: this.#stopSequence,
      usage: this.#usage,
      serviceTier: this.#serviceTier,
      error: this.error,
    });
  }
}

function partOf(block: CollectedBlock): Part {
  const { start } = block;
  switch (start.type) {
    case "text":
      return dropUndefined({
        type: "text" as const,
        text: block.text,
        citations: block.citations.length > 0 ? block.citations : undefined,
        phase: start.phase,
      });
    case "refusal":
      return { type: "refusal", text: block.text };
    case "tool_call":
      return dropUndefined({ ...start, arguments: block.text });
    case "reasoning":
      return dropUndefined({
        type: "reasoning" as const,
        text: block.text === "" ? undefined : block.text,
        summary: block.summary.length > 0 ? block.summary : undefined,
        signature: block.signature,
        redacted: block.redacted,
        encrypted: block.encrypted,
        itemId: start.itemId,
        maker: block.maker,
      });
    case "opaque":
      return start.part;
  }
}

function dropUndefined<T extends object>(value: T): T {
  for (const key of Object.keys(value) as (keyof T)[]) if (value[key] === undefined) delete value[key];
  return value;
}
