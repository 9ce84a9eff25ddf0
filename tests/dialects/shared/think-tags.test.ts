import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Parted, ThinkTags } from "../../../src/dialects/shared/think-tags.ts";

/** What an answer in these pieces holds. */
function parted(...pieces: readonly string[]): Parted {
  const tags = new ThinkTags();
  const all = [...pieces.map((piece) => tags.read(piece)), tags.rest()];
  return {
    thought: all.map(({ thought }) => thought).join(""),
    words: all.map(({ words }) => words).join(""),
  };
}

const CASES: readonly (readonly [what: string, content: string, thought: string, words: string])[] = [
  ["thinking before the answer", "\n<think>\na < b\n</think>\n\nYes.", "a < b\n", "Yes."],
  ["an answer without thinking", "No <think> here.", "", "No <think> here."],
  ["thinking that never ends", "<think>a</thi", "a</thi", ""],
  ["thinking of nothing", "<think>\n\n</think>\n\nYes.", "", "Yes."],
  ["a beginning that only looks like a tag", "<thing>", "", "<thing>"],
  ["an answer of a beginning alone", "<th", "", "<th"],
  ["no answer", "", "", ""],
];
for (const [what, content, thought, words] of CASES) {
  test(`${what} is parted, whole and sign by sign`, () => {
    assert.deepEqual(parted(content), { thought, words });
    assert.deepEqual(parted(...content), { thought, words });
  });
}

test("property: wherever an answer is cut, its parts are the same", () => {
  const content = fc.array(
    fc.constantFrom("<think>", "</think>", "<", "</", "think>", "a", " ", "\n", "é"),
    { maxLength: 12 },
  ).map((signs) => signs.join(""));
  fc.assert(fc.property(content, fc.array(fc.nat(40), { maxLength: 5 }), (text, cuts) => {
    const at = [0, ...cuts.sort((a, b) => a - b), text.length];
    const pieces = at.slice(1).map((to, i) => text.slice(at[i], to));
    assert.deepEqual(parted(...pieces), parted(text));
  }));
});
