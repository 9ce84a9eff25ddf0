/**
 * The hub that the dialects translate to and from: one neutral form of a request, a reply and a stream.
 * Nothing here belongs to one dialect; what only one dialect knows travels as {@link OpaquePart} or in `extensions`
 * and is dropped, by name, on the way to another.
 */
import type { ProviderError } from "./failure.ts";
import type { DialectName } from "./request-facts.ts";
import type { Json } from "./json.ts";
import type { Usage } from "./usage.ts";

/** Who made a signature, or encrypted a text: the account is known by the id of its key. */
export interface Maker {
  readonly provider: string;
  readonly key: string;
  readonly model: string;
}

/** A mark that the prompt up to here may be cached. */
export interface CacheMark {
  readonly ttl?: "5m" | "1h";
}

export type MediaSource =
  | { readonly kind: "data"; readonly mediaType: string; readonly data: string } // base64
  | { readonly kind: "url"; readonly url: string; readonly mediaType?: string }
  | { readonly kind: "file"; readonly id: string };

/** A citation or annotation, where both sides have them: URL citations in the common form, the rest as it came. */
export interface Citation {
  readonly url?: string;
  readonly title?: string;
  readonly citedText?: string;
  readonly start?: number;
  readonly end?: number;
  readonly raw?: { readonly dialect: DialectName; readonly value: Json };
}

export interface TextPart {
  readonly type: "text";
  readonly text: string;
  readonly citations?: readonly Citation[];
  readonly cache?: CacheMark;
  /** Responses: `commentary` or `final_answer`. */
  readonly phase?: string;
}
export interface ImagePart {
  readonly type: "image";
  readonly source: MediaSource;
  readonly detail?: string;
  readonly cache?: CacheMark;
}
export interface DocumentPart {
  readonly type: "document";
  readonly source: MediaSource | { readonly kind: "text"; readonly text: string };
  readonly title?: string;
  readonly cache?: CacheMark;
}
export interface AudioPart {
  readonly type: "audio";
  readonly data: string;
  readonly format: string;
}
/** The kinds of tool that a model may call and the client runs. */
export type ToolKind =
  | "function"
  | "custom"
  | "local_shell"
  | "shell"
  | "apply_patch"
  | "tool_search"
  | "computer";

export interface ToolCallPart {
  readonly type: "tool_call";
  /** The id that the result refers to. */
  readonly id: string;
  readonly name: string;
  /** Responses: the namespace that the tool sits in. */
  readonly namespace?: string;
  readonly kind: ToolKind;
  /** JSON text for functions (kept as text: nothing is re-serialised), free text for custom tools. */
  readonly arguments: string;
  /** Responses: the item's own id, apart from the call id. */
  readonly itemId?: string;
  readonly cache?: CacheMark;
  /** Gemini's compatible endpoint and others: a signature that must come back. */
  readonly signature?: string;
}
export interface ToolResultPart {
  readonly type: "tool_result";
  readonly id: string;
  readonly kind: ToolKind;
  readonly content: readonly (TextPart | ImagePart | DocumentPart)[];
  readonly isError?: boolean;
  readonly cache?: CacheMark;
  /** The content as it came, where its own dialect has more to say than the parts (Anthropic's `tool_reference`, …). */
  readonly native?: { readonly dialect: DialectName; readonly value: Json };
}
/** Thinking, in all its forms. Parts that cannot be handed back faithfully are dropped by the encoder. */
export interface ReasoningPart {
  readonly type: "reasoning";
  /** The full text, where given. */
  readonly text?: string;
  /** Summaries, where given instead. */
  readonly summary?: readonly string[];
  /** Anthropic: must come back unchanged. */
  readonly signature?: string;
  /** Anthropic `redacted_thinking.data`. */
  readonly redacted?: string;
  /** Responses `encrypted_content`. */
  readonly encrypted?: string;
  readonly itemId?: string;
  /** Who signed or encrypted it, where that is known. */
  readonly maker?: Maker;
}
export interface RefusalPart {
  readonly type: "refusal";
  readonly text: string;
}
/** Something that one dialect alone knows (server tool calls and results, …). */
export interface OpaquePart {
  readonly type: "opaque";
  readonly dialect: DialectName;
  /** The wire type, for the list of what was dropped. */
  readonly name: string;
  readonly value: Json;
}

export type Part =
  | TextPart
  | ImagePart
  | DocumentPart
  | AudioPart
  | ToolCallPart
  | ToolResultPart
  | ReasoningPart
  | RefusalPart
  | OpaquePart;

export interface Message {
  /** Tool results are parts of user messages. */
  readonly role: "system" | "developer" | "user" | "assistant";
  readonly parts: readonly Part[];
  readonly name?: string;
}

