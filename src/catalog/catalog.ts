/** Models by provider and name, from `data/models.json` or a newer list of the user's. */
import builtin from "./data/models.json" with { type: "json" };
import { TIERS } from "./data/tiers.ts";
import type { ModelInfo, Price, Rates } from "../model/price.ts";
import type { Target } from "../model/target.ts";
import { withCachePrices } from "./caches.ts";
import { type ModelName, readName, VARIANTS } from "./name.ts";

/** Dollars per million tokens, in the form of the file. */
export interface RatesEntry {
  readonly input: number;
  readonly output: number;
  readonly cache_read?: number | undefined;
  readonly cache_write?: number | undefined;
  readonly cache_write_1h?: number | undefined;
  readonly reasoning?: number | undefined;
}

/** A model in the file. Context and output in tokens. */
export interface CatalogEntry {
  readonly provider: string;
  readonly model: string;
  readonly context: number;
  readonly max_output: number;
  readonly price?:
    | RatesEntry & {
      readonly tiers?: readonly { readonly from_tokens: number; readonly price: RatesEntry }[];
    }
    | undefined;
  /** Of `tools`, `image`, `reasoning`. */
  readonly can: readonly string[];
}

export interface CatalogData {
  readonly models: readonly CatalogEntry[];
}

/** Whose entry describes a model when the provider has none: its makers' first, then OpenRouter's. */
const AUTHORITIES = [
  "anthropic",
  "openai",
  "google",
  "mistral",
  "xai",
  "deepseek",
  "zai",
  "moonshotai",
  "minimax",
  "alibaba",
  "openrouter",
];

interface Named {
  readonly entry: CatalogEntry;
  readonly name: ModelName;
}

interface Index {
  /** By `provider model`, as written and in lower case. */
  readonly exact: ReadonlyMap<string, CatalogEntry>;
  /** By the bare name, over all providers. */
  readonly named: ReadonlyMap<string, readonly Named[]>;
}

/** Looks up models. The index is made by the first lookup. */
export class Catalog {
  /** Every entry; one of an earlier list hides the same one of a later list. */
  readonly entries: readonly CatalogEntry[];
  #index: Index | undefined;

  /** @param lists the user's own first. @default the built-in list */
  constructor(...lists: readonly CatalogData[]) {
    this.entries = lists.length === 0 ? BUILTIN.models : lists.flatMap(({ models }) => models);
  }

  /** The names of a provider's models. */
  modelsOf(catalogId: string): readonly string[] {
    return this.entries.filter(({ provider }) => provider === catalogId).map(({ model }) => model);
  }

  /**
   * What is known of a model at a provider: its own entry, under this name or another spelling of it; else another
   * provider's entry of the same model, without its price, since each provider sets its own prices.
   * @param catalogId the provider's id in the catalog (`togetherai`)
   * @returns undefined where no provider lists the model
   */
  find(catalogId: string, model: string): ModelInfo | undefined {
    const index = this.#index ??= indexed(this.entries);
    const exact = index.exact.get(`${catalogId} ${model}`) ??
      index.exact.get(`${catalogId} ${model}`.toLowerCase());
    if (exact !== undefined) return info({ provider: catalogId, model }, exact, priceOf(exact));

    const asked = readName(model);
    const all = index.named.get(asked.base) ?? [];
    const own = closest(asked, all.filter(({ entry }) => entry.provider === catalogId));
    if (own !== undefined) {
      return info({ provider: catalogId, model }, own.entry, aliasPrice(asked, own, all));
    }
    const other = authority(asked, all);
    return other === undefined ? undefined : info({ provider: catalogId, model }, other.entry, undefined);
  }
}

const BUILTIN: CatalogData = builtin;

/** The prices of long contexts, which the snapshot lacks. A user's own list says all of its prices itself. */
const LONG: ReadonlyMap<CatalogEntry, Price["tiers"]> = new Map(
  TIERS.flatMap(({ of, tiers }) => {
    const names = new Set(of);
    return BUILTIN.models.filter(({ provider, model }) => names.has(`${provider} ${model}`))
      .map((entry) => [entry, tiers] as const);
  }),
);

/** The list that comes with the program. */
export const builtinCatalog: Catalog = new Catalog();

