import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { wellFormedJson } from "../../src/json/well-formed.ts";

test("half a pair of surrogates is replaced, whole pairs and all other escapes stay", () => {
  const text = String.raw`{"a":"\ud83d\ude00 \ud83d x \ude00 \\ud83d \"\n\u00e9"}`;
  assert.equal(wellFormedJson(text), String.raw`{"a":"\ud83d\ude00 \ufffd x \ufffd \\ud83d \"\n\u00e9"}`);
});

test("what comes out says the same in whole characters", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string(), (text, tail) => {
    const broken = text + "\ud83d" + tail;
    assert.equal(JSON.parse(wellFormedJson(JSON.stringify(broken))), broken.toWellFormed());
  }));
});
