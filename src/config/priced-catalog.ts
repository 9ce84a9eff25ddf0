/** The catalog as a configuration sees it: its providers' own ids, its `[[prices]]` over the list's, local ones free. */
import type { Config, PriceOverride } from "./config.ts";
import type { Target } from "../model/target.ts";
import type { Usage } from "../model/usage.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { ModelInfo, Price, Rates, TokenCost } from "../model/price.ts";
import { readName } from "../catalog/name.ts";
import { type SameModel, sameModel } from "../catalog/same-model.ts";
import { cacheRules } from "../catalog/caches.ts";
import { isTime, utcTime } from "../text/zoned-time.ts";
import { ratesAt, tokenCost } from "../catalog/cost.ts";

export interface PricedCatalog {
  /** What is known of a target; undefined: nothing at all. */
  find(target: Target): ModelInfo | undefined;
  /**
   * The model that a client means, at the provider of a target for any model (`anthropic,*`); undefined: the provider has
   * none of its family. A provider of which no model is known gets the name as it was asked for.
   */
  sameModel(any: Target, asked: string): SameModel | undefined;
  /** The names of a provider's models, as the list has them. */
  modelsOf(provider: string): readonly string[];
  /** Dollars for tokens at a target at a moment (epoch milliseconds); undefined: its price is not known. */
  cost(target: Target, usage: Usage, time?: number): TokenCost | undefined;
  /** What holds at a target for a context of so many tokens at a moment; undefined: its price is not known. */
  rates(target: Target, context: number, time?: number): Rates | undefined;
}

/** What a catalog needs of a configuration. */
export type Pricing = Pick<Config, "prices" | "providers">;

/** Minutes after midnight UTC. @param time epoch milliseconds */
const minuteOf = (time: number | undefined): number | undefined =>
  time === undefined ? undefined : Math.floor(time / 60_000) % DAY_MINUTES;

const DAY_MINUTES = 24 * 60;
/** Targets whose answer is kept; clients may ask for any name. */
const MOST_KEPT = 2000;

/** The catalog of a configuration; the same one for the same configuration. */
export type CatalogOf = (config: Pricing) => PricedCatalog;

/** Prices one list of models for every configuration that comes. */
export function pricedBy(catalog: Catalog): CatalogOf {
  const views = new WeakMap<Pricing, PricedCatalog>();
  return (config) => {
    let view = views.get(config);
    if (view === undefined) views.set(config, view = withOverrides(catalog, config));
    return view;
  };
}

/** A list of models with a configuration's prices over its own. */
export function withOverrides(catalog: Catalog, config: Pricing): PricedCatalog {
  const known = new Map<string, ModelInfo | undefined>();
  const overrides = priceTable(config.prices);
  const find = (target: Target): ModelInfo | undefined => {
    const key = `${target.provider} ${target.model}`;
    if (known.has(key)) return known.get(key);
    const found = looked(catalog, config, overrides, target);
    if (known.size >= MOST_KEPT) known.clear();
    known.set(key, found);
    return found;
  };
  const names = new Map<string, SameModel | undefined>();
  const same = (any: Target, asked: string): SameModel | undefined => {
    const key = `${any.provider} ${any.model} ${asked}`;
    if (names.has(key)) return names.get(key);
    const found = sameAt(catalog, config, any, asked);
    if (names.size >= MOST_KEPT) names.clear();
    names.set(key, found);
    return found;
  };
  return {
    find,
    sameModel: same,
    modelsOf: (provider) => catalog.modelsOf(config.providers.get(provider)?.catalogId ?? provider),
    cost: (target, usage, time) =>
      tokenCost(usage, priceAt(find(target)?.price, time), minuteOf(time)) ??
        statedCost(target, usage, config),
    rates(target, context, time) {
      const price = priceAt(find(target)?.price, time);
      return price === undefined ? undefined : ratesAt(price, context, minuteOf(time));
    },
  };
}

/** What a provider says that a request to a model without a known price cost, where its word is dollars. */
function statedCost(target: Target, usage: Usage, { providers }: Pricing): TokenCost | undefined {
  const counts = providers.get(target.provider)?.quirks.includes("states-cost") === true;
  return usage.cost === undefined || !counts ? undefined : scaledTo(usage.cost, usage);
}

/** A sum with parts in the proportion of a usual price: a read costs a tenth of the input, output five times as much. */
function scaledTo(total: number, { input, cacheRead, cacheWrite, output }: Usage): TokenCost {
  const weights = { input, cacheRead: cacheRead * 0.1, cacheWrite: cacheWrite * 1.25, output: output * 5 };
  const all = weights.input + weights.cacheRead + weights.cacheWrite + weights.output;
  const part = (weight: number) => all === 0 ? 0 : total * weight / all;
  return {
    total,
    input: part(weights.input),
    cacheRead: part(weights.cacheRead),
    cacheWrite: part(weights.cacheWrite),
    output: part(weights.output),
  };
}

function sameAt(
  catalog: Catalog,
  { providers }: Pricing,
  any: Target,
  asked: string,
): SameModel | undefined {
  const provider = providers.get(any.provider);
  const own = provider?.models ?? [];
  const catalogId = provider?.catalogId ?? any.provider;
  const models = own.length > 0 ? own : catalog.modelsOf(catalogId);
  const maker = any.model.slice(0, -1);
  if (models.length === 0) return { model: maker + asked };
  const found = sameModel(asked, models, maker);
  // A name that no list has is newer than the list.
  const isNew = found?.other === true && maker === "" && own.length === 0 &&
    catalog.find(catalogId, asked) === undefined;
  return isNew ? { model: asked } : found;
}

