/**
 * What a provider reports and what it costs, read from the raw JSON and reckoned in whole numbers: by itself, without
 * any code of the program.
 */
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import type { Json } from "../../src/model/json.ts";

/** Tokens as the ledger has them. */
export interface Tokens {
  readonly input: number;
  readonly cache_read: number;
  readonly cache_write: number;
  readonly output: number;
  readonly reasoning: number;
}

/** The provider's own count of an answer; undefined where it gives none. */
export function reported(dialect: BuiltinDialect, events: readonly Json[]): Tokens | undefined {
  return REPORTS[dialect](events);
}

const REPORTS: Readonly<Record<BuiltinDialect, (events: readonly Json[]) => Tokens | undefined>> = {
  "anthropic-messages": (events) => {
    const told = events.map((event) => event.usage ?? event.message?.usage).filter((usage) => usage);
    if (told.length === 0) return undefined;
    // The counts of an answer only grow while it is told.
    const most = (key: string) => Math.max(0, ...told.map((usage) => usage[key] ?? 0));
    return {
      input: most("input_tokens"),
      cache_read: most("cache_read_input_tokens"),
      cache_write: most("cache_creation_input_tokens"),
      output: most("output_tokens"),
      reasoning: Math.max(0, ...told.map((usage) => usage.output_tokens_details?.thinking_tokens ?? 0)),
    };
  },
  "openai-chat": (events) => {
    const usage = events.map((event) => event.usage ?? event.x_groq?.usage).filter((one) => one).at(-1);
    if (usage === undefined) return undefined;
    const read = usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? 0;
    const write = usage.prompt_tokens_details?.cache_write_tokens ?? 0;
    return {
      input: usage.prompt_tokens - read - write,
      cache_read: read,
      cache_write: write,
      output: usage.completion_tokens,
      reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
    };
  },
  "openai-responses": (events) => {
    const usage = events.map((event) => event.response?.usage ?? event.usage).filter((one) => one).at(-1);
    if (usage === undefined) return undefined;
    const read = usage.input_tokens_details?.cached_tokens ?? 0;
    const write = usage.input_tokens_details?.cache_write_tokens ?? 0;
    return {
      input: usage.input_tokens - read - write,
      cache_read: read,
      cache_write: write,
      output: usage.output_tokens,
      reasoning: usage.output_tokens_details?.reasoning_tokens ?? 0,
    };
  },
};

/** A price in billionths of a micro-dollar a token, each with the words for a configuration: dollars per million. */
export interface Prices {
  readonly input: readonly [dollars: string, perToken: bigint];
  readonly output: readonly [dollars: string, perToken: bigint];
  readonly cacheRead: readonly [dollars: string, perToken: bigint];
  readonly cacheWrite: readonly [dollars: string, perToken: bigint];
}

/** `"0.337"` dollars per million tokens are 337,000,000 billionths of a micro-dollar a token. */
export function price(dollars: string): readonly [string, bigint] {
  const [whole = "", part = ""] = dollars.split(".");
  return [dollars, BigInt(whole + part.padEnd(9, "0"))];
}

/** Billionths of a micro-dollar, exact. Reasoning is part of the output. */
export function costs(tokens: Tokens, prices: Prices): bigint {
  const parts = [
    [tokens.input, prices.input],
    [tokens.cache_read, prices.cacheRead],
    [tokens.cache_write, prices.cacheWrite],
    [tokens.output, prices.output],
  ] as const;
  let sum = 0n;
  for (const [count, [, perToken]] of parts) sum += BigInt(count) * perToken;
  return sum;
}

/** Lines for `[[prices]]`. */
export function pricesToml({ input, output, cacheRead, cacheWrite }: Prices): string {
  return `input = ${input[0]}\noutput = ${output[0]}\ncache_read = ${cacheRead[0]}\ncache_write = ${
    cacheWrite[0]
  }\n`;
}
