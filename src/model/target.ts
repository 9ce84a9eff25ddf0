/** Where a request goes. */

/** One model at one provider. `provider` is a key of {@link Config.providers}. */
export interface Target {
  readonly provider: string;
  readonly model: string;
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
] as const;

export type RouteName = typeof ROUTE_NAMES[number];
