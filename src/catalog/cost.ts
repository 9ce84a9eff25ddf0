/** What tokens cost. Pure. */
import type { Usage } from "../model/usage.ts";
import type { CostParts, Price, Rates, TokenCost } from "../model/price.ts";

/**
 * Dollars for the tokens of a request, exact to far below the micro-dollar; undefined where the price is unknown.
 *
 * Which rates hold depends on the hour (where the price has hours) and on the size of the context, cached tokens
 * included. Cache writes that live for an hour cost twice the input where a plain write costs 1.25 times it, as
 * Anthropic has it (https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching#pricing); elsewhere they cost
 * what a write costs.
 *
 * @param minuteOfDay minutes after midnight UTC; undefined: the price outside all hours
 */
export function cost(usage: Usage, price: Price | undefined, minuteOfDay?: number): number | undefined {
  if (price === undefined) return undefined;
  const { input, cacheRead, cacheWrite, output } = picoParts(usage, price, minuteOfDay);
  return (input + cacheRead + cacheWrite + output) / PICO;
}

/** {@link cost} with its parts; the same arguments. */
export function tokenCost(
  usage: Usage,
  price: Price | undefined,
  minuteOfDay?: number,
): TokenCost | undefined {
  if (price === undefined) return undefined;
  const { input, cacheRead, cacheWrite, output } = picoParts(usage, price, minuteOfDay);
  return {
    total: (input + cacheRead + cacheWrite + output) / PICO,
    input: input / PICO,
    cacheRead: cacheRead / PICO,
    cacheWrite: cacheWrite / PICO,
    output: output / PICO,
  };
}

function picoParts(usage: Usage, price: Price, minuteOfDay: number | undefined): CostParts {
  const rates = ratesAt(price, usage.input + usage.cacheRead + usage.cacheWrite, minuteOfDay);
  const write = rates.cacheWrite ?? rates.input;
  const writeHour = rates.cacheWrite1h ?? (isAnthropicLike(rates) ? rates.input * 2 : write);
  const hourLong = Math.min(usage.cacheWrite1h ?? 0, usage.cacheWrite);
  const reasoning = rates.reasoning === undefined ? 0 : Math.min(usage.reasoning, usage.output);
  return {
    input: part(usage.input, rates.input),
    cacheRead: part(usage.cacheRead, rates.cacheRead ?? rates.input),
    cacheWrite: part(usage.cacheWrite - hourLong, write) + part(hourLong, writeHour),
    output: part(usage.output - reasoning, rates.output) + part(reasoning, rates.reasoning ?? rates.output),
  };
}

/** Sums are made in whole millionths of a micro-dollar, so that no rounding of fractions adds up. */
const PICO = 1e12;

function part(tokens: number, dollarsPerMillion: number): number {
  return tokens * Math.round(dollarsPerMillion * (PICO / 1e6));
}

/**
 * The rates of a price that hold for a context of so many tokens, cached ones included.
 * @param minuteOfDay minutes after midnight UTC; undefined: the price outside all hours
 */
export function ratesAt(price: Price, context: number, minuteOfDay: number | undefined): Rates {
  const hours = minuteOfDay === undefined
    ? undefined
    : price.hours?.find(({ from, to }) =>
      from <= to ? minuteOfDay >= from && minuteOfDay < to : minuteOfDay >= from || minuteOfDay < to
    );
  const now = hours?.price ?? price;
  return now.tiers?.findLast(({ fromTokens }) => context >= fromTokens)?.price ?? now;
}

function isAnthropicLike({ input, cacheWrite }: Rates): boolean {
  return cacheWrite !== undefined && input > 0 && Math.abs(cacheWrite / input - 1.25) < 1e-6;
}
