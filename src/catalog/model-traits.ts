/** Finds what a model at a provider takes; the table is `data/model-traits.ts`. */
import { type ModelTraits, TRAIT_ROWS } from "./data/model-traits.ts";

const NOTHING: ModelTraits = {};

/** Models whose traits are kept; clients may ask for any name. */
const MOST_KEPT = 500;

const known = new Map<string, ModelTraits>();
/** What was asked last: a request asks for one model's traits at every message. */
let last: { readonly at: string; readonly model: string; readonly traits: ModelTraits } | undefined;

/**
 * What is known of a model at a provider.
 * @param at the built-in provider whose rules hold, by its name (`groq`)
 */
export function modelTraitsAt(at: string, model: string): ModelTraits {
  if (last?.at === at && last.model === model) return last.traits;
  const key = `${at} ${model}`;
  let traits = known.get(key);
  if (traits === undefined) {
    traits = NOTHING;
    for (const row of TRAIT_ROWS) {
      if (row.at === at && row.models.test(model.toLowerCase())) traits = { ...traits, ...row.traits };
    }
    if (known.size >= MOST_KEPT) known.clear();
    known.set(key, traits);
  }
  last = { at, model, traits };
  return traits;
}

/** Words for how hard to think, of all providers, weakest first. */
const EFFORT_ORDER = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/**
 * The word of a model's that is nearest to a wish and not above it, else the weakest that thinks; a word that nobody
 * knows is taken for the strongest. Undefined: the model takes no word for it.
 */
export function nearestEffort(wish: string, efforts: readonly string[]): string | undefined {
  if (efforts.includes(wish)) return wish;
  const thinking = efforts.filter((word) => word !== "none");
  if (wish === "none") return thinking[0];
  const rank = EFFORT_ORDER.indexOf(wish);
  if (rank === -1) return thinking.at(-1);
  return thinking.findLast((word) => EFFORT_ORDER.indexOf(word) <= rank) ?? thinking[0];
}
