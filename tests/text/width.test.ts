import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cut, widthOf, wrap } from "../../src/text/width.ts";

test("a text is cut to its width in columns, not in characters", () => {
  assert.equal(cut("abcdef", 6), "abcdef");
  assert.equal(cut("abcdefg", 6), "abcde…");
  assert.equal(cut("計画を立てる", 7), "計画を…");
  assert.equal(widthOf("計画"), 4);
  assert.equal(widthOf("e\u0301"), 1);
  assert.equal(widthOf("👩‍👩‍👧 🇩🇪 ❤️"), 8, "an emoji of several code points is one character");
  assert.equal(cut("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 5), "👩‍👩‍👧👩‍👩‍👧…");
});

test("a wrapped text keeps its characters in order, and no line is too wide", () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$/)),
      fc.integer({ min: 8, max: 40 }),
      (words, width) => {
        const wrapped = wrap(words.join(" "), width);
        assert.equal(wrapped.join("").replaceAll(" ", ""), words.join(""));
        for (const line of wrapped) assert.ok(widthOf(line) <= width);
      },
    ),
  );
});
