/** A run in numbers, for people. */
import type { ChaosResult } from "./run.ts";

export function summary(run: ChaosResult, runtime: string): string {
  const { options, outcomes, providers, counts: { downs, edits, badEdits, resets }, trend } = run;
  const arrivals = providers.flatMap((one) => one.arrivals);
  const faults = arrivals.flatMap(({ fault }) => fault?.name ?? []);
  const errors = outcomes.filter(({ kind }) => kind === "refused").map(({ status }) => String(status));
  return [
    `${runtime}, ${options.seconds} s, ${options.streams} at once, seed ${options.seed}`,
    `requests: ${outcomes.length} (${Math.round(outcomes.length / options.seconds)} a second)`,
    `  ${counts(outcomes.map(({ kind }) => kind))}`,
    `  by dialect: ${
      counts(outcomes.map(({ dialect, stream }) => `${dialect}${stream ? " streamed" : ""}`))
    }`,
    `  answered only after another had failed: ${fallbacks(run)}`,
    `  refused, by status: ${counts(errors)}`,
    `arrivals: ${arrivals.length}, by provider: ${counts(arrivals.map(({ provider }) => provider))}`,
    `faults: ${faults.length} (${
      (faults.length / Math.max(1, arrivals.length) * 100).toFixed(1)
    } % of all arrivals)`,
    `  ${counts(faults)}`,
    `providers torn down: ${downs}; edits: ${edits} good, ${badEdits} broken; cooldowns ended by hand: ${resets}`,
    `memory by second, MB: ${trend.map(({ memory }) => memory?.toFixed(0) ?? "?").join(" ")}`,
    `connections to providers by second: ${trend.map(({ connections }) => connections).join(" ")}`,
    "",
  ].join("\n");
}

function fallbacks({ outcomes, rows }: ChaosResult): number {
  const many = new Set(rows.filter(({ attempts }) => attempts.length > 1).map(({ id }) => id));
  return outcomes.filter(({ kind, requestId }) => kind === "answered" && many.has(requestId ?? "")).length;
}

/** `a 12, b 3`, the most frequent first. */
function counts(names: readonly string[]): string {
  const found = new Map<string, number>();
  for (const name of names) found.set(name, (found.get(name) ?? 0) + 1);
  return [...found].sort(([, a], [, b]) => b - a).map(([name, count]) => `${name} ${count}`).join(", ") ||
    "none";
}
