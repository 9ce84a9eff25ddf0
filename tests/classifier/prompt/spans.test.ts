import assert from "node:assert/strict";
import { test } from "node:test";
import { spanCutter } from "../../../src/classifier/prompt/spans.ts";
import { INJECTED_SPANS } from "../../../src/clients/agents.ts";

const OPEN = "<system-reminder>";
const CLOSE = "</system-reminder>";
const MEGABYTE = 1_000_000;
const HOSTILE: readonly (readonly [what: string, unit: string, end?: string])[] = [
  ["openers", OPEN],
  ["openers and one closer", OPEN, CLOSE],
  ["closers", CLOSE],
  ["pairs", OPEN + CLOSE],
  ["crossed pairs", `${OPEN}<total_tokens>${CLOSE}</total_tokens>`],
  ["openers of two kinds", `${OPEN}<total_tokens>`],
  ["nearly openers", "<system-reminder "],
  ["angles", "<"],
];
for (const [what, unit, end = ""] of HOSTILE) {
  test(`a megabyte of ${what} is read a bounded number of times over`, () => {
    let read = 0;
    const count = (text: string, needle: string, from: number) => {
      const at = text.indexOf(needle, from);
      read += (at < 0 ? text.length : at + needle.length) - from;
      return at;
    };
    const text = unit.repeat(MEGABYTE / unit.length) + end;
    spanCutter(INJECTED_SPANS)(text, count);
    assert.ok(read <= 8 * text.length, `${read / text.length} times`);
  });
}
