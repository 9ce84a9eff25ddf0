/** Which keys a provider is called with, and why it has none. */
import type { BuiltinProvider } from "../catalog/providers.ts";
import type { KeyPath } from "./positions.ts";
import type { Env } from "./references.ts";
import type { Report } from "./report.ts";
import type { ProviderBlock } from "./schema.ts";

export interface Keys {
  readonly keys: readonly string[];
  readonly passthrough: boolean;
  /** `GROQ_API_KEY is not set`; undefined where the provider can be called. */
  readonly problem?: string;
}

export const NO_KEYS: Keys = { keys: [], passthrough: false };

/** The keys of a built-in provider that the file says nothing of: the first of its variables that is set. */
export function builtinKeys(builtin: BuiltinProvider, env: Env): Keys {
  if (builtin.keys.length === 0) return NO_KEYS;
  for (const name of builtin.keys) {
    const key = env[name]?.trim();
    if (key) return unusable(key) ?? { keys: [key], passthrough: false };
  }
  const [first, ...others] = builtin.keys;
  const also = others.length === 0 ? "" : ` (nor ${others.join(" nor ")})`;
  return { ...NO_KEYS, problem: `${first} is not set${also}` };
}

/** The keys that a `[[providers]]` block gives; undefined when it gives none. */
export function blockKeys(block: ProviderBlock, path: KeyPath, report: Report): Keys | undefined {
  const given: { key: string; path: KeyPath }[] = [];
  if (block.api_key !== undefined) given.push({ key: block.api_key, path: [...path, "api_key"] });
  block.api_keys?.forEach((key, index) => given.push({ key, path: [...path, "api_keys", index] }));
  if (given.some(({ key }) => key.trim().toLowerCase() === "passthrough")) {
    return { keys: [], passthrough: true };
  }

  const keys: string[] = [];
  const reasons: string[] = [];
  for (const one of given) {
    const unresolved = report.takeUnresolved(one.path);
    const key = one.key.trim();
    if (unresolved.length > 0) reasons.push(...unresolved.map(({ reason }) => reason));
    else if (key !== "") {
      const bad = unusable(key)?.problem;
      if (bad !== undefined) reasons.push(bad);
      else if (!keys.includes(key)) keys.push(key);
    }
  }
  if (keys.length > 0) {
    for (const reason of reasons) report.warn([...path, "api_keys"], `${reason}: the other keys are used.`);
    return { keys, passthrough: false };
  }
  return reasons.length === 0 ? undefined : { ...NO_KEYS, problem: reasons.join("; ") };
}

/** A text that stands for a key but cannot be one. */
function unusable(key: string): Keys | undefined {
  const why = /^op:\/\//.test(key)
    ? "the key is a 1Password reference (op://…) that nothing has resolved; start with `op run --`"
    // deno-lint-ignore no-control-regex -- exactly what a header's value must not hold
    : /[\u0000-\u001f\u007f-\uffff]/.test(key)
    ? "the key holds characters that no HTTP header can carry"
    : undefined;
  return why === undefined ? undefined : { ...NO_KEYS, problem: why };
}
