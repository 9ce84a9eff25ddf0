/** The user's own routing function: what it sees, and what running it gives. Types only. */

/** What a script sees of a request: what rules can look at. `null`: there is none, or it is not known. */
export interface ScriptFacts {
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

/** What a run of the script gave: its answer, or why it has none. */
export type ScriptRun = { readonly answer: unknown } | { readonly failed: string };

/** The user's function, and the name of its file for people. Nothing of it is kept between two runs. */
export interface Script {
  readonly name: string;
  readonly run: (facts: ScriptFacts) => ScriptRun;
}
