/** The log's line for a request: where it went, how it ended, what it took. */
import type { LogConfig } from "../config/config.ts";
import type { RequestEnd } from "../model/request-end.ts";
import type { Log } from "../log/log.ts";

/**
 * `think → openrouter,anthropic/claude-opus-4.8 200 1.8 s, 1,200 + 340 tokens, $0.0145`. `level`: the log's own; a line
 * that it leaves out is not made.
 */
export function logRequest(
  log: Log,
  record: RequestEnd,
  level: LogConfig["level"],
): void {
  const isWell = record.failure === undefined || record.cancelled;
  if (isWell && (level === "warn" || level === "error")) return;
  const { provider, model, usage, status, durationMs, attempts, cancelled, route, id } = record;
  const { cost } = record.costs;
  const tried = provider === undefined ? attempts.at(-1) : { provider, model };
  const where = tried === undefined ? "no target" : `${tried.provider},${tried.model}`;
  const seconds = `${(durationMs / 1000).toFixed(durationMs < 9950 ? 1 : 0)} s`;
  const tokens = usage === undefined
    ? ""
    : `, ${usage.estimated ? "about " : ""}${amount(usage.input + usage.cacheRead + usage.cacheWrite)} + ${
      amount(usage.output)
    } tokens`;
  const tries = attempts.length > 1 ? `, ${attempts.length} attempts` : "";
  const dollars = cost === undefined || cost === 0 ? "" : `, $${cost.toFixed(cost < 0.01 ? 6 : 4)}`;
  const end = cancelled
    ? "hung up"
    : record.failure === undefined
    ? String(status)
    : `${status} ${record.failure}`;
  log(
    isWell ? "info" : "warn",
    `${route} → ${where} ${end} ${seconds}${tokens}${dollars}${tries}`,
    {
      id,
      client: record.client,
      kind: record.kind,
      route,
      why: record.why,
      provider,
      model,
      status,
      failure: record.failure,
      attempts: attempts.map((attempt) => ({
        ...attempt,
        startMs: Math.round(attempt.startMs),
        ms: Math.round(attempt.ms),
      })),
      usage,
      cost_usd: cost,
      first_token_ms: record.firstTokenMs === undefined ? undefined : Math.round(record.firstTokenMs),
      duration_ms: Math.round(durationMs),
    },
  );
}

function amount(tokens: number): string {
  return String(tokens).replace(/\B(?=(\d{3})+$)/g, ",");
}
