/** The name of a model at another provider: the same model, or the nearest of its family. Pure. */
import { type ModelName, readName } from "./name.ts";

/** A model of a provider that takes the place of the one that a client asks for. */
export interface SameModel {
  readonly model: string;
  /** It is another version of the model asked for. */
  readonly other?: true;
}

/**
 * The model of a provider that a client means.
 *
 * @param asked as the client writes it: `claude-sonnet-4-5-20250929`, `anthropic/claude-sonnet-4.5`
 * @param models the provider's models
 * @param maker what the names must begin with: `anthropic/`; "" where any may
 * @returns undefined: the provider has no model of the family
 * @example
 * sameModel("claude-sonnet-4-5", ["anthropic/claude-sonnet-4.5"], "anthropic/") // { model: "anthropic/claude-sonnet-4.5" }
 */
export function sameModel(asked: string, models: readonly string[], maker: string): SameModel | undefined {
  const wanted = readName(asked);
  const offered = models.filter((model) => model.startsWith(maker));
  const exact = offered.find((model) => model === maker + asked);
  if (exact !== undefined) return { model: exact };
  const named = offered.map((model) => ({ model, name: readName(model) }));
  const same = named.filter(({ name }) => name.base === wanted.base && name.variant === wanted.variant)
    .sort((a, b) => rank(b.name, wanted) - rank(a.name, wanted))[0];
  if (same !== undefined) return { model: same.model };
  const { family, version } = versionOf(wanted.base);
  const kin = named.filter(({ name }) => name.variant === wanted.variant)
    .map(({ model, name }) => ({ model, name, ...versionOf(name.base) }))
    .filter((one) => one.family === family)
    // The nearest version, of two equally near ones the newer; the name without a date first.
    .sort((a, b) =>
      Math.abs(a.version - version) - Math.abs(b.version - version) || b.version - a.version ||
      rank(b.name, wanted) - rank(a.name, wanted)
    )[0];
  return kin === undefined ? undefined : { model: kin.model, other: true };
}

/** Of several snapshots: the one asked for, then the name without a date, then the latest. */
function rank({ date }: ModelName, wanted: ModelName): number {
  if (date === wanted.date) return Infinity;
  return date === "" ? Number.MAX_VALUE : Number(date);
}

/** What a model's name says of its family and version: `claude-sonnet-4-5` is `claude sonnet`, 4.05. */
function versionOf(base: string): { readonly family: string; readonly version: number } {
  const words: string[] = [];
  const numbers: number[] = [];
  for (const part of base.split("-")) {
    const [, digits, letters = ""] = /^v?(\d{1,2})([a-z]?)$/.exec(part) ?? [];
    if (digits === undefined) words.push(part);
    else {
      numbers.push(Number(digits));
      if (letters !== "") words.push(letters);
    }
  }
  const [major = 0, minor = 0] = numbers;
  // `claude-3-5-haiku` and `claude-haiku-4-5` are one family.
  return { family: words.sort().join(" "), version: major + minor / 100 };
}
