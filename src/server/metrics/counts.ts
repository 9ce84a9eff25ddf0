/**
 * Counts every request as it ends, from the start of the program on. `add` takes about a microsecond: a look into two
 * maps, and additions. What Prometheus reads is made from the counts when it asks; see `families.ts`.
 *
 * The number of series is bounded: clients may name any model, and every name would be a series that stays.
 */
import type { RequestEnd } from "../../model/request-end.ts";
import { beginning } from "../../text/format.ts";

/** Upper bounds of the histograms of durations. Seconds. */
const SECONDS = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 20, 30, 60, 120, 300] as const;
/** Upper bounds of the histogram of the proxy's own time. Microseconds. */
const MICROSECONDS = [25, 50, 75, 100, 150, 250, 500, 1000, 2500, 5000, 10_000, 50_000] as const;

/** The label of all names beyond the bounds. */
const OTHER = "other";
/** The label of a provider or model where no target answered. */
const NONE = "none";
/** Names of each kind that become labels of their own. */
const MOST = { route: 100, provider: 100, model: 200, client: 50 } as const;
/** Combinations of them; all others are counted under "other". */
const MOST_SERIES = 4000;

/** The labels of a series. */
export interface SeriesLabels {
  readonly route: string;
  readonly provider: string;
  readonly model: string;
  readonly status: string;
  readonly client: string;
}

/** The totals of the requests with the same labels. Tokens, dollars. */
export interface Series extends SeriesLabels {
  requests: number;
  fallbacks: number;
  cancelled: number;
  unpriced: number;
  estimated: number;
  readonly tokens: { input: number; cache_read: number; cache_write: number; output: number };
  readonly cost: { input: number; cache_read: number; cache_write: number; output: number };
  reasoning: number;
  baseline: number;
  lost: number;
  planTokens: number;
}

/** The attempts at one target, and how fast its answers were. */
export interface TargetCounts {
  readonly provider: string;
  readonly model: string;
  /** By `ok` or the class of the failure. */
  readonly attempts: Map<string, number>;
  readonly firstToken: Histogram;
  readonly duration: Histogram;
}

export class Counts {
  readonly series = new Map<string, Series>();
  readonly targets = new Map<string, TargetCounts>();
  readonly overhead = new Histogram(MICROSECONDS);
  /** Failures that clients saw, by class. */
  readonly failures = new Map<string, number>();
  /** Requests that the proxy itself refused, by status. */
  readonly refused = new Map<number, number>();
  readonly #routes = new Names(MOST.route);
  readonly #providers = new Names(MOST.provider);
  readonly #models = new Names(MOST.model);
  readonly #clients = new Names(MOST.client);

  /** Counts a request that is over. */
  add(record: RequestEnd): void {
    const { attempts, failure, firstTokenMs } = record;
    const series = this.#seriesOf(record);
    series.requests++;
    if (record.cancelled) series.cancelled++;
    else if (failure !== undefined) this.failures.set(failure, (this.failures.get(failure) ?? 0) + 1);
    if (record.fellBack) series.fallbacks++;
    for (const attempt of attempts) {
      const counts = this.#target(attempt.provider, attempt.model).attempts;
      const result = attempt.failure ?? "ok";
      counts.set(result, (counts.get(result) ?? 0) + 1);
    }
    if (record.provider !== undefined && record.model !== undefined) {
      const target = this.#target(record.provider, record.model);
      if (firstTokenMs !== undefined) target.firstToken.add(firstTokenMs / 1000);
      target.duration.add(record.durationMs / 1000);
    }
    this.overhead.add(record.overheadUs);
    this.#count(series, record);
  }

  /** Counts a request that the proxy itself refused: no key, no JSON, too large, over a limit or a budget. */
  refuse(status: number): void {
    this.refused.set(status, (this.refused.get(status) ?? 0) + 1);
  }

