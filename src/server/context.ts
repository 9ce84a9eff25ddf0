/** What the endpoints work with. Types only. */
import type { Config } from "../config/config.ts";
import type { ModelInfo } from "../catalog/model.ts";
import type { Target } from "../config/config.ts";
import type { Dispatcher } from "../dispatch/exchange.ts";
import type { RoutePlan } from "../router/plan.ts";
import type { Endpoint } from "./app.ts";
import type { Limits } from "./limits.ts";

/** The state of the configuration's file, for `/health` and the dashboard. */
export interface ConfigState {
  readonly path?: string;
  /** Epoch milliseconds of the last good load. */
  readonly loadedAt: number;
  /** Whether the file as it stands now is in force. */
  readonly ok: boolean;
  /** What is wrong with the file as it stands; it has no effect until this is mended. */
  readonly problems?: string;
}

/** What a budget says of a request before it is sent. */
export interface BudgetVerdict {
  /** The plan to follow instead; undefined: the plan stands. */
  readonly plan?: RoutePlan;
  /** Refuse, with these words, until this moment (epoch milliseconds). */
  readonly refuse?: { readonly message: string; readonly until: number };
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ServerContext {
  /** The configuration in force. A request reads it once. */
  readonly config: () => Config;
  readonly configState: () => ConfigState;
  readonly dispatcher: Dispatcher;
  readonly limits: Limits;
  readonly model: (target: Target) => ModelInfo | undefined;
  /** Asked before a request is sent, where budgets are set. */
  readonly budget?: (route: string, client: string, plan: RoutePlan) => BudgetVerdict;
  /** Loads the configuration anew; resolves to whether it holds. */
  readonly reload: () => Promise<boolean>;
  /** Endpoints beyond the proxy's own: metrics, the dashboard. */
  readonly endpoints?: readonly Endpoint[];
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}
