/**
 * What a request cost, and what it would have cost had the baseline model served everything. Pure: prices and what is
 * remembered of the session come as arguments. docs/accounting.md describes it for users.
 */
import type { Config } from "../config/config.ts";
import type { PricedCatalog } from "../config/priced-catalog.ts";
import type { CacheRules, ModelInfo } from "../model/price.ts";
import type { Costs, RequestEnd } from "../model/request-end.ts";
import { type Session, shadowTokens } from "../model/session.ts";
import { isAnyModel, type Target } from "../model/target.ts";
import type { Usage } from "../model/usage.ts";

/** What decides what a request costs. */
export type Charged =
  & Pick<RequestEnd, "operation" | "provider" | "model" | "usage" | "status" | "time" | "key">
  & {
    /** The client's own login with a flat plan answered it: no token has a price. */
    readonly onPlan?: boolean;
    /** Earlier answers are part of the request. @default false */
    readonly continues?: boolean;
    /** Tokens of the system prompt and the tools. @default 0 */
    readonly systemTokens?: () => number;
  };

/** What is asked of a list of models. */
export type Prices = Pick<PricedCatalog, "find" | "cost" | "rates">;

/** What a request is measured against. */
export interface Measure {
  readonly catalog: Prices;
  /** Undefined: nothing. */
  readonly baseline: Target | undefined;
  /** "unknown": the client names no session; "new": it is the session's first request. */
  readonly session: Session | "new" | "unknown";
}

/** Where `think` leads when it is not set, in order. */
const BASELINE_ROUTES = ["think", "default", "plan_implementation", "background"] as const;

/**
 * The model that savings are measured against: `[ledger] baseline`, else the first target of `think`, else of the
 * first of `default`, `plan_implementation` and `background` that is set; undefined: none is.
 */
export function baselineOf({ ledger, router }: Pick<Config, "ledger" | "router">): Target | undefined {
  if (ledger.baseline) return ledger.baseline;
  for (const name of BASELINE_ROUTES) {
    const target = router.routes[name]?.find((one) => !isAnyModel(one));
    if (target) return target;
  }
  return undefined;
}

/**
 * Accounts for one request: price times tokens, whatever the provider itself says it charged.
 *
 * A request that no target answered, or that was refused, cost nothing. One that was answered without any word on
 * its tokens cost something unknown. What a flat plan answers costs nothing more, and saves nothing.
 */
export function account(request: Charged, measure: Measure): Costs {
  const { usage, provider, model, time } = request;
  const { catalog, baseline } = measure;
  const estimated = usage?.estimated === true;
  const answeredBy = provider !== undefined && model !== undefined ? { provider, model } : undefined;
  const aim = baseline ? { baselineTarget: baseline } : {};
  const nothing = request.operation === "count_tokens" || !answeredBy || (!usage && request.status >= 400);
  if (nothing) return { ...FREE, ...aim, estimated };
  if (request.onPlan === true) return { ...FREE, ...aim, estimated, onPlan: true };
  if (!usage) return { ...aim, estimated };

  const used: Used = { ...request, usage, target: answeredBy };
  const cost = catalog.cost(answeredBy, usage, time);
  const onBaseline = baseline && baselineCost(used, baseline, measure, cost?.total);
  const lost = lostBySwitching(used, measure);
  return {
    ...(cost === undefined ? {} : { cost: cost.total, parts: cost }),
    ...(onBaseline === undefined ? {} : { baseline: onBaseline }),
    ...(cost === undefined || onBaseline === undefined ? {} : { saved: onBaseline - cost.total }),
    ...(lost === 0 ? {} : { lost }),
    ...aim,
    basis: measure.session === "unknown" ? "estimate" : "session",
    estimated,
  };
}

const FREE = { cost: 0, baseline: 0, saved: 0 } as const;

/** A request that a target answered with a known number of tokens. */
type Used = Charged & { readonly usage: Usage; readonly target: Target };

/** The part of a continued conversation that is read from a cache where nothing is known of its session: docs/economics.md. */
const USUALLY_READ = 0.96;

/**
 * What the baseline model would have cost. What it would have had in its cache is reckoned from the session: what its
 * target really read counts only where the baseline itself served, and has no less than the reckoning.
 */
