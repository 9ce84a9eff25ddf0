/** The metrics made of the counts: name, help, and values now. docs/observability.md lists them for people. */
import type { Counts, Histogram, Series, SeriesLabels } from "./counts.ts";

/** One line of a scrape. */
export interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
  /** `_bucket`, `_sum` or `_count` of a histogram. @default the family's name */
  readonly name?: string;
}

export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly values: readonly Sample[];
  /** What the samples of several workers with the same labels are together. */
  readonly workers: "sum" | "max" | "min";
}

/** A counter made of the series, added up over the labels that it does not keep. */
interface SeriesCounter {
  readonly name: string;
  readonly help: string;
  readonly kept: readonly (keyof SeriesLabels)[];
  /** One value, or one for each value of the label `type`. */
  readonly value: (series: Series) => number | Readonly<Record<string, number>>;
}

const TARGET = ["route", "provider", "model"] as const;

const SERIES_COUNTERS: readonly SeriesCounter[] = [
  {
    name: "terraphim_requests_total",
    help: "Requests that have ended, by the status that the client got.",
    kept: [...TARGET, "status", "client"],
    value: (one) => one.requests,
  },
  {
    name: "terraphim_tokens_total",
    help: "Tokens; input is fresh input only, reasoning is part of output.",
    kept: TARGET,
    value: (one) => one.tokens,
  },
  {
    name: "terraphim_reasoning_tokens_total",
    help: "Tokens of reasoning, a part of the output.",
    kept: TARGET,
    value: (one) => one.reasoning,
  },
  {
    name: "terraphim_cost_dollars_total",
    help: "Dollars by the type of token, of requests with a known price.",
    kept: TARGET,
    value: (one) => one.cost,
  },
  {
    name: "terraphim_baseline_cost_dollars_total",
    help: "Dollars that the requests would have cost, had the baseline model served everything.",
    kept: TARGET,
    value: (one) => one.baseline,
  },
  {
    name: "terraphim_lost_by_switching_dollars_total",
    help: "Dollars that changes of model or key cost, a part of the cost.",
    kept: TARGET,
    value: (one) => one.lost,
  },
  {
    name: "terraphim_plan_tokens_total",
    help: "Tokens that a flat plan paid for: in none of the dollars.",
    kept: TARGET,
    value: (one) => one.planTokens,
  },
  {
    name: "terraphim_unpriced_requests_total",
    help: "Requests whose price or tokens are unknown: in none of the dollars.",
    kept: ["provider", "model"],
    value: (one) => one.unpriced,
  },
  {
    name: "terraphim_estimated_requests_total",
    help: "Requests whose tokens are an estimate, since the provider reported none.",
    kept: ["provider", "model"],
    value: (one) => one.estimated,
  },
  {
    name: "terraphim_fallbacks_total",
    help: "Requests for which more than one target was tried.",
    kept: ["route"],
    value: (one) => one.fallbacks,
  },
  {
    name: "terraphim_cancelled_requests_total",
    help: "Requests whose client hung up before the end.",
    kept: ["route", "client"],
    value: (one) => one.cancelled,
  },
];

/** Counters of the requests that have ended. See https://prometheus.io/docs/practices/naming/ for the names. */
export function countFamilies(counts: Counts): Family[] {
  const series = [...counts.series.values()];
  const targets = [...counts.targets.values()];
  return [
    ...SERIES_COUNTERS.map((one) => counter(one.name, one.help, summed(series, one))),
    counter(
      "terraphim_failures_total",
      "Requests that ended with a failure, by its class.",
      [...counts.failures].map(([kind, value]) => ({ value, labels: { class: kind } })),
    ),
    counter(
      "terraphim_refused_requests_total",
      "Requests that the proxy itself refused: no key, no JSON, too large, over a limit or a budget.",
      [...counts.refused].map(([status, value]) => ({ value, labels: { status: String(status) } })),
    ),
    counter(
      "terraphim_attempts_total",
      "Attempts at a target, by their result: ok, or the class of the failure.",
      targets.flatMap(({ provider, model, attempts }) =>
        [...attempts].map(([result, value]) => ({ value, labels: { provider, model, result } }))
      ),
    ),
    histogram(
      "terraphim_time_to_first_token_seconds",
      "From a request's arrival to the first output of its answer.",
      targets.map(({ provider, model, firstToken }) => [{ provider, model }, firstToken]),
    ),
    histogram(
      "terraphim_request_duration_seconds",
      "From a request's arrival to the last byte of its answer.",
      targets.map(({ provider, model, duration }) => [{ provider, model }, duration]),
    ),
    histogram(
      "terraphim_proxy_overhead_microseconds",
      "Time that the proxy itself took to inspect, classify and route a request.",
      [[{}, counts.overhead]],
    ),
  ];
}

export function counter(
  name: string,
  help: string,
  values: readonly Sample[],
  workers: Family["workers"] = "sum",
): Family {
  return { name, type: "counter", help, values, workers };
}

/** @param workers @default "max": all workers know the same, some of them later */
export function gauge(
  name: string,
  help: string,
  values: readonly Sample[],
  workers: Family["workers"] = "max",
): Family {
  return { name, type: "gauge", help, values, workers };
}

function summed(series: readonly Series[], { kept, value: valueOf }: SeriesCounter): Sample[] {
  const sums = new Map<string, { value: number; labels: Record<string, string> }>();
  for (const one of series) {
    const kepts = Object.fromEntries(kept.map((label) => [label, one[label]]));
    const values = valueOf(one);
    const parts: readonly (readonly [number, Record<string, string>])[] = typeof values === "number"
      ? [[values, kepts]]
      : Object.entries(values).map(([type, value]) => [value, { ...kepts, type }]);
    for (const [value, labels] of parts) {
      const key = Object.values(labels).join("\n");
      const known = sums.get(key);
      if (known === undefined) sums.set(key, { value, labels });
      else known.value += value;
    }
  }
  return [...sums.values()];
}

type Labelled = readonly [labels: Record<string, string>, histogram: Histogram];

function histogram(name: string, help: string, of: readonly Labelled[]): Family {
  return {
    name,
    type: "histogram",
    help,
    workers: "sum",
    values: of.filter(([labels, { count }]) => count > 0 || Object.keys(labels).length === 0)
      .flatMap(([labels, { bounds, counts, count, sum }]) => {
        let upTo = 0;
        return [
          ...bounds.map((bound, i) => ({
            name: `${name}_bucket`,
            value: upTo += counts[i]!,
            labels: { ...labels, le: String(bound) },
          })),
          { name: `${name}_bucket`, value: count, labels: { ...labels, le: "+Inf" } },
          { name: `${name}_sum`, value: sum, labels },
          { name: `${name}_count`, value: count, labels },
        ];
      }),
  };
}

/**
 * The families as Prometheus reads them, version 0.0.4 of its text format:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function exposition(families: readonly Family[]): string {
  return families.map(({ name: family, type, help, values }) => {
    const lines = values.map(({ name = family, labels, value }) => {
      const pairs = Object.entries(labels).map(([label, text]) =>
        `${label}="${escaped(text).replaceAll('"', '\\"')}"`
      );
      return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}\n`;
    });
    return `# HELP ${family} ${escaped(help)}\n# TYPE ${family} ${type}\n${lines.join("")}`;
  }).join("\n");
}

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
