/**
 * Types of a routing script ([router.script]): copy this file beside yours. null: there is none, or it is not known.
 */

/** What a script sees of a request: what rules can look at. */
export interface Facts {
  /** The user's own words, at most 65,536 characters. */
  readonly prompt: string | null;
  /** The kind of work that was found, the next one, and the probability of the first: 1 where a rule or a signal decided. */
  readonly kind: string;
  readonly next: string | null;
  readonly confidence: number;
  /** The programming language of the prompt. */
  readonly language: string | null;
  /** 0 to 1. */
  readonly complexity: number;
  readonly client: string;
  /** The model that the client asks for. */
  readonly model: string;
  /** Of the whole request, estimated. */
  readonly tokens: number;
  readonly agent: "main" | "subagent" | "workflow" | "compaction" | "auxiliary";
  readonly agentType: string | null;
  readonly mode: "plan" | "normal";
  /** Names in lower case; without credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** The name of the proxy's key that was sent, or its id. */
  readonly key: string | null;
  readonly sessionAgeMs: number;
  /** The number of the prompt in its conversation: 1 for the first. */
  readonly turn: number;
  readonly toolsOffered: readonly string[];
  /** The tool that the agent called last. */
  readonly toolCalled: string | null;
  /** The turn is stuck. */
  readonly escalated: boolean;
  /** The client's working folder. */
  readonly project: string | null;
  readonly hasImages: boolean;
  readonly hasDocuments: boolean;
  /** Local time: minutes after midnight, and the day, 0 for Sunday. */
  readonly minuteOfDay: number;
  readonly day: number;
}

/** What it may answer. undefined, null or "auto": no opinion. */
export type Opinion =
  | string
  | null
  | undefined
  | {
    /** A route (think, build, …), a target (groq,llama-3.3-70b-versatile), a configured model or its family. */
    readonly route?: string;
    readonly effort?: "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";
    /** For people: in X-Route-Reason and the log. */
    readonly reason?: string;
    /** Refuses the request with this text. */
    readonly refuse?: string;
  };
