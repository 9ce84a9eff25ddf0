/**
 * What every wire format has to offer. A dialect is a whole plug: everything particular to one format is behind this
 * interface, and nothing outside src/dialects knows its name. A new one is a folder and a line in registry.ts.
 */
import { isRecord } from "../json/shape.ts";
import type { Json } from "../model/json.ts";
import type { DialectName, HeaderMap, RequestFacts } from "../model/request-facts.ts";
import type { TargetSettings } from "../model/target.ts";
import type { Usage } from "../model/usage.ts";
import type { ClientError, ProviderError } from "../model/failure.ts";
import type { Conversation, Reply, ReplyEvent } from "../model/conversation.ts";
import type { ChangeText } from "./shared/user-texts.ts";
import type { Limit } from "./shared/limits.ts";
import type { Returning } from "./shared/origins.ts";
import type { SseEvent } from "../bytes/sse.ts";

/** Where an encoded request goes: the encoder cleans for it. */
export interface EncodeTarget extends Returning {
  readonly quirks: readonly string[];
  /** The model's own limit on output tokens, where known (Anthropic requires the field). */
  readonly maxOutput?: number;
  readonly reasoning?: boolean;
  /** The built-in provider whose rules for models hold. @default {@link provider} */
  readonly rulesOf?: string;
  /** What the model refused before, as {@link Lesson}s. @default [] */
  readonly learned?: readonly Lesson[];
  /** Tokens of the request, estimated: what is too short for a cache gets no marks. */
  readonly inputTokens?: number;
}

/**
 * Something optional that a model refused with a 400, and that it does not get again: a field (by its path in the body,
 * without places in lists), a role, a keyword of JSON schemas, a word for how hard to think, a value of a beta header, or
 * an answer's JSON schema, or tools while it thinks; `rename`: a field under another name; `limit`: the most tokens of an
 * answer; `prefill`: an answer in the last place; `tools_needed`: a history with calls and no tools; `schema_draft`: JSON schemas of older standards;
 * `quirk`: what the provider's data would say (`src/catalog/quirks.ts`); `server_tool`: a tool that the provider would run;
 * `length`: a text that is longer than `to` characters.
 */
export type Lesson =
  | {
    readonly kind:
      | "field"
      | "role"
      | "schema_keyword"
      | "effort"
      | "beta"
      | "system_place"
      | "json_schema"
      | "tools_while_thinking"
      | "alternate"
      | "prefill"
      | "tools_needed"
      | "schema_draft"
      | "quirk"
      | "server_tool";
    readonly name: string;
  }
  | { readonly kind: "rename" | "limit" | "length"; readonly name: string; readonly to: string };

