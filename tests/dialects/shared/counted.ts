/** Texts whose tokens were counted, to hold estimates against. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** Counted with the tokenizer o200k_base (gpt-tokenizer 3). */
export const COUNTED: Readonly<Record<string, number>> = {
  prose: 288,
  typescript: 429,
  python: 451,
  rust: 372,
  json: 361,
  chinese: 216,
};

/** A text that was counted. */
export const read = (name: string) =>
  readFileSync(new URL(`../../fixtures/tokens/${name}.txt`, import.meta.url), "utf8");

/** Fails where an estimate is off by more than a share of what was counted. */
export function within(estimate: number, counted: number, share: number, label: string): void {
  const off = estimate / counted - 1;
  assert.ok(
    Math.abs(off) <= share,
    `${label}: ${estimate} instead of ${counted}, ${(off * 100).toFixed(1)} % off`,
  );
}
