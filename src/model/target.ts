/** Where a request goes. Types only. */

/** One model at one provider. `provider` is a key of {@link Config.providers}. */
export interface Target {
  readonly provider: string;
  readonly model: string;
}

/** Targets in the order in which they are tried. */
export type Chain = readonly Target[];

/** The names of the built-in routes, as they stand in `[router]`. */
export type RouteName =
  | "think"
  | "plan_implementation"
  | "build"
  | "background"
  | "default"
  | "long_context"
  | "image"
  | "web_search";
