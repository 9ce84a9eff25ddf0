/**
 * Providers' caches as they behave, for replays: what a target has of a session, until when, and what a request reads and
 * writes of it. It knows the conversation itself (what was compacted, what every request begins with), which the proxy
 * only infers: the proxy's reckoning is measured against it.
 */
import type { PricedCatalog } from "../../src/config/priced-catalog.ts";
import type { Target } from "../../src/model/target.ts";
import type { Usage } from "../../src/model/usage.ts";
import type { TracedRequest } from "./traces.ts";

/** What one target has read of a session. */
export interface Entry {
  /** Tokens. */
  readonly tokens: number;
  /** How often the conversation had been compacted by then. */
  readonly compactions: number;
  /** Milliseconds since the session's beginning. */
  readonly at: number;
}

/** What the targets have of a session, by `provider,model`. */
export type Caches = ReadonlyMap<string, Entry>;

export const nameOf = ({ provider, model }: Target): string => `${provider},${model}`;

/** Whether a target's entry is still there at a time. */
export function isAlive(catalog: PricedCatalog, target: Target, entry: Entry, at: number): boolean {
  const cache = catalog.find(target)?.cache;
  return cache !== undefined && at - entry.at <= cache.lifeMs;
}

/** What a request uses at a target, and what the target has of the session afterwards. */
export function served(
  catalog: PricedCatalog,
  target: Target,
  entry: Entry | undefined,
  { request, system }: { readonly request: TracedRequest; readonly system: number },
): { readonly usage: Usage; readonly entry: Entry | undefined } {
  const { context, output, at, compactions } = request;
  const rest = { output, reasoning: 0 };
  const cache = catalog.find(target)?.cache;
  if (cache === undefined || context < cache.leastTokens) {
    return { usage: { input: context, cacheRead: 0, cacheWrite: 0, ...rest }, entry: undefined };
  }
  let read = 0;
  if (entry !== undefined && isAlive(catalog, target, entry, at)) {
    const shared = entry.compactions === compactions ? entry.tokens : Math.min(entry.tokens, system);
    read = Math.min(shared, context);
    if (read < cache.leastTokens) read = 0;
  }
  const fresh = context - read;
  const usage = cache.kind === "marked"
    ? { input: 0, cacheRead: read, cacheWrite: fresh, ...rest }
    : { input: fresh, cacheRead: read, cacheWrite: 0, ...rest };
  return { usage, entry: { tokens: context, compactions, at } };
}