/** The user's own list before the built-in one; undefined: the built-in one alone. */
export function withBuiltin(own: CatalogData | undefined): Catalog {
  return own === undefined ? builtinCatalog : new Catalog(own, { models: builtinCatalog.entries });
}

function indexed(entries: readonly CatalogEntry[]): Index {
  const exact = new Map<string, CatalogEntry>();
  const named = new Map<string, Named[]>();
  for (const entry of entries) {
    const key = `${entry.provider} ${entry.model}`;
    if (exact.get(key)?.model === entry.model) continue;
    exact.set(key, entry);
    const lower = key.toLowerCase();
    if (!exact.has(lower)) exact.set(lower, entry);
    const name = readName(entry.model);
    const same = named.get(name.base);
    if (same === undefined) named.set(name.base, [{ entry, name }]);
    else same.push({ entry, name });
  }
  return { exact, named };
}

/** Of one provider's entries with the same bare name, the one that was most likely meant. */
function closest(asked: ModelName, candidates: readonly Named[]): Named | undefined {
  let best: Named | undefined;
  let bestScore = -1;
  for (const candidate of candidates) {
    const { name } = candidate;
    const score = (isVendor(asked, name) ? 8 : 0) +
      (asked.variant === name.variant ? 4 : name.variant === "" ? 2 : 0) +
      (asked.date === name.date ? 1 : name.date === "" ? 0.5 : 0);
    // Of equal ones the later snapshot.
    if (score > bestScore || (score === bestScore && name.date > best!.name.date)) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}

/** The price of an entry with another spelling, where it is certainly the same offer. */
function aliasPrice(asked: ModelName, found: Named, all: readonly Named[]): Price | undefined {
  const { entry, name } = found;
  if (!isVendor(asked, name)) return undefined;
  // A snapshot costs what the undated model costs, not what another snapshot costs.
  if (asked.date !== "" && name.date !== "" && asked.date !== name.date) return undefined;
  // Several makers use this name at one provider: it is not clear which is meant.
  const rivals = all.filter((other) =>
    other.entry.provider === entry.provider && isVendor(asked, other.name)
  );
  if (rivals.some((other) => other.name.vendor !== name.vendor)) return undefined;
  if (asked.variant === name.variant) return priceOf(entry);
  if (name.variant !== "") return undefined;
  const { price } = VARIANTS[asked.variant]!;
  if (price === "free") return { input: 0, output: 0 };
  return price === "same" ? priceOf(entry) : undefined;
}

function isVendor(asked: ModelName, name: ModelName): boolean {
  return asked.vendor === name.vendor || asked.vendor === "" || name.vendor === "";
}

function authority(asked: ModelName, candidates: readonly Named[]): Named | undefined {
  for (const provider of AUTHORITIES) {
    const found = closest(asked, candidates.filter(({ entry }) => entry.provider === provider));
    if (found !== undefined) return found;
  }
  return closest(asked, candidates);
}

function info(
  { provider, model }: Target,
  entry: CatalogEntry,
  price: Price | undefined,
): ModelInfo {
  return {
    provider,
    model,
    context: entry.context,
    maxOutput: entry.max_output,
    tools: entry.can.includes("tools"),
    image: entry.can.includes("image"),
    reasoning: entry.can.includes("reasoning"),
    ...(price === undefined ? {} : { price }),
  };
}

function priceOf(entry: CatalogEntry): Price | undefined {
  const { provider, model, price } = entry;
  if (price === undefined) return undefined;
  const tiers = price.tiers?.map((tier) => ({ fromTokens: tier.from_tokens, price: rates(tier.price) }))
    .sort((a, b) => a.fromTokens - b.fromTokens) ?? LONG.get(entry);
  const plain = withCachePrices(provider, model, rates(price));
  return tiers === undefined ? plain : { ...plain, tiers };
}

function rates(entry: RatesEntry): Rates {
  return {
    input: entry.input,
    output: entry.output,
    ...(entry.cache_read === undefined ? {} : { cacheRead: entry.cache_read }),
    ...(entry.cache_write === undefined ? {} : { cacheWrite: entry.cache_write }),
    ...(entry.cache_write_1h === undefined ? {} : { cacheWrite1h: entry.cache_write_1h }),
    ...(entry.reasoning === undefined ? {} : { reasoning: entry.reasoning }),
  };
}
