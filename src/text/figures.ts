/** Dollars, times and tokens as people read them. */
import type { Price } from "../model/price.ts";

/** `$15`, `$0.25`, `$0.05`. */
export function dollars(amount: number): string {
  if (amount === 0) return "$0";
  if (Number.isInteger(amount)) return `$${amount}`;
  return amount >= 0.01
    ? `$${amount.toFixed(amount < 0.1 && !isCents(amount) ? 3 : 2)}`
    : `$${Number(amount.toPrecision(2))}`;
}

const isCents = (amount: number) => Math.abs(amount * 100 - Math.round(amount * 100)) < 1e-9;

/** What a request cost: `$0.0123`, `$0.000184`. Undefined: not known. */
export function cost(amount: number | undefined): string {
  if (amount === undefined) return "unknown";
  return amount === 0 ? "$0" : `$${amount.toFixed(amount >= 1 ? 2 : amount >= 0.01 ? 4 : 6)}`;
}

/** Input and output per million tokens, for two columns. Undefined: not known. */
export function prices(price: Price | undefined): readonly [string, string] {
  return price === undefined ? ["?", "?"] : [dollars(price.input), dollars(price.output)];
}

/** Milliseconds: `48 µs`, `1.2 ms`, `3.4 s`. */
export function duration(ms: number): string {
  if (ms < 1) return `${Math.max(1, Math.round(ms * 1000))} µs`;
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Tokens: `128k`, `1M`. 0: not known. */
export function tokens(count: number): string {
  if (count === 0) return "?";
  if (count >= 1_000_000) return `${Number((count / 1_000_000).toFixed(1))}M`;
  return count >= 1000 ? `${Math.round(count / 1000)}k` : String(count);
}
