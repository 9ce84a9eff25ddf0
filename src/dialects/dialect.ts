/**
 * What every wire format has to offer, and the facts that routing reads from a request without translating it.
 */
import type { Conversation, Reply, ReplyEvent } from "./conversation.ts";
import type { SseEvent } from "./sse.ts";

export type DialectName = "anthropic-messages" | "openai-chat" | "openai-responses";

// deno-lint-ignore no-explicit-any
export type Json = any;

/** A request's headers, names in lower case. */
export type HeaderMap = Readonly<Record<string, string>>;

/** One message of a request, as far as routing looks at it. Strings are references into the body, not copies. */
export interface MessageFacts {
  readonly role: "system" | "developer" | "user" | "assistant" | "tool";
  /** The text parts, whole. Empty for tool results and tool calls. */
  readonly texts: readonly string[];
}

/** What a request asks for, read without translating it. */
export interface RequestFacts {
  readonly dialect: DialectName;
  readonly operation: "generate" | "count_tokens";
  /** The model asked for; "" where the body has none. */
  readonly model: string;
  readonly stream: boolean;
  /** The system prompt's or instructions' texts. */
  readonly system: readonly string[];
  /** In the order of the body. */
  readonly messages: readonly MessageFacts[];
  readonly hasImages: boolean;
  readonly hasDocuments: boolean;
  readonly toolCount: number;
  /** Names of the provider's own tools offered (`web_search`, …). */
  readonly serverTools: readonly string[];
  /** A server tool that the request forces to be used. */
  readonly forcedServerTool?: string;
  readonly structuredOutput: boolean;
  /** Top-level property names of the output schema. */
  readonly outputKeys: readonly string[];
  readonly thinking: boolean;
  /** Tokens of the whole request, estimated from its size. */
  readonly approxTokens: number;
  /** Tokens that the client allows for the answer; undefined: not said. */
  readonly maxOutputTokens?: number;
  /** `claude-code`, `codex`, `openclaw`, `opencode`, `anthropic-sdk`, `openai-sdk`, `ai-sdk`, `curl` … or "unknown". */
  readonly client: string;
  readonly session?: string;
  /** What the client's own metadata says the request is for. */
  readonly hints: {
    readonly kind?: "turn" | "compaction" | "title" | "helper" | "prewarm" | "memory";
    readonly subagent?: boolean;
  };
}

/** Tokens that a provider reports (or, with `estimated`, that were guessed). `input` leaves cached ones out. */
export interface Usage {
  /** Fresh input: neither read from nor written to a cache. */
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Part of `cacheWrite` with a one-hour life. */
  readonly cacheWrite1h?: number;
  readonly output: number;
  /** Part of `output`. */
  readonly reasoning: number;
  readonly estimated?: boolean;
  /** Dollars, where the provider states them. */
  readonly cost?: number;
  /** Searches and fetches that the provider ran itself, where it counts them (they are priced apart). */
  readonly webSearches?: number;
  readonly webFetches?: number;
}

/** The classes of the failure table; see docs/failover.md. */
export type FailureClass =
  | "rate_limited"
  | "quota_exhausted"
  | "overloaded"
  | "server_error"
  | "unreachable"
  | "timeout"
  | "refused_credentials"
  | "model_unknown"
  | "context_overflow"
  | "bad_request"
  | "content_refused"
  | "cancelled";

/** What a provider's refusal says, read from its body in one dialect. Classification is dispatch's. */
export interface ProviderError {
  /** The provider's words, without secrets, at most 2,000 characters. */
  readonly message: string;
  /** The dialect's `type` or `code` fields, as they came. */
  readonly type?: string;
  readonly code?: string;
  readonly param?: string;
}

/** A failure for a client to see. `status` is the HTTP status to use when nothing was sent yet. */
export interface ClientError {
  readonly status: number;
  readonly class:
    | FailureClass
    | "unauthorized"
    | "not_found"
    | "method_not_allowed"
    | "unsupported_media_type"
    | "too_large"
    | "unsupported";
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
  readonly requestId?: string;
}

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
