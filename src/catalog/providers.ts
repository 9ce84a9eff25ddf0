/**
 * The providers that need no `[[providers]]` block, by name. What is known of each is data, in
 * `providers-hosted.ts` and `providers-local.ts`; nothing else in the program knows any of these names.
 */
import type { DialectName } from "../model/request-facts.ts";
import { HOSTED } from "./providers-hosted.ts";
import { LOCAL } from "./providers-local.ts";
import type { Quirk } from "./quirks.ts";

export interface BuiltinProvider {
  readonly name: string;
  /** How people write it. */
  readonly label: string;
  /** Other names that are accepted, the price catalogue's own ids among them. Lower case. */
  readonly aliases?: readonly string[];
  /** What all its endpoints have in common, without a trailing slash. */
  readonly root: string;
  /** Path of each dialect's generation endpoint below {@link root}; the keys are in order of preference. */
  readonly paths: Readonly<Record<DialectName, string>>;
  /** Has Anthropic's `count_tokens` beside its messages endpoint. */
  readonly countTokens?: boolean;
  /** Environment variables that may hold the key; the first one set wins. Empty: it needs none. */
  readonly keys: readonly string[];
  readonly auth: "bearer" | "x-api-key" | "both" | "none";
  /** Headers that every request to it carries. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly quirks: readonly Quirk[];
  /** Its id in the price catalogue. */
  readonly catalogId: string;
  /** Runs on the user's own machine: needs no key, costs nothing. */
  readonly local?: boolean;
  /** A local server whose port is its own: a base URL with this port is taken for it. */
  readonly port?: number;
  /** Shell commands for a local server: what starts it, and what downloads a model (before the model's name). */
  readonly commands?: { readonly start: string; readonly pull?: string };
}

/** All of them: the hosted ones, then the ones on the user's own machine. */
export const BUILTIN_PROVIDERS: readonly BuiltinProvider[] = [...HOSTED, ...LOCAL];

const BY_NAME = new Map<string, BuiltinProvider>();
for (const provider of BUILTIN_PROVIDERS) {
  BY_NAME.set(provider.name, provider);
  for (const alias of provider.aliases ?? []) BY_NAME.set(alias, provider);
}

/** The built-in provider of a name or alias, in any case. */
export function builtinProvider(name: string): BuiltinProvider | undefined {
  return BY_NAME.get(name.trim().toLowerCase());
}

/** Every name and alias of the built-in providers, for suggestions. */
export function builtinNames(): string[] {
  return [...BY_NAME.keys()];
}
