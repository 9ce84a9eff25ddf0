/** Names a session to a provider, so that its requests reach the machine that has their cache. */
import { createHash } from "node:crypto";
import { SESSION_HEADERS } from "../catalog/quirks.ts";
import type { Dialect, Lesson } from "../dialects/dialect.ts";
import type { Exchange } from "./exchange.ts";

/**
 * A session's name for a provider: the same for all its requests, and nothing can be read from it. 32 hex digits.
 * @param conversation the name under which the session is remembered
 */
export function cacheKeyOf(conversation: string): string {
  return createHash("sha256").update(`cache ${conversation}`).digest("hex").slice(0, 32);
}

export interface CacheKeyOptions {
  readonly exchange: Pick<Exchange, "conversation">;
  readonly quirks: readonly string[];
  /** What the provider speaks. */
  readonly dialect: Dialect;
  readonly learned: readonly Lesson[];
}

/** The body's field for a session's key and its value; undefined: the provider reads none, or refused it, or there is no session. */
export function cacheKeyField(
  { exchange: { conversation }, quirks, dialect: { cacheKey }, learned }: CacheKeyOptions,
): Readonly<Record<string, string>> | undefined {
  if (cacheKey === undefined || conversation === undefined || !quirks.includes("cache-key")) return undefined;
  if (learned.some(({ kind, name }) => kind === "field" && name === cacheKey)) return undefined;
  return { [cacheKey]: cacheKeyOf(conversation) };
}

/** Adds the header in which a provider wants the session; one that the client sent stays. */
export function addSessionHeader(
  headers: Record<string, string>,
  { exchange: { conversation }, quirks }: Pick<CacheKeyOptions, "exchange" | "quirks">,
): void {
  if (conversation === undefined) return;
  for (const quirk of quirks) {
    const name = SESSION_HEADERS[quirk as keyof typeof SESSION_HEADERS];
    if (name !== undefined) headers[name] ??= cacheKeyOf(conversation);
  }
}
