import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  isSealed,
  makerField,
  makerIn,
  openSecret,
  seal,
  sealSecret,
  unseal,
} from "../../../src/dialects/shared/seal.ts";

const word = fc.string({ unit: "grapheme", maxLength: 30 });
const MAKER = { provider: "p", key: "ü", model: "m" };

test("any fields survive a seal, in characters that headers and JSON take as they are", () => {
  fc.assert(fc.property(fc.dictionary(word, fc.jsonValue(), { noNullPrototype: true }), (fields) => {
    const sealed = seal(fields);
    assert.match(sealed, /^tlp1\.[A-Za-z0-9_-]*$/);
    assert.equal(isSealed(sealed), true);
    assert.deepEqual(unseal(sealed), JSON.parse(JSON.stringify(fields)));
  }));
});

test("other text is not a seal, and a damaged seal holds nothing", () => {
  for (const text of ["", "EvQBCkYI", "tlp1", "TLP1.e30", " tlp1.e30"]) {
    assert.deepEqual([isSealed(text), unseal(text)], [false, undefined]);
  }
  for (const odd of [undefined, null, 7, ["tlp1."]]) assert.equal(isSealed(odd), false);
  // Not JSON, null, a list and a text.
  for (const damaged of ["tlp1.", "tlp1.!!!", "tlp1.bnVsbA", "tlp1.W10", "tlp1.Ing"]) {
    assert.deepEqual(unseal(damaged), {});
  }
});

test("a seal that was cut anywhere never throws", () => {
  const whole = seal({ x: "secret", m: ["p", "k", "日本"] });
  for (let end = 0; end < whole.length; end++) openSecret(whole.slice(0, end));
});

test("a secret comes back with its maker, and as it was where nobody is known", () => {
  fc.assert(fc.property(word, (secret) => {
    assert.deepEqual(openSecret(sealSecret(secret, MAKER)), { secret, maker: MAKER });
  }));
  assert.equal(sealSecret("gAAA", undefined), "gAAA");
  assert.deepEqual(openSecret("gAAA"), { secret: "gAAA" });
});

test("a seal of something else holds no secret", () => {
  assert.deepEqual(openSecret(seal({ g: "signature", ...makerField(MAKER) })), {});
  assert.deepEqual(openSecret(seal({ x: 7 })), {});
});

test("a maker of odd form is nobody", () => {
  assert.deepEqual(makerIn({ m: ["p", "ü", "m"] }), { maker: MAKER });
  assert.deepEqual(makerIn({ m: ["p"] }), { maker: { provider: "p", key: "", model: "" } });
  for (const m of [undefined, "p", {}, ["p", 7, "m"], [null]]) assert.deepEqual(makerIn({ m }), {});
  assert.deepEqual(makerField(undefined), {});
});