  #count(series: Series, { usage, costs }: RequestEnd): void {
    if (costs.cost === undefined) series.unpriced++;
    if (costs.baseline !== undefined && costs.cost !== undefined) series.baseline += costs.baseline;
    else series.baseline += costs.cost ?? 0;
    series.lost += costs.lost ?? 0;
    if (usage === undefined) return;
    if (costs.onPlan === true) {
      series.planTokens += usage.input + usage.cacheRead + usage.cacheWrite + usage.output;
    }
    const { tokens, cost } = series;
    tokens.input += usage.input;
    tokens.cache_read += usage.cacheRead;
    tokens.cache_write += usage.cacheWrite;
    tokens.output += usage.output;
    series.reasoning += usage.reasoning;
    if (usage.estimated === true) series.estimated++;
    const { parts } = costs;
    if (parts === undefined) return;
    cost.input += parts.input;
    cost.cache_read += parts.cacheRead;
    cost.cache_write += parts.cacheWrite;
    cost.output += parts.output;
  }

  #seriesOf({ route, provider = NONE, model = NONE, status, client }: RequestEnd): Series {
    const labels = { route, provider, model, status: String(status), client };
    const key = keyOf(labels);
    return this.series.get(key) ?? this.#newSeries(key, labels);
  }

  #newSeries(key: string, { route, provider, model, status, client }: SeriesLabels): Series {
    const full = this.series.size >= MOST_SERIES;
    const labels = {
      route: this.#routes.label(route),
      provider: this.#providers.label(provider),
      model: full ? OTHER : this.#models.label(model),
      status,
      client: full ? OTHER : this.#clients.label(client),
    };
    const bounded = keyOf(labels);
    const known = bounded === key ? undefined : this.series.get(bounded);
    if (known !== undefined) return known;
    const series: Series = {
      ...labels,
      requests: 0,
      fallbacks: 0,
      cancelled: 0,
      unpriced: 0,
      estimated: 0,
      tokens: { input: 0, cache_read: 0, cache_write: 0, output: 0 },
      cost: { input: 0, cache_read: 0, cache_write: 0, output: 0 },
      reasoning: 0,
      baseline: 0,
      lost: 0,
      planTokens: 0,
    };
    this.series.set(bounded, series);
    return series;
  }

  #target(provider: string, model: string): TargetCounts {
    const key = `${provider}\n${model}`;
    const known = this.targets.get(key);
    if (known !== undefined) return known;
    const labels = { provider: this.#providers.label(provider), model: this.#models.label(model) };
    const bounded = `${labels.provider}\n${labels.model}`;
    let target = this.targets.get(bounded);
    if (target === undefined) {
      target = {
        ...labels,
        attempts: new Map(),
        firstToken: new Histogram(SECONDS),
        duration: new Histogram(SECONDS),
      };
      this.targets.set(bounded, target);
    }
    return target;
  }
}

function keyOf({ route, provider, model, status, client }: SeriesLabels): string {
  return `${route}\n${provider}\n${model}\n${status}\n${client}`;
}

/** A histogram. Adding to it takes one pass over a few numbers. */
export class Histogram {
  /** Upper bounds, smallest first; a value over the last is only in the count. */
  readonly bounds: readonly number[];
  /** For each bound, how many values are up to it and over the bound before. */
  readonly counts: number[];
  count = 0;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = bounds.map(() => 0);
  }

  add(value: number): void {
    const { bounds } = this;
    this.count++;
    this.sum += value;
    for (let i = 0; i < bounds.length; i++) {
      if (value <= bounds[i]!) {
        this.counts[i]!++;
        return;
      }
    }
  }
}

/** Characters of a label. */
const LONGEST_LABEL = 120;

/** The names of one kind that became labels. */
class Names {
  readonly #known = new Set<string>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The name itself, cut where it is long, while there is room; else {@link OTHER}. */
  label(name: string): string {
    const label = name.length > LONGEST_LABEL ? `${beginning(name, LONGEST_LABEL)}…` : name;
    if (this.#known.has(label)) return label;
    if (this.#known.size >= this.#limit) return OTHER;
    this.#known.add(label);
    return label;
  }
}
