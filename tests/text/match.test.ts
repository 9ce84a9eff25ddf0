import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { editDistance, globPattern, nearest } from "../../src/text/match.ts";

test("the nearest name is near: something else altogether gets no suggestion", () => {
  assert.equal(nearest("port", ["host", "timeout_ms"]), undefined);
  assert.equal(nearest("opneai", ["openai", "openrouter"]), "openai");
  assert.equal(nearest("x", ["y"]), "y");
});

test("edit distance is a distance", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });
  fc.assert(fc.property(word, word, (a, b) => {
    const distance = editDistance(a, b);
    assert.equal(distance === 0, a === b);
    assert.equal(distance, editDistance(b, a));
    assert.ok(distance >= Math.abs(a.length - b.length) && distance <= Math.max(a.length, b.length));
  }));
  assert.equal(editDistance("opneai", "openai"), 1);
});

test("a pattern without stars matches its own text only, whatever characters it has", () => {
  const name = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !/[*?]/.test(text));
  fc.assert(fc.property(name, name, (glob, other) => {
    assert.ok(globPattern(glob).test(glob));
    assert.equal(globPattern(glob).test(other), new RegExp(`^${RegExp.escape(glob)}$`, "i").test(other));
    assert.ok(globPattern(`${glob}*`).test(glob + other));
  }));
});
