/** Finds built-in providers by name. */
import { BUILTIN_PROVIDERS, type BuiltinProvider } from "./data/providers.ts";

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

/**
 * The built-in provider whose API another one serves, as far as its name (in lower case) or host shows: what the built-in
 * one refuses, it refuses too.
 */
export function builtinLike(name: string, hostname: string | undefined): BuiltinProvider | undefined {
  return BUILTIN_PROVIDERS.find(({ names, hosts }) =>
    names?.test(name) || (hostname !== undefined && hosts?.test(hostname))
  );
}