/** A body made fit for a provider and model. */
export interface Fitted {
  /** The very same body where nothing had to change; else one that shares with it whatever did not. */
  readonly body: Json;
  /** What was dropped, by field name. */
  readonly dropped: readonly string[];
  /** Headers to change, in lower case; undefined: to drop. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** What changes in a history. */
export interface HistoryEdits {
  /** Top-level members to replace. */
  readonly members: Readonly<Record<string, Json>>;
  /** What was dropped, by field name. */
  readonly dropped: readonly string[];
}

export interface Encoded {
  readonly body: Json;
  /** What was dropped on purpose, by field name (`top_k`, `documents`, …). */
  readonly dropped: readonly string[];
}

/** Turns one provider's stream into neutral events. Synchronous: nothing waits. */
export interface StreamDecoder {
  push(event: SseEvent): ReplyEvent[];
  /** Nothing of the answer is missing, though its terminal event may be. */
  readonly finished?: boolean;
  /** The bytes ended: closes what is open, and adds an error event when no end was seen. */
  end(): ReplyEvent[];
}

/** Turns neutral events into one client's stream, framing included. */
export interface StreamEncoder {
  push(event: ReplyEvent): string;
  end(): string;
}

/** What dispatch must know of each event of a stream that passes through. */
export interface StreamWatch {
  /** "prelude": nothing to show yet; "output": real output; "error": a failure; "end": the terminal event. */
  push(event: SseEvent): "prelude" | "output" | "error" | "end";
  /** The error event's content, after push said "error". */
  readonly error?: ProviderError;
  /** What the stream has reported so far. */
  readonly usage?: Usage;
  /** The id by which a later request may continue the answer, where the dialect has such ids; known at its end. */
  readonly answerId?: string | undefined;
  /** Characters of output seen: for an estimate where no usage came. */
  readonly outputChars: number;
  /** The answer is whole though its terminal event may be missing (Chat: a finish reason came, `[DONE]` did not). */
  readonly finished?: boolean;
  /** Why the stream holds no answer, if it ends now; undefined: it holds one, or its end explains why there is none. */
  readonly lacks?: ProviderError | undefined;
}

/** The paths of a dialect's endpoints below the API's version (`/v1`), each with its leading slash. */
export interface DialectPaths {
  /** Where an answer is generated: `/chat/completions`. Providers have it under the same path. */
  readonly generate: string;
  /** Where tokens are counted; undefined: the dialect has no such endpoint. */
  readonly countTokens?: string;
  /** Where a history is shortened by its provider; undefined: the dialect has no such endpoint. */
  readonly compact?: string;
  /** Where models are listed. */
  readonly models: string;
}

/** A model in the list of models. */
export interface ListedModel {
  readonly id: string;
  /** How people see it. @default the id */
  readonly name?: string;
  /** Who serves it; undefined: several may. */
  readonly owner?: string;
}

/** What of a client's request goes on to a provider of the same dialect, by names in lower case. */
export interface SentOn {
  /** Headers; a name that ends in "-" allows all that begin with it. */
  readonly headers?: readonly string[];
  /** Headers that name the client's account: only where its own credential goes. */
  readonly account?: readonly string[];
  /** Parameters of the query. */
  readonly query?: readonly string[];
}

export interface Dialect {
  readonly name: DialectName;
  readonly paths: DialectPaths;
  /**
   * Whether a request is from a client of this dialect, as far as its path and headers show. `headers`: lower case, and
   * empty where the path alone is asked about: it decides before headers do.
   */
  matches(path: string, headers: HeaderMap): boolean;
  /** Whether a request body without a path is of this dialect. */
  matchesBody(body: Json): boolean;
  /** Headers that every request to a provider needs; those of a client of the same dialect override them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The field that sends requests of one session to the machine with their cache, where the dialect has one. */
  readonly cacheKey?: string;
  /** What else of a client's request goes to providers of the same dialect. @default nothing */
  readonly sentOn?: SentOn;
  /** A request body as its clients would send it: the prompt, and nothing else that they need not set. */
  example(prompt: string, model: string): Json;
  /** What providers that are not built in are like. */
  readonly provider: {
    /** The header for the key: `Authorization: Bearer`, or that and `x-api-key`. */
    readonly auth: "bearer" | "both";
    /** Whether its name and URL show that it speaks this dialect. */
    isAt?(name: string, url: URL): boolean;
    /**
     * Base URLs of this dialect hold the version: clients add none to a path, and one that ends in this dialect's endpoint shows
     * where all endpoints are. @default clients add `/v1` to every base URL
     */
    readonly fixesVersion?: boolean;
    /** The query that makes a provider list all of its models. */
    readonly modelsQuery?: Readonly<Record<string, string>>;
  };
  readonly models: {
    /** The list. `query`: what the client asked for, such as a page. */
    list(models: readonly ListedModel[], query: URLSearchParams): Json;
    one(model: ListedModel): Json;
  };
  /** What a client is to do where no provider shortens its history; undefined: the dialect has no such endpoint. */
  readonly compactsInstead?: string;
  /** The shape of a token count; undefined: the dialect has no such endpoint. */
  readonly countTokens?: {
    encode(tokens: number): Json;
    /** Tokens, from a provider's answer; undefined: it has none. */
    decode(json: Json): number | undefined;
  };
  /** For dialects whose streams report usage only where the request asks for it. */
  readonly usageOnDemand?: {
    /** Top-level members to replace so that a passing body asks for usage; undefined: it does, or must not. */
    edits(body: Json, quirks: readonly string[]): Readonly<Record<string, Json>> | undefined;
    /** Texts that every event with nothing but usage contains: a quick test before {@link isUsageOnly}. */
    readonly marks: readonly string[];
    /** Whether an event's data is usage and nothing else: hidden from a client that did not ask for it. */
    isUsageOnly(data: string): boolean;
  };
  /** The facts of a parsed body. Never throws: a field of an unexpected type counts as absent. */
  inspect(body: Json, headers: HeaderMap, size: number, operation?: RequestFacts["operation"]): RequestFacts;
  readonly request: {
    /** @throws UnsupportedRequest where a stateless translation cannot honour the body. */
    decode(body: Json): Conversation;
    encode(conversation: Conversation, target: EncodeTarget): Encoded;
    /** A body with some texts of the user's messages changed; it shares with the first whatever did not change. */
    withUserTexts(body: Json, change: ChangeText): Json;
    /**
     * What changes in the history of a body that passes through: it may hold what another provider signed, or calls and
     * results in an order that the target refuses. Undefined: nothing, as nearly always.
     */
    edits?(body: Json, target: EncodeTarget): HistoryEdits | undefined;
    /**
     * Top-level members to replace (undefined: to remove) so that a body says what its target's settings say, in the
     * model's own words. {@link fit} comes after it.
     */
    settings?(
      body: Json,
      settings: TargetSettings,
      target: EncodeTarget,
    ): Readonly<Record<string, Json>>;
    /** Whether a body must be re-encoded for a provider that speaks the dialect: the answer is to be translated back. */
    needsReencode?(body: Json, target: EncodeTarget): boolean;
    /**
     * Takes out of a body of this dialect what the provider or the model does not take, or says it in their way. The one
     * place that decides this: for bodies that pass through and for those that {@link encode} made.
     *
     * @param headers the client's, in lower case; empty where the client speaks another dialect
     */
    fit?(body: Json, target: EncodeTarget, headers: HeaderMap): Fitted;
  };
  readonly reply: {
    decode(json: Json): Reply;
    /** The client's conversation, for names to give back and options that shape the answer. */
    encode(reply: Reply, asked: Conversation): Json;
    /** Ids of calls that its clients, and their later requests, may hold. @default 1 to 64 characters without space */
    readonly callIds?: RegExp;
  };
  readonly stream: {
    decoder(): StreamDecoder;
    encoder(asked: Conversation): StreamEncoder;
    watch(): StreamWatch;
    /** What is sent while the provider is silent, framing included, so that nobody on the way hangs up. */
    readonly keepAlive: string;
    /** Sent after a whole answer whose terminal event did not come; undefined: nothing. */
    readonly endWithoutTerminal?: string;
  };
  /** What a request may lose on its way to a provider of this dialect. */
  readonly limits: readonly Limit[];
  /** The id by which a later request may continue a whole answer, where the dialect has such ids. */
  answerId?(json: Json): string | undefined;
  /** Usage of a whole (not streamed) answer. */
  usage(json: Json): Usage | undefined;
  readonly failure: {
    /** Reads an error body (parsed, or text where it is not JSON). */
    decode(body: Json | string): ProviderError;
    /** The body of an error answer. */
    encode(error: ClientError): Json;
    /** Whether an error body says that the prompt is too long in the words at which this dialect's clients compact. */
    saysOverflow(body: string): boolean;
    /** The stream event(s), framing included, that report a failure after output began, and end the stream. */
    event(error: ClientError): string;
    /**
     * Whether clients end their turn at a provider's own error event of this kind, though sending the request again
     * would reach another provider. Such an event is replaced by {@link event}.
     */
    endsTurn?(error: ProviderError): boolean;
  };
}

/** The dialects in use, by name. The first one is the default. */
export type Dialects = Readonly<Record<DialectName, Dialect>>;

/** A request body that is to be decoded. @throws UnsupportedRequest where it is not an object. */
export function bodyObject(body: Json): Record<string, Json> {
  if (isRecord(body)) return body;
  throw new UnsupportedRequest("body", "the request body must be a JSON object");
}

/** A request that this dialect pair cannot carry faithfully; becomes a 400 that names the field. */
export class UnsupportedRequest extends Error {
  constructor(readonly param: string, message: string) {
    super(message);
    this.name = "UnsupportedRequest";
  }
}
