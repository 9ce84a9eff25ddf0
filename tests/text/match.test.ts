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

test("a pattern matches as its regular expression would, star by star", () => {
  const unit = fc.constantFrom("a", "B", "b", "*", "?", ".", "É", "é", "ß", "\n");
  const text = fc.string({ unit, maxLength: 12 });
  fc.assert(
    fc.property(text, text, (glob, name) => {
      const source = glob.trim().split("").map((one) =>
        one === "*" ? "[^]*" : one === "?" ? "[^]" : RegExp.escape(one)
      );
      const expression = new RegExp(`^${source.join("")}$`, "i");
      const pattern = globPattern(glob);
      assert.equal(pattern.test(name), expression.test(name), JSON.stringify([glob, name]));
      assert.equal(pattern.test(name), pattern.test(name), "it has no memory");
    }),
    { numRuns: 2000 },
  );
});
