import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { shown, visible } from "../../src/text/visible.ts";

/** Any UTF-16 unit, halves of pairs too. */
const ANY_UNIT = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));

test("a text is shown with escapes, and what needs none is unchanged", () => {
  assert.equal(visible("a\x1b[2Jb\nc\td\r\u202ee\x9b"), "a\\u001b[2Jb\\nc\\td\\r\\u202ee\\u009b");
  assert.equal(visible("größe 翻译 👩‍👩‍👧 → …"), "größe 翻译 👩‍👩‍👧 → …");
});

test("an output keeps its lines and the program's own colours, and no other sequence", () => {
  assert.equal(shown("\x1b[31mred\x1b[39m\n\tx\r\n", true), "\x1b[31mred\x1b[39m\n\tx\r\n");
  assert.equal(shown("\x1b[31mred\x1b[39m\n", false), "\\u001b[31mred\\u001b[39m\n");
  assert.equal(
    shown("\x1b[8m\x1b[30m\x1b[1A\x1b]0;x\x07", true),
    "\\u001b[8m\\u001b[30m\\u001b[1A\\u001b]0;x\\u0007",
  );
});

test("JSON with escapes is the same JSON", () => {
  fc.assert(
    fc.property(fc.string({ unit: ANY_UNIT }), fc.boolean(), (text, colours) => {
      const json = JSON.stringify([text, { text }], null, 2);
      assert.deepEqual(JSON.parse(shown(json, colours)), JSON.parse(json));
    }),
  );
});

test("whatever the text, nothing in it ends a line or begins a sequence", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("\x1b", "[31m", "\n", "\x9b", "\u2028", "a") }), (text) => {
      // deno-lint-ignore no-control-regex -- these are the characters
      assert.doesNotMatch(visible(text), /[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
    }),
  );
});
