/** What the router is given, and the plan that it makes. Types only. */
import type { Classification, Kind } from "../classifier/classification.ts";
import type { SameModel } from "../catalog/same-model.ts";
import type { Config, RouteTarget } from "../config/config.ts";
import type { ModelInfo, Rates } from "../model/price.ts";
import type { HeaderMap, RequestFacts } from "../model/request-facts.ts";
import type { Script } from "../model/script.ts";
import type { Session } from "../model/session.ts";
import type { Target, TargetSettings } from "../model/target.ts";
import type { Decision } from "./decision.ts";

/** One target of a plan, in order. */
export interface PlannedTarget extends Target {
  /** Set where the target will not be tried, with the reason for people. */
  readonly skip?: string;
  /** Listed by the route's own chain, or after it; or it serves the session and keeps it. */
  readonly from: "chain" | "fallback" | "handed_on" | "kept";
}

export interface RoutePlan {
  /** The route that decided: a `[router]` key, a rule's name as `rule:NAME`, `mapping:FROM`, or `target`. */
  readonly route: string;
  /** In order, the skipped ones too. */
  readonly targets: readonly PlannedTarget[];
  /** Every rule that decided, in order, one line each. */
  readonly why: readonly string[];
  /** The names of the rules that matched and counted, in order; undefined: none did. */
  readonly rules?: readonly string[];
  /** A rule refuses the request with this text. */
  readonly refuse?: string;
  /** The model name that the client sees in the answer; undefined: the provider's. */
  readonly showModel?: string;
  /** What was decided, before budgets: the later requests of a turn may repeat it. */
  readonly decision: Decision;
  /** The kind of work decided, by so small a margin that a second opinion is worth asking for. */
  readonly isDoubtful?: boolean;
  /**
   * The turn that the request belongs to, as {@link Conditions.served} wants it; undefined where nobody needs to know who
   * answered it.
   */
  readonly turn?: string;
  /** The chain whose order a strategy chose for this request: its rotation goes on. */
  readonly rotated?: string;
}

/** Thumbs for the answers of a target; they fade, so they need not be whole. */
export interface Thumbs {
  readonly up: number;
  readonly down: number;
}

/** The state of the world, as arguments: the router itself reads nothing. */
export interface Conditions {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Local time: minutes after midnight and day (0 = Sunday). */
  readonly minuteOfDay: number;
  readonly day: number;
  readonly model: (target: Target) => ModelInfo | undefined;
  /** The client's model at the provider of a target for any model. @default no provider has it */
  readonly sameModel?: (any: Target, asked: string) => SameModel | undefined;
  /** Dollars at a target for a context of so many tokens, now; undefined: not known. For costs that are expected. */
  readonly rates?: (target: Target, context: number) => Rates | undefined;
  /** Milliseconds to the first token lately; undefined: not known. For `latency_optimized`. */
  readonly latency: (target: Target) => number | undefined;
  /** How many sessions, and requests without one, a chain has begun ({@link RoutePlan.rotated}). For `round_robin`. */
  readonly rotation: (chain: string) => number;
  /** Asked once with the route that was decided: where a spent budget sends the request instead. */
  readonly redirect?: (route: string) => Redirect | undefined;
  /**
   * The target that answered the earlier requests of a turn ({@link RoutePlan.turn}), so that strategies which change
   * their mind between requests do not change the model within a turn.
   */
  readonly served?: (turn: string) => Target | undefined;
  /** The request's headers, names in lower case, without the proxy's own keys. @default none */
  readonly headers?: HeaderMap;
  /** A label for the client's key; undefined: the proxy is open. */
  readonly clientKey?: string | undefined;
  /** What is remembered of the request's session; undefined: it is its first request, or the client names no session. */
  readonly session?: Session;
  /** Where the user wants it to go, by a wish, a header or a pin: it overrides the model that the client names. */
  readonly wished?: Wished;
  /** What the user thought of a target's answers to work of a kind, in a language. For `preferred`. @default nobody said */
  readonly thumbs?: (target: Target, kind: Kind, language: string | undefined) => Thumbs;
  /** A number from 0 to 1, drawn for the request. For `preferred`. @default 0 */
  readonly chance?: number;
  /** The user's own function, asked where no rule leads anywhere. @default there is none */
  readonly script?: Script;
  /** A second opinion about the kind of the turn's work; it counts only where the margin of the kind is small. */
  readonly opinion?: Opinion;
  /** The answer that the request continues, whose conversation only its provider has. */
  readonly continued?: Continued;
}

/** Where the user wants a request to go, whatever its content and model. */
export interface Wished {
  readonly decision: Decision;
  readonly settings?: TargetSettings;
  /** One line for people. */
  readonly why: string;
}

/** What is remembered of an answer for the requests that continue it. No texts. */
export interface Continued {
  /** Who gave the answer. */
  readonly target: Target;
  /** The id of the provider's key that it came with: another account may not have it. */
  readonly key: string;
  /** The kind of the turn's work, and what was decided: the same for the turn's later requests. */
  readonly kind: Kind;
  readonly decision: Decision;
  /** How many prompts in a row, up to this one, reported a failure. @default 0 */
  readonly reports?: number;
}

/** What a model said about the kind of a turn's work. */
export interface Opinion {
  readonly kind: Kind;
  /** Whose it is, for people: `ollama,qwen3-coder:1.7b`. */
  readonly by: string;
}

/** Another way for a request, and the reason for people. */
export interface Redirect {
  /** The plan's route where {@link to} is a chain: `budget:NAME`. */
  readonly route: string;
  readonly to: RouteTarget;
  readonly why: string;
}

/** All that a step of the routing looks at, and the reasons that the steps add to. */
export interface RoutingInput {
  readonly facts: RequestFacts;
  readonly classification: Classification;
  readonly config: Config;
  readonly conditions: Conditions;
  readonly why: string[];
}
