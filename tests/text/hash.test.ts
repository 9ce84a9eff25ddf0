import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fnv1a } from "../../src/text/hash.ts";

/** Any UTF-16 unit, halves of pairs too. */
const ANY_UNIT = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));

test("texts have the published values of the hash", () => {
  // http://www.isthe.com/chongo/src/fnv/test_fnv.c
  assert.equal(fnv1a(""), 0x811c9dc5);
  assert.equal(fnv1a("a"), 0xe40c292c);
  assert.equal(fnv1a("foobar"), 0xbf9cf968);
});

test("every text has a whole number of 32 bits without a sign", () => {
  fc.assert(
    fc.property(fc.string({ unit: ANY_UNIT }), (text) => {
      const hash = fnv1a(text);
      assert.ok(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32);
    }),
  );
});

test("letters outside Latin-1 count with all of their bits", () => {
  assert.notEqual(fnv1a("\u0161"), fnv1a("\u0061"));
  assert.notEqual(fnv1a("翻译"), fnv1a("译翻"));
});
