/** The log's line for a request: its route and target, its outcome, time, tokens and cost. */
import type { LogConfig } from "../config/config.ts";
import type { RequestEnd } from "../model/request-end.ts";
import type { Log } from "../log/log.ts";
import { count, duration, money } from "../text/format.ts";

/**
 * `think → openrouter,anthropic/claude-opus-4.8 200 1.8 s, 1,200 + 340 tokens, $0.015`. `level`: the log's own; a line
 * below it is not made.
 */
export function logRequest(log: Log, end: RequestEnd, level: LogConfig["level"]): void {
  const isWell = end.failure === undefined || end.cancelled;
  if (isWell && (level === "warn" || level === "error")) return;
  const { provider, model, usage, status, durationMs, attempts, route, id } = end;
  const { cost } = end.costs;
  const tried = provider === undefined ? attempts.at(-1) : { provider, model };
  const target = tried === undefined ? "no target" : `${tried.provider},${tried.model}`;
  const tokens = usage === undefined
    ? ""
    : `, ${usage.estimated ? "about " : ""}${count(usage.input + usage.cacheRead + usage.cacheWrite)} + ${
      count(usage.output)
    } tokens`;
  const tries = attempts.length > 1 ? `, ${attempts.length} attempts` : "";
  const dollars = cost === undefined || cost === 0 ? "" : `, ${money(cost)}`;
  const outcome = end.cancelled
    ? "cancelled"
    : end.failure === undefined
    ? status
    : `${status} ${end.failure}`;
  log(
    isWell ? "info" : "warn",
    `${route} → ${target} ${outcome} ${duration(durationMs)}${tokens}${dollars}${tries}`,
    {
      id,
      client: end.client,
      kind: end.kind,
      route,
      why: end.why,
      provider,
      model,
      status,
      failure: end.failure,
      attempts: attempts.map((attempt) => ({
        ...attempt,
        startMs: Math.round(attempt.startMs),
        ms: Math.round(attempt.ms),
      })),
      usage,
      cost_usd: cost,
      first_token_ms: end.firstTokenMs === undefined ? undefined : Math.round(end.firstTokenMs),
      duration_ms: Math.round(durationMs),
    },
  );
}
