/** The metrics made of the counts: name, what it is, and its values now. docs/observability.md lists them for people. */
import type { Counts, Series, TargetCounts } from "./counts.ts";
import type { Histogram } from "./histogram.ts";

/** One line of the exposition. */
export interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Where it is not the family's own: `_bucket`, `_sum`, `_count`. */
  readonly metricName?: string;
}

export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly values: readonly Sample[];
}

/** The labels of a series that a metric keeps; the others are added up. */
type Label = "route" | "provider" | "model" | "status" | "client";

/** Counters of the requests that have ended. See https://prometheus.io/docs/practices/naming/ for the names. */
export function countFamilies(counts: Counts): Family[] {
  const series = [...counts.series.values()];
  const targets = [...counts.targets.values()];
  const place = ["route", "provider", "model"] as const;
  return [
    counter(
      "terraphim_requests_total",
      "Requests that have ended, by the status that the client got.",
      summed(series, [...place, "status", "client"], (one) => ({ "": one.requests })),
    ),
    counter(
      "terraphim_tokens_total",
      "Tokens; input is fresh input only, reasoning is part of output.",
      summed(series, place, (one) => ({ ...one.tokens }), "type"),
    ),
    counter(
      "terraphim_reasoning_tokens_total",
      "Tokens of reasoning, a part of the output.",
      summed(series, place, (one) => ({ "": one.reasoning })),
    ),
    counter(
      "terraphim_cost_dollars_total",
      "Dollars by the kind of token that they were for, of requests with a known price.",
      summed(series, place, (one) => ({ ...one.cost }), "type"),
    ),
    counter(
      "terraphim_baseline_cost_dollars_total",
      "Dollars that the same tokens had cost on the baseline model.",
      summed(series, place, (one) => ({ "": one.baseline })),
    ),
    counter(
      "terraphim_unpriced_requests_total",
      "Requests whose price or tokens are unknown: in none of the dollars.",
      summed(series, ["provider", "model"], (one) => ({ "": one.unpriced })),
    ),
    counter(
      "terraphim_estimated_requests_total",
      "Requests whose tokens were guessed, since the provider reported none.",
      summed(series, ["provider", "model"], (one) => ({ "": one.estimated })),
    ),
    counter(
      "terraphim_fallbacks_total",
      "Requests for which more than one target was tried.",
      summed(series, ["route"], (one) => ({ "": one.fallbacks })),
    ),
    counter(
      "terraphim_cancelled_requests_total",
      "Requests whose client hung up before the end.",
      summed(series, ["route", "client"], (one) => ({ "": one.cancelled })),
    ),
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
      "Tries at a target, by their result: ok, or the class of the failure.",
      targets.flatMap(({ provider, model, attempts }) =>
        [...attempts].map(([result, value]) => ({ value, labels: { provider, model, result } }))
      ),
    ),
    histogram(
      "terraphim_time_to_first_token_seconds",
      "From a request's arrival to the first output of its answer.",
      targets.map((one) => [labelsOf(one), one.firstToken]),
    ),
    histogram(
      "terraphim_request_duration_seconds",
      "From a request's arrival to the last byte of its answer.",
      targets.map((one) => [labelsOf(one), one.duration]),
    ),
    histogram(
      "terraphim_proxy_overhead_microseconds",
      "What the proxy itself took to inspect, classify and route a request.",
      [[{}, counts.overhead]],
    ),
  ];
}

function labelsOf({ provider, model }: TargetCounts): Record<string, string> {
  return { provider, model };
}

export function counter(name: string, help: string, values: readonly Sample[]): Family {
  return { name, type: "counter", help, values };
}

export function gauge(name: string, help: string, values: readonly Sample[]): Family {
  return { name, type: "gauge", help, values };
}

/** Series added up over the labels that are not kept; `numbers` gives one value for each value of `split`. */
function summed(
  series: readonly Series[],
  kept: readonly Label[],
  numbers: (one: Series) => Readonly<Record<string, number>>,
  split?: string,
): Sample[] {
  const sums = new Map<string, { value: number; labels: Record<string, string> }>();
  for (const one of series) {
    for (const [part, value] of Object.entries(numbers(one))) {
      const key = `${kept.map((label) => one[label]).join("\n")}\n${part}`;
      const known = sums.get(key);
      if (known !== undefined) {
        known.value += value;
        continue;
      }
      const labels: Record<string, string> = {};
      for (const label of kept) labels[label] = one[label];
      if (split !== undefined) labels[split] = part;
      sums.set(key, { value, labels });
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
    values: of.filter(([labels, { count }]) => count > 0 || Object.keys(labels).length === 0)
      .flatMap(([labels, { bounds, counts, count, sum }]) => {
        let upTo = 0;
        return [
          ...bounds.map((bound, i) => ({
            metricName: `${name}_bucket`,
            value: upTo += counts[i]!,
            labels: { ...labels, le: String(bound) },
          })),
          { metricName: `${name}_bucket`, value: count, labels: { ...labels, le: "+Inf" } },
          { metricName: `${name}_sum`, value: sum, labels },
          { metricName: `${name}_count`, value: count, labels },
        ];
      }),
  };
}
