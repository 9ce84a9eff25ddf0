/**
 * What changes in every answer on its way into another dialect, streamed or whole: calls get ids that are legal and new in
 * the client's conversation, arguments become one object, the end fits the answer, and secrets are marked with their maker.
 */
import type {
  BlockStart,
  Conversation,
  Maker,
  Part,
  Reply,
  ReplyEvent,
  StopReason,
} from "../../model/conversation.ts";
import { ArgumentReader, callArguments } from "./arguments.ts";
import type { Origins } from "./origins.ts";

export interface HandOutOptions {
  /** What the client asked. */
  readonly asked: Conversation;
  /** Ids of calls that the client's dialect takes. */
  readonly callIds: RegExp;
  readonly maker: Maker;
  readonly origins: Origins;
  /** The provider speaks the client's dialect: its secrets go out as they are, and are remembered. */
  readonly same: boolean;
}

type CallStart = Extract<BlockStart, { type: "tool_call" }>;

interface OpenCall {
  readonly start: CallStart;
  readonly arguments: ArgumentReader;
}

/** Hands out one answer. */
export class HandOut {
  readonly #options: HandOutOptions;
  readonly #open = new Map<number, OpenCall>();
  #calls = false;
  /** Ids that were given out before. */
  #ids: Set<string> | undefined;

  constructor(options: HandOutOptions) {
    this.#options = options;
  }

  /** One event of a stream, as those that the client gets. */
  event(event: ReplyEvent): readonly ReplyEvent[] {
    switch (event.type) {
      case "block_start":
        return [event.block.type === "tool_call" ? this.#begin(event.index, event.block) : event];
      case "delta": {
        const call = this.#open.get(event.index);
        if (call === undefined) return [event];
        const text = call.arguments.push(event.text);
        return text === "" ? [] : [{ ...event, text }];
      }
      case "block_stop":
        return this.#end(event.index);
      case "finish":
        return [
          ...[...this.#open.keys()].flatMap((index) => this.#end(index)),
          { ...event, stop: stopFor(event.stop, this.#calls) },
        ];
      case "signature":
        return [{ ...event, ...this.#made(event) }];
      default:
        return [event];
    }
  }

  /** A whole answer. */
  reply(reply: Reply): Reply {
    const parts = reply.parts.flatMap((part) => this.#part(part));
    return { ...reply, parts, stop: stopFor(reply.stop, parts.some(({ type }) => type === "tool_call")) };
  }

  #begin(index: number, start: CallStart): ReplyEvent {
    const block = { ...start, id: this.#id(start) };
    this.#calls = true;
    if (start.kind === "function") this.#open.set(index, { start: block, arguments: new ArgumentReader() });
    return { type: "block_start", index, block };
  }

  #end(index: number): ReplyEvent[] {
    const stop: ReplyEvent = { type: "block_stop", index };
    const call = this.#open.get(index);
    if (call === undefined) return [stop];
    this.#open.delete(index);
    const { rest, more } = call.arguments.end();
    const out: ReplyEvent[] = rest === "" ? [stop] : [{ type: "delta", index, text: rest }, stop];
    for (const [i, text] of more.entries()) {
      const at = index + (i + 1) / (more.length + 1); // between this block and the next
      out.push(
        { type: "block_start", index: at, block: this.#another(call.start) },
        { type: "delta", index: at, text },
        { type: "block_stop", index: at },
      );
    }
    return out;
  }

  #part(part: Part): readonly Part[] {
    if (part.type === "reasoning") return [{ ...part, ...this.#made(part) }];
    if (part.type !== "tool_call") return [part];
    const call = { ...part, id: this.#id(part) };
    if (part.kind !== "function") return [call];
    const [first, ...more] = callArguments(part.arguments);
    return [
      { ...call, arguments: first },
      ...more.map((text) => ({ ...this.#another(call), arguments: text })),
    ];
  }

  /** A call that came within another one's arguments. */
  #another<T extends CallStart>(
    { itemId: _item, signature: _signature, ...start }: T,
  ): Omit<T, "itemId" | "signature"> {
    return { ...start, id: newCallId() };
  }

  /** The call's id for the client: its own where it can be. Behind a new id, it is remembered. */
  #id({ id, signature }: Pick<CallStart, "id" | "signature">): string {
    const { asked, callIds, maker, origins, same } = this.#options;
    this.#ids ??= idsIn(asked);
    const free = callIds.test(id) && !this.#ids.has(id) && origins.isNew(id);
    const given = free && (signature === undefined || same) ? id : newCallId();
    this.#ids.add(given);
    origins.gaveOut(given);
    if (given !== id) {
      const call = { id, provider: maker.provider };
      origins.gave(given, signature === undefined ? call : { ...call, signature });
    }
    if (signature !== undefined) origins.saw(signature, maker);
    return given;
  }

  #made(
    { signature, encrypted, redacted }: Readonly<
      Partial<Record<"signature" | "encrypted" | "redacted", string>>
    >,
  ): { readonly maker?: Maker } {
    const { maker, origins, same } = this.#options;
    const secrets = [signature, encrypted, redacted].filter((secret) => secret !== undefined);
    if (same) { for (const secret of secrets) origins.saw(secret, maker); }
    return same || secrets.length === 0 ? {} : { maker };
  }
}

/** Providers call an end with calls a normal one, and one without calls a use of tools: agents go by the word. */
function stopFor(stop: StopReason, calls: boolean): StopReason {
  if (stop !== "end_turn" && stop !== "tool_use") return stop;
  return calls ? "tool_use" : "end_turn";
}

/** A new id, legal in every dialect. */
function newCallId(): string {
  return `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
}

function idsIn({ messages }: Conversation): Set<string> {
  const ids = new Set<string>();
  for (const { parts } of messages) for (const part of parts) if (part.type === "tool_call") ids.add(part.id);
  return ids;
}