function baselineCost(
  used: Used,
  baseline: Target,
  { catalog, session }: Measure,
  cost: number | undefined,
): number | undefined {
  const { usage, time, target, continues } = used;
  const isBaseline = isSame(target, baseline);
  const known = session === "unknown" || session === "new" ? undefined : session;
  if (isBaseline && (known === undefined || isServedBy(known, baseline))) return cost;
  const { cache } = catalog.find(baseline) ?? NOTHING_KNOWN;
  const context = contextOf(usage);
  if (session === "unknown") {
    // What one provider read from its cache, the baseline's would have had in its own.
    const read = cache ? Math.max(usage.cacheRead, continues ? Math.round(USUALLY_READ * context) : 0) : 0;
    const written = read > 0 || usage.cacheWrite > 0;
    return catalog.cost(baseline, readingOf(usage, { read, cache: written ? cache : undefined }), time)
      ?.total;
  }
  if (cache?.kind === "marked" && marksNothing(used, catalog)) {
    return catalog.cost(baseline, readingOf(usage, { read: 0, cache: undefined }), time)?.total;
  }
  const read = shadowTokens(known, cache, { time, context, system: systemOf(used, known) });
  if (isBaseline && usage.cacheRead >= read) return cost;
  const forAnHour = (usage.cacheWrite1h ?? 0) > 0 || known?.prefixes.some((one) => one.forAnHour) === true;
  return catalog.cost(baseline, readingOf(usage, { read, cache, forAnHour }), time)?.total;
}

/** Whether a request was seen to mark nothing: a model that keeps what is marked read nothing from its cache, and wrote nothing. */
function marksNothing({ usage, target }: Used, catalog: Prices): boolean {
  const { cache } = catalog.find(target) ?? NOTHING_KNOWN;
  return cache?.kind === "marked" && usage.input >= cache.leastTokens &&
    usage.cacheRead + usage.cacheWrite === 0;
}

const NOTHING_KNOWN: Partial<ModelInfo> = {};

/** The system part, which is only needed, and only then measured, after a compaction. */
function systemOf({ usage, systemTokens }: Used, session: Session | undefined): number {
  const context = contextOf(usage);
  if (session === undefined || systemTokens === undefined || context >= session.context) return 0;
  return Math.min(systemTokens(), context);
}

/** A request's tokens as a model would count them that reads so many of them from its cache. */
function readingOf(
  { input, cacheRead, cacheWrite, output, reasoning }: Usage,
  { read, cache, forAnHour = false }: {
    readonly read: number;
    readonly cache: CacheRules | undefined;
    readonly forAnHour?: boolean;
  },
): Usage {
  const context = input + cacheRead + cacheWrite;
  const fresh = context - read;
  const isWritten = cache?.kind === "marked" && context >= cache.leastTokens;
  return {
    input: isWritten ? 0 : fresh,
    cacheRead: read,
    cacheWrite: isWritten ? fresh : 0,
    ...(isWritten && forAnHour ? { cacheWrite1h: fresh } : {}),
    output,
    reasoning,
  };
}

/**
 * What a switch of the model or the key lost: the tokens that the target would have read from its cache, had it served the
 * session's last request too, at the price of a write instead of a read. Dollars.
 */
function lostBySwitching(used: Used, { catalog, session }: Measure): number {
  if (session === "unknown" || session === "new") return 0;
  const { usage, time, target, key } = used;
  const [last] = session.prefixes;
  if (isSame(last.target, target) && (key === undefined || last.key === undefined || last.key === key)) {
    return 0;
  }
  if (marksNothing(used, catalog)) return 0;
  const { cache } = catalog.find(target) ?? NOTHING_KNOWN;
  const context = contextOf(usage);
  const read = shadowTokens(session, cache, { time, context, system: systemOf(used, session) });
  const rates = read > usage.cacheRead ? catalog.rates(target, context, time) : undefined;
  if (rates === undefined) return 0;
  const write = cache?.kind === "marked" ? rates.cacheWrite ?? rates.input : rates.input;
  return Math.max(0, (read - usage.cacheRead) * (write - (rates.cacheRead ?? rates.input))) / 1e6;
}

const contextOf = ({ input, cacheRead, cacheWrite }: Usage): number => input + cacheRead + cacheWrite;

/** Whether a target served all of a session so far. */
const isServedBy = (session: Session, target: Target): boolean =>
  session.oneTarget && isSame(session.prefixes[0].target, target);

const isSame = (one: Target, other: Target): boolean =>
  one.provider === other.provider && one.model === other.model;
