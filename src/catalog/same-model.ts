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

/**
 * The words by which people name families of models. One beside other words of a name (`claude-opus-4-8`) names its family
 * only where one family has it: `@mini` would be anything.
 */
const FAMILY_WORDS: ReadonlySet<string> = new Set(
  ("opus sonnet haiku gpt gemini flash grok llama qwen deepseek mistral devstral codestral magistral kimi glm minimax gemma " +
    "phi nova").split(" "),
);

/**
 * The newest model of each family that a list holds, by the family's word; of two equally new ones the first in the list.
 * A plain family comes before its variants: `gpt` is `gpt-5.2`, not `gpt-5.2-mini`, unless only that is listed.
 *
 * @example
 * newestByFamily(["claude-3-opus", "claude-opus-4-8", "gpt-5.2"]) // opus → "claude-opus-4-8", gpt → "gpt-5.2"
 */
export function newestByFamily(models: readonly string[]): ReadonlyMap<string, string> {
  const newest = new Map<
    string,
    { readonly model: string; readonly words: number; readonly version: number }
  >();
  for (const model of models) {
    const { family, version } = versionOf(readName(model).base);
    const words = family.split(" ");
    for (const word of words) {
      if (!FAMILY_WORDS.has(word)) continue;
      const known = newest.get(word);
      const isNewer = known === undefined || words.length < known.words ||
        words.length === known.words && version > known.version;
      if (isNewer) newest.set(word, { model, words: words.length, version });
    }
  }
  return new Map([...newest].map(([word, { model }]) => [word, model]));
}

/** Of several snapshots: the one asked for, then the name without a date, then the latest. */
function rank({ date }: ModelName, wanted: ModelName): number {
  if (date === wanted.date) return Infinity;
  return date === "" ? Number.MAX_VALUE : Number(date);
}

/** `qwen3-coder`, `llama3.1`: the version without a dash before it. */
const GLUED = /^(qwen|llama|gemma|phi)(\d)/;
/** `70b`: the size of a model, not its version. */
const SIZE = /^(?:a?\d+b|\d+x\d+b)$/;

/** What a model's name says of its family and version: `claude-sonnet-4-5` is `claude sonnet`, 4.05. */
function versionOf(base: string): { readonly family: string; readonly version: number } {
  const words: string[] = [];
  const numbers: number[] = [];
  for (const part of base.replace(GLUED, "$1-$2").split("-")) {
    if (SIZE.test(part)) continue;
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
