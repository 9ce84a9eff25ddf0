/** What the router says of a request, and what it must be told. Types only. */
import type { ModelInfo } from "../model/price.ts";
import type { RouteTarget } from "../config/config.ts";
import type { Target } from "../model/target.ts";
import type { DialectName } from "../model/request-facts.ts";

/** One target of a plan, in order. */
export interface PlannedTarget extends Target {
  /** Set where the target will not be tried, with the reason for people. */
  readonly skip?: string;
  /** Listed by the route's own chain, or after it. */
  readonly from: "chain" | "fallback" | "handed_on";
}

export interface RoutePlan {
  /** The route that decided: a `[router]` key, a rule's name as `rule:NAME`, `mapping:FROM`, or `target`. */
  readonly route: string;
  /** In order, the skipped ones too. */
  readonly targets: readonly PlannedTarget[];
  /** Every rule that decided, in order, one line each. */
  readonly why: readonly string[];
  /** The model name that the client gets to see in the answer; undefined: the provider's. */
  readonly showModel?: string;
}

/** The world outside, as arguments: nothing here is read by the router itself. */
export interface Conditions {
  /** Local time: minutes after midnight and day (0 = Sunday). */
  readonly minuteOfDay: number;
  readonly day: number;
  readonly model: (target: Target) => ModelInfo | undefined;
  /** Milliseconds to the first token lately; undefined: not known. For `latency_optimized`. */
  readonly latency: (target: Target) => number | undefined;
  /** A counter that rises by one a request. For `round_robin`. */
  readonly turn: number;
  /** Whether a request of one dialect can be sent in another. */
  readonly translates: (from: DialectName, to: DialectName) => boolean;
  /** Targets that a budget has ruled out or replaced, and such: a reason to skip, or undefined. */
  readonly veto?: (target: Target) => string | undefined;
  /** Asked once with the route that was decided: where a spent budget sends the request instead. */
  readonly redirect?: (route: string) => Redirect | undefined;
  /**
   * The target that answered the earlier requests of a turn (see `turnKey`), so that strategies which change
   * their mind between requests do not change the model in mid-turn.
   */
  readonly served?: (turn: string) => Target | undefined;
}

/** Another way for a request, and the reason for people. */
export interface Redirect {
  /** The plan's route where {@link to} is a chain: `budget:NAME`. */
  readonly route: string;
  readonly to: RouteTarget;
  readonly why: string;
}