function looked(
  catalog: Catalog,
  { providers }: Pricing,
  overrides: ReadonlyMap<string, readonly PriceOverride[]>,
  target: Target,
): ModelInfo | undefined {
  const provider = providers.get(target.provider);
  const found = catalog.find(provider?.catalogId ?? target.provider, target.model);
  const listed = provider?.local === true ? FREE : found?.price;
  const own = overridesOf(target, overrides);
  const price = own === undefined ? listed : overridden(own, listed);
  if (found === undefined && price === undefined) return undefined;
  const { provider: at, model } = target;
  const cache = cacheRules(provider?.catalogId ?? target.provider, model, price);
  return {
    ...(found ?? ASSUMED),
    provider: at,
    model,
    ...(price === undefined ? {} : { price }),
    ...(cache === undefined ? {} : { cache }),
  };
}

/** What a provider on the user's own machine asks. */
const FREE: Price = { input: 0, output: 0 };

/** A model of which only the price is known: nothing is held against it. */
const ASSUMED = {
  context: 0,
  maxOutput: 0,
  tools: true,
  image: true,
  reasoning: true,
} as const;

/** By `provider model`: as written, and in any other spelling. */
function priceTable(prices: readonly PriceOverride[]): ReadonlyMap<string, readonly PriceOverride[]> {
  const table = new Map<string, PriceOverride[]>();
  for (const price of prices) {
    for (const name of new Set([price.model, looseName(price.model)])) {
      const key = `${price.provider} ${name}`;
      const same = table.get(key);
      if (same === undefined) table.set(key, [price]);
      else same.push(price);
    }
  }
  return table;
}

/** The user's prices for a target: under its very name, another spelling of it, or the name of which it is a snapshot. */
function overridesOf(
  { provider, model }: Target,
  overrides: ReadonlyMap<string, readonly PriceOverride[]>,
): readonly PriceOverride[] | undefined {
  if (overrides.size === 0) return undefined;
  return overrides.get(`${provider} ${model}`) ?? overrides.get(`${provider} ${looseName(model)}`) ??
    overrides.get(`${provider} ${looseName(model, "")}`);
}

/** A name with its vendor, variant and date, in one spelling. No model's own name: it begins with a line feed. */
function looseName(model: string, date?: string): string {
  const name = readName(model);
  return `\n${name.vendor}/${name.base}-${date ?? name.date}:${name.variant}`;
}

/**
 * The price that a model's `[[prices]]` make together: one without conditions replaces the list's; others hold at
 * their hours, or from their context size on, over that one or the list's.
 */
function overridden(own: readonly PriceOverride[], listed: Price | undefined): Price | undefined {
  const plain = own.findLast((one) => one.hours === undefined && one.fromTokens === undefined);
  const base = plain === undefined ? listed : ratesOf(plain);
  if (base === undefined) return undefined;
  const tiers = tiersOf(own.filter((one) => one.hours === undefined));
  const windows = new Map<string, PriceOverride[]>();
  for (const one of own) {
    if (one.hours === undefined) continue;
    const id = `${one.hours.join("-")} ${one.days?.join() ?? ""} ${one.zoneName ?? ""}`;
    windows.set(id, [...(windows.get(id) ?? []), one]);
  }
  const whole: Price = tiers.length === 0 ? base : { ...base, tiers };
  if (windows.size === 0) return whole;
  const { hours: _, ...always } = whole;
  return { ...always, hours: [...windows.values()].map((window) => windowOf(window, always)) };
}

/** A price at a moment, where days or a time zone decide; its hours are in it then. */
function priceAt(price: Price | undefined, moment: number | undefined): Price | undefined {
  if (price?.hours === undefined || !price.hours.some(({ holds }) => holds !== undefined)) return price;
  const { hours, ...always } = price;
  if (moment === undefined) return always;
  const now = hours.find(({ from, to, holds }) =>
    holds === undefined ? isTime([from, to], undefined, utcTime(moment)) : holds(moment)
  );
  return now?.price ?? always;
}

type Window = NonNullable<Price["hours"]>[number];

/** The price at some hours. A price for these hours alone replaces `always`; one from a context size on is added to it. */
function windowOf(window: readonly PriceOverride[], always: Omit<Price, "hours">): Window {
  const { hours, days, zone } = window[0]!;
  const [from, to] = hours!;
  const holds = days === undefined && zone === undefined
    ? {}
    : { holds: (moment: number) => isTime(hours, days, (zone ?? utcTime)(moment)) };
  const plain = window.findLast((one) => one.fromTokens === undefined);
  const base: Omit<Price, "hours"> = plain === undefined ? always : ratesOf(plain);
  const tiers = [...(base.tiers ?? []), ...tiersOf(window)].sort((a, b) => a.fromTokens - b.fromTokens);
  return { from, to, ...holds, price: tiers.length === 0 ? base : { ...base, tiers } };
}

/** Those of the prices that hold from a context size on, smallest first. */
function tiersOf(own: readonly PriceOverride[]): NonNullable<Price["tiers"]> {
  return own.flatMap((one) =>
    one.fromTokens === undefined ? [] : [{ fromTokens: one.fromTokens, price: ratesOf(one) }]
  ).sort((a, b) => a.fromTokens - b.fromTokens);
}

function ratesOf({ input, output, cacheRead, cacheWrite }: PriceOverride): Rates {
  return {
    input,
    output,
    ...(cacheRead === undefined ? {} : { cacheRead }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
  };
}