export interface Tool {
  readonly kind: ToolKind;
  readonly name: string;
  readonly namespace?: string;
  /** What the namespace is for, where it says so. */
  readonly namespaceDescription?: string;
  readonly description?: string;
  /** JSON Schema of the arguments (functions). */
  readonly parameters?: Json;
  readonly strict?: boolean;
  /** Custom tools: the format that the input must have (`{type: "grammar", …}`). */
  readonly format?: Json;
  readonly cache?: CacheMark;
  /** The definition as it came, where its own dialect has a type for the tool (Anthropic's `bash_20250124`, …). */
  readonly native?: { readonly dialect: DialectName; readonly value: Json };
}
/** A tool that the provider itself runs. */
export interface ServerTool {
  readonly dialect: DialectName;
  /** `web_search`, `code_interpreter`, … */
  readonly name: string;
  readonly value: Json;
}

export type ToolChoice =
  | { readonly type: "auto" | "none" | "required" }
  | { readonly type: "tool"; readonly name: string; readonly kind?: ToolKind; readonly namespace?: string }
  | { readonly type: "allowed"; readonly mode: "auto" | "required"; readonly names: readonly string[] };

export interface Reasoning {
  readonly enabled?: boolean;
  /** `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`. */
  readonly effort?: string;
  readonly budgetTokens?: number;
  readonly adaptive?: boolean;
  /** `auto`, `concise`, `detailed`, or Anthropic's `display`. */
  readonly summary?: string;
  /** Ask for encrypted content to be handed back. */
  readonly encrypted?: boolean;
}

export type OutputFormat =
  | { readonly type: "text" }
  | { readonly type: "json" }
  | {
    readonly type: "json_schema";
    readonly name?: string;
    readonly description?: string;
    readonly schema: Json;
    readonly strict?: boolean;
  };

/** A request. Optional fields are absent, not null, where the client did not set them. */
export interface Conversation {
  /** The dialect that it was decoded from. */
  readonly dialect: DialectName;
  readonly model: string;
  readonly stream: boolean;
  /** Leading system and developer messages come first; others where the client put them. */
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly serverTools: readonly ServerTool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly n?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly logitBias?: Json;
  readonly logprobs?: boolean;
  readonly topLogprobs?: number;
  readonly reasoning?: Reasoning;
  readonly outputFormat?: OutputFormat;
  readonly verbosity?: string;
  readonly serviceTier?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly promptCacheKey?: string;
  readonly promptCacheRetention?: string;
  readonly safetyIdentifier?: string;
  readonly store?: boolean;
  /** Chat: the client asked for a usage chunk. */
  readonly includeUsage?: boolean;
  /** Chat: the client offered `functions`, the form before `tools`, and reads its calls as `function_call`. */
  readonly legacyFunctions?: boolean;
  /** Top-level fields that only the source dialect knows, as they came. */
  readonly extensions: Readonly<Record<string, Json>>;
}

export type StopReason =
  | "end_turn"
  | "max_tokens"
  | "stop_sequence"
  | "tool_use"
  | "refusal"
  | "content_filter"
  | "pause_turn"
  | "context_window";

/** A whole answer. */
export interface Reply {
  readonly id: string;
  readonly model: string;
  /** Unix seconds, where the provider says. */
  readonly created?: number;
  readonly parts: readonly Part[];
  readonly stop: StopReason;
  /** The provider's own word, where `stop` is a reading of it. */
  readonly rawStop?: string;
  readonly stopSequence?: string;
  readonly usage?: Usage;
  readonly serviceTier?: string;
  /** A failure told inside an answer (Responses `status: "failed"`). */
  readonly error?: ProviderError;
}

/** What a stream's block starts as. Its `index` is the block's place in the answer and never reused. */
export type BlockStart =
  | { readonly type: "text"; readonly phase?: string }
  | { readonly type: "refusal" }
  | { readonly type: "reasoning"; readonly itemId?: string }
  | {
    readonly type: "tool_call";
    readonly id: string;
    readonly name: string;
    readonly namespace?: string;
    readonly kind: ToolKind;
    readonly itemId?: string;
    readonly signature?: string;
  }
  | { readonly type: "opaque"; readonly part: OpaquePart };

/** One step of a streamed answer. Several blocks may be open at once; encoders that cannot do that hold later ones back. */
export type ReplyEvent =
  | {
    readonly type: "start";
    readonly id: string;
    readonly model: string;
    readonly created?: number;
    readonly usage?: Usage;
    readonly serviceTier?: string;
  }
  | { readonly type: "block_start"; readonly index: number; readonly block: BlockStart }
  /** For text, refusal: its text. For tool calls: a piece of the arguments. For reasoning: a piece of the text. */
  | { readonly type: "delta"; readonly index: number; readonly text: string }
  | {
    readonly type: "summary_delta";
    readonly index: number;
    readonly summaryIndex: number;
    readonly text: string;
  }
  | {
    readonly type: "signature";
    readonly index: number;
    readonly signature?: string;
    readonly encrypted?: string;
    readonly redacted?: string;
    readonly maker?: Maker;
  }
  | { readonly type: "citation"; readonly index: number; readonly citation: Citation }
  | { readonly type: "block_stop"; readonly index: number }
  | { readonly type: "ping" }
  | {
    readonly type: "finish";
    readonly stop: StopReason;
    readonly rawStop?: string;
    readonly stopSequence?: string;
    readonly usage?: Usage;
    readonly serviceTier?: string;
  }
  | { readonly type: "error"; readonly error: ProviderError; readonly status?: number };
