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
