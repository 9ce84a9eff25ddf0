/** What routing reads of a request without translating it. Types only. */
import type { Json } from "./json.ts";

/** A wire format, by its name in the registry (`src/dialects/registry.ts`). The configuration checks names against it. */
export type DialectName = string;

/** A request's headers, names in lower case. */
export type HeaderMap = Readonly<Record<string, string>>;

/** One message of a request, as far as routing looks at it. Strings are references into the body, not copies. */
export interface MessageFacts {
  readonly role: "system" | "developer" | "user" | "assistant" | "tool";
  /** The text parts, whole. Empty for tool results and tool calls. */
  readonly texts: readonly string[];
  /** The tools that the message calls, in order; absent where it calls none. */
  readonly calls?: readonly ToolCallFacts[];
  /** The results of tools that it holds, in order; absent where it holds none. */
  readonly results?: readonly ToolResultFacts[];
}

/** One call of a tool. */
export interface ToolCallFacts {
  /** What its result refers to; "" where the body has none. */
  readonly id: string;
  /** As the client names it: `Bash`, `apply_patch`, `mcp__files__read`. */
  readonly name: string;
  /** The arguments as the body has them: JSON text, free text or an object. */
  readonly input: Json;
}

/** One result of a tool. */
export interface ToolResultFacts {
  /** The call that it answers; "" where the body has none. */
  readonly id: string;
  /** It is marked as an error, or has an exit code other than 0 in a field of its own. */
  readonly isError: boolean;
  /** Its first text, whole; "" where it has none. Whether it reports a failure: clients/tool-outcome.ts. */
  readonly text: string;
}

/** What the client's headers, metadata and reminders say about a request. Unknown values are absent. */
export interface ClientHints {
  /** What the request is for. */
  readonly kind?: "turn" | "compaction" | "title" | "helper" | "prewarm" | "memory";
  /** An agent wrote the prompt, not the user. */
  readonly subagent?: boolean;
  /** Claude Code: the class of the request. */
  readonly requestClass?: "main" | "subagent" | "workflow" | "compaction" | "auxiliary";
  /** Claude Code: `Explore`, `Plan`, `general-purpose`, `custom`, `teammate`, `fork`; the set is open. */
  readonly agentType?: string;
  /** The subagent that asks, by its id. */
  readonly agent?: string;
  /** Claude Code: one for each prompt of the user, the same for all requests that serve it. */
  readonly promptId?: string;
  /** Codex: `user`, `subagent`, `thread_title`, …; the set is open. */
  readonly threadSource?: string;
  /** The session, thread or agent that started this one. */
  readonly parent?: string;
  /** The agent plans and may not change anything until the user agrees. */
  readonly mode?: "plan";
}

/** What a request asks for, read without translating it. */
export interface RequestFacts {
  readonly dialect: DialectName;
  readonly operation: "generate" | "count_tokens" | "compact";
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
  /** The names of the tools that are offered, the provider's own included. */
  readonly toolNames: readonly string[];
  /** Names of the provider's own tools offered (`web_search`, …). */
  readonly serverTools: readonly string[];
  /** A server tool that the request forces to be used. */
  readonly forcedServerTool?: string;
  /** Top-level property names of the output schema. */
  readonly outputKeys: readonly string[];
  /** Tokens of the whole request, estimated from its size. */
  readonly approxTokens: number;
  /** Tokens that the client allows for the answer; undefined: not said. */
  readonly maxOutputTokens?: number;
  /** `claude-code`, `codex`, `openclaw`, `opencode`, `anthropic-sdk`, `openai-sdk`, `ai-sdk`, `curl` … or "unknown". */
  readonly client: string;
  readonly session?: string;
  /** The answer that the request continues, by its id: its provider keeps what came before, and the body does not have it. */
  readonly continues?: string;
  readonly hints: ClientHints;
}
