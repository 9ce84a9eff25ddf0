/** An answer in the neutral form: whole, and as the events of a stream. Imported through conversation.ts. */
import type { Citation, OpaquePart, Part, ToolKind } from "./conversation.ts";
import type { ProviderError, Usage } from "./dialect.ts";

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
