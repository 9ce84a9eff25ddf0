/**
 * Reads the names that one model goes by. Providers spell the same model in many ways: `claude-3.5-haiku`,
 * `claude-3-5-haiku-20241022`, `anthropic/claude-3.5-haiku`, `claude-3-5-haiku@20241022`.
 */

export interface ModelName {
  /** The name without the parts below: lower case, dashes for dots, underscores and colons. */
  readonly base: string;
  /** What is before the last slash; "" where there is none. */
  readonly vendor: string;
  /** The date of a snapshot, digits only; "" where the name has none, or says `latest`. */
  readonly date: string;
  /** A variant of {@link VARIANTS}; "" where there is none. */
  readonly variant: string;
}

/**
 * The words after a colon that mark another offer of the same model (https://openrouter.ai/docs/features/provider-routing).
 * Other words after a colon (Ollama's sizes) are part of the name. `price`: what it costs compared with the plain model.
 */
export const VARIANTS: Readonly<Record<string, { readonly price: "free" | "same" | "other" }>> = {
  free: { price: "free" },
  beta: { price: "same" },
  extended: { price: "other" },
  exacto: { price: "other" },
  floor: { price: "other" },
  nitro: { price: "other" },
  online: { price: "other" },
  thinking: { price: "other" },
};

/** `-20241022`, `-2024-10-22`, `@20241022`, `@2024-10-22`. */
const DATE = /[-@](20\d\d)-?([01]\d)-?([0-3]\d)$/;

/** Splits a model's name into its parts. */
export function readName(id: string): ModelName {
  let rest = id.trim().toLowerCase().replace(/^~/, "");
  const slash = rest.lastIndexOf("/");
  const vendor = slash === -1 ? "" : rest.slice(0, slash);
  rest = rest.slice(slash + 1);

  let variant = "";
  const colon = rest.lastIndexOf(":");
  const after = colon === -1 ? "" : rest.slice(colon + 1);
  if (Object.hasOwn(VARIANTS, after) || after === "latest") {
    variant = after === "latest" ? "" : after;
    rest = rest.slice(0, colon);
  }
  let date = "";
  const dated = DATE.exec(rest);
  if (dated !== null) {
    date = `${dated[1]}${dated[2]}${dated[3]}`;
    rest = rest.slice(0, dated.index);
  }
  // `5p1` is how a provider that allows no dots writes 5.1.
  const base = rest.replace(/[-@]latest$/, "").replace(/[._:@]/g, "-").replace(/(\d)p(?=\d)/g, "$1-");
  return { base, vendor, date, variant };
}
