/** What routing reads of a request without translating it. Types only. */

/** A wire format, by its name in the registry (`src/dialects/registry.ts`). The configuration checks names against it. */
export type DialectName = string;

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
