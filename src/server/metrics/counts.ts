/**
 * Counts every request as it ends, from the start of the program on. `add` is about a microsecond: a look into two
 * maps, and additions. What Prometheus reads is made from the counts when it asks; see `families.ts`.
 */
import type { RequestEnd } from "../../model/request-end.ts";
import { Histogram } from "./histogram.ts";
import { Names, NONE, OTHER } from "./names.ts";

/** Seconds. */
export const SECONDS = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 20, 30, 60, 120, 300] as const;
/** Microseconds. */
export const MICROSECONDS = [25, 50, 75, 100, 150, 250, 500, 1000, 2500, 5000, 10_000, 50_000] as const;

/** Names of each kind that become labels of their own. */
const MOST = { route: 100, provider: 100, model: 200, client: 50 } as const;
/** Combinations of them; what comes after is counted under "other". */
const MOST_SERIES = 4000;

/** What the requests of one route, target, status and client came to. Tokens, dollars. */
export interface Series {
  readonly route: string;
  readonly provider: string;
  readonly model: string;
  readonly status: string;
  readonly client: string;
  requests: number;
  fallbacks: number;
  cancelled: number;
  unpriced: number;
  estimated: number;
  readonly tokens: { input: number; cache_read: number; cache_write: number; output: number };
  readonly cost: { input: number; cache_read: number; cache_write: number; output: number };
  reasoning: number;
  baseline: number;
}

/** What one provider's model was asked, and how fast it was. */
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

  /** Counts a request that came to nothing: no key, no JSON, too large, over a limit or a budget. */
  refuse(status: number): void {
    this.refused.set(status, (this.refused.get(status) ?? 0) + 1);
  }

  #count(series: Series, { usage, costs }: RequestEnd): void {
    if (costs.cost === undefined) series.unpriced++;
    if (costs.baseline !== undefined && costs.cost !== undefined) series.baseline += costs.baseline;
    else series.baseline += costs.cost ?? 0;
    if (usage === undefined) return;
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
    const key = `${route}\n${provider}\n${model}\n${status}\n${client}`;
    return this.series.get(key) ?? this.#newSeries(key, route, provider, model, status, client);
  }

  #newSeries(
    key: string,
    route: string,
    provider: string,
    model: string,
    status: number,
    client: string,
  ): Series {
    const full = this.series.size >= MOST_SERIES;
    const labels = {
      route: this.#routes.label(route),
      provider: this.#providers.label(provider),
      model: full ? OTHER : this.#models.label(model),
      status: String(status),
      client: full ? OTHER : this.#clients.label(client),
    };
    const bounded = `${labels.route}\n${labels.provider}\n${labels.model}\n${status}\n${labels.client}`;
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
