/** What is said of attempts: in the log, and for `/health/detailed`. */
import type { DispatchDeps } from "./exchange.ts";
import type { Failure } from "./failure/failure.ts";

/** A failure before anything was shown. `ms`: what the attempt took. */
export function noteFailure(
  { state, clock, log }: DispatchDeps,
  id: string,
  failure: Failure,
  ms: number,
): void {
  const { provider, model, class: kind, message, status } = failure;
  if (kind === "cancelled") return;
  state.sawFailure(provider, clock.now(), message);
  const fields = { id, status, ms: Math.round(ms) };
  log("warn", `${provider},${model}: ${kind.replaceAll("_", " ")}: ${message}`, fields);
}

/** A failure after output began. */
export function noteLateFailure({ state, clock, log }: DispatchDeps, id: string, failure: Failure): void {
  const { provider, model, message } = failure;
  state.sawFailure(provider, clock.now(), message);
  log("warn", `${provider},${model} failed after output began: ${message}`, { id });
}

/** What a translation left out. */
export function noteDropped(
  { log }: DispatchDeps,
  id: string,
  provider: string,
  dropped: readonly string[],
): void {
  if (dropped.length > 0) log("info", `left out for ${provider}: ${dropped.join(", ")}`, { id });
}

/** A request that a model refused as another one's is written anew for it. */
export function noteRewrite(
  { log }: DispatchDeps,
  id: string,
  { provider, model }: Failure,
  fields: readonly string[],
): void {
  log("info", `${provider},${model} does not take ${fields.join(", ")}: written anew for it`, { id });
}
