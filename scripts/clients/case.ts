/** One case: a client, a provider of one dialect, what goes wrong there, and what must be true afterwards. */
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import type { AgentName } from "./agents.ts";
import type { Logged } from "./proxy.ts";
import type { Received, StandInSettings } from "./stand-in.ts";

export const DIALECTS: readonly BuiltinDialect[] = ["anthropic-messages", "openai-chat", "openai-responses"];

/** A provider of another make than the stand-in; fakes.ts starts it. */
export type Fake = "error first" | "limit in mid-turn" | "down" | "window full";

/** What to look at when the client is done. */
export interface Outcome {
  readonly case: Case;
  readonly printed: string;
  /** Milliseconds from the first request to the client's end. */
  readonly answeredMs: number | undefined;
  /** What arrived at the provider, and at the backup where there is one. */
  readonly primary: readonly Received[];
  readonly backup: readonly Received[];
  /** What the proxy says of each request. */
  readonly logged: readonly Logged[];
  /** The client's working folder. */
  readonly work: string;
}

/** Looks at one thing and says what is wrong, in a line each. */
export type Check = (outcome: Outcome) => readonly string[];

export interface Case {
  readonly name: string;
  readonly agent: AgentName;
  /** The one dialect that the provider speaks. */
  readonly provider: BuiltinDialect;
  /** What the stand-in does. */
  readonly stand?: StandInSettings;
  /** A provider of another make instead of the stand-in. */
  readonly primary?: Fake;
  /** A healthy backup, of this dialect. */
  readonly backup?: BuiltinDialect;
  /** The client's own credential goes to the provider; the proxy's key comes by this way. */
  readonly subscription?: "header" | "path";
  /** The client is configured by `setup` alone; `env` and `files` (in its home) are its own login. */
  readonly setUp?: {
    readonly env?: Readonly<Record<string, string>>;
    readonly files?: Readonly<Record<string, string>>;
  };
  /** Strict providers, one a turn of the session; in place of the one provider. */
  readonly crosses?: readonly string[];
  /** OpenClaw with the proxy's plugin in the place of a provider of its own. */
  readonly plugin?: true;
  /** The provider's block lists these quirks. @default those of a server that is not built in */
  readonly quirks?: readonly string[];
  /** The request is refused: the client must end, and say why, within seconds. */
  readonly refused?: {
    /** What its user must read. */
    readonly says: RegExp;
    /** A budget that is spent already. */
    readonly budget?: boolean;
    /** The client has another key than the proxy. */
    readonly wrongKey?: boolean;
  };
  readonly prompt?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly checks: readonly Check[];
}
