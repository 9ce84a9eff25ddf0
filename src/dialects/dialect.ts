/**
 * What every wire format has to offer, and the facts that routing reads from a request without translating it.
 */
import type { Json } from "../model/json.ts";
import type { DialectName, HeaderMap, RequestFacts } from "../model/request-facts.ts";
import type { Usage } from "../model/usage.ts";
import type { ClientError, ProviderError } from "../model/failure.ts";
import type { Conversation, Reply, ReplyEvent } from "../model/conversation.ts";
import type { SseEvent } from "../bytes/sse.ts";

/** Where an encoded request goes: the encoder cleans for it. */
export interface EncodeTarget {
  readonly model: string;
  readonly provider: string;
  readonly quirks: readonly string[];
  /** The model's own limit on output tokens, where known (Anthropic requires the field). */
  readonly maxOutput?: number;
  readonly reasoning?: boolean;
}

export interface Encoded {
  readonly body: Json;
  /** Headers that the dialect needs besides the credential. */
  readonly headers: Readonly<Record<string, string>>;
  /** What was left out on purpose, by field name (`top_k`, `documents`, …). */
  readonly dropped: readonly string[];
}

/** Reads one provider's stream into neutral events. Synchronous: what goes in comes out at once. */
export interface StreamDecoder {
  push(event: SseEvent): ReplyEvent[];
  /** The bytes ended: closes what is open, and says so with an error event when no end was seen. */
  end(): ReplyEvent[];
}

/** Writes neutral events as one client's stream, framing included. */
export interface StreamEncoder {
  push(event: ReplyEvent): string;
  end(): string;
}

/** What dispatch must know of each event of a stream that passes through unread. */
export interface StreamWatch {
  /** "prelude": nothing to show yet; "output": real output; "error": a failure; "end": the terminal event. */
  push(event: SseEvent): "prelude" | "output" | "error" | "end";
  /** The error event's content, after push said "error". */
  readonly error?: ProviderError;
  /** What has been reported so far. */
  readonly usage?: Usage;
  /** Characters of output seen: for an estimate where no usage came. */
  readonly outputChars: number;
  /** The answer is whole though its terminal event may be missing (Chat: a finish reason came, `[DONE]` did not). */
  readonly finished?: boolean;
}

export interface Dialect {
  readonly name: DialectName;
  /** The facts of a parsed body. Never throws on odd shapes: what is not there is not there. */
  inspect(body: Json, headers: HeaderMap, size: number, operation?: RequestFacts["operation"]): RequestFacts;
  readonly request: {
    /** @throws UnsupportedRequest where a stateless translation cannot honour the body. */
    decode(body: Json): Conversation;
    encode(conversation: Conversation, target: EncodeTarget): Encoded;
    /**
     * Top-level members to replace where a body passes through: it may hold reasoning of another dialect, sealed for
     * the client's keeping, that this one's providers refuse. Undefined: nothing to replace, as nearly always.
     */
    edits?(body: Json): Readonly<Record<string, Json>> | undefined;
    /** Whether a body must be decoded and encoded anew for a provider with these quirks, though it speaks the dialect. */
    isBeyond?(body: Json, quirks: readonly string[]): boolean;
    /**
     * Fields of a body that this model is known to refuse: the client wrote it for another one. A body that passed
     * through and was refused may be decoded and encoded anew for the model, and sent once more.
     */
    misfits?(body: Json, model: string): readonly string[];
  };
  readonly reply: {
    decode(json: Json): Reply;
    /** The client's conversation, for names to give back and options that shape the answer. */
    encode(reply: Reply, asked: Conversation): Json;
  };
  readonly stream: {
    decoder(): StreamDecoder;
    encoder(asked: Conversation): StreamEncoder;
    watch(): StreamWatch;
  };
  /** Usage of a whole (not streamed) answer. */
  usage(json: Json): Usage | undefined;
  readonly failure: {
    /** Reads an error body (parsed, or text where it is not JSON). */
    decode(body: Json | string): ProviderError;
    /** The body of an error answer. */
    encode(error: ClientError): Json;
    /** The stream event(s), framing included, that tell a client of a failure after output began, and end it. */
    event(error: ClientError): string;
    /**
     * Whether clients give their turn up at a provider's own error event of this kind, though sending the request again
     * would reach another provider. Such an event is told in the words of {@link event} instead.
     */
    endsTurn?(error: ProviderError): boolean;
  };
}

/** A request that this dialect pair cannot carry faithfully; becomes a 400 that names the field. */
export class UnsupportedRequest extends Error {
  constructor(readonly param: string, message: string) {
    super(message);
    this.name = "UnsupportedRequest";
  }
}
