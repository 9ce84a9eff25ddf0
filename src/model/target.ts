/** Where a request goes. */

/** Words for how hard a model is to think, of all providers, weakest first. Each model gets the nearest of its own. */
export const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

export type Effort = typeof EFFORTS[number];

/** What a target gets in place of what the client asks for. */
export interface TargetSettings {
  readonly effort?: Effort;
  /** Tokens of an answer, at most: a smaller limit of the client's stays. */
  readonly maxTokens?: number;
  readonly temperature?: number;
}

/** One model at one provider. `provider` is a key of {@link Config.providers}. */
export interface Target {
  readonly provider: string;
  readonly model: string;
  /** Not part of what the target is: the same model with other settings has the same cache and cooldown. */
  readonly settings?: TargetSettings;
}

/** Whether a target is the model that the client asks for, at a provider: `*`, or `anthropic/*` where names have makers. */
export function isAnyModel({ model }: Target): boolean {
  return model.endsWith("*") && (model === "*" || model.endsWith("/*"));
}

/** Targets in the order in which they are tried. */
export type Chain = readonly Target[];

/** The built-in routes, in the order in which they are shown; each is a key of `[router]`. */
export const ROUTE_NAMES = [
  "think",
  "plan_implementation",
  "build",
  "background",
  "default",
  "long_context",
  "image",
  "web_search",
  "subagent",
  "simple",
] as const;

export type RouteName = typeof ROUTE_NAMES[number];
