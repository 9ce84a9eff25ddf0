import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { PhraseIndex } from "../../src/text/phrases.ts";

/** The phrases of a list that a text holds, as they are written there. */
function found(phrases: readonly string[], text: string): (string | undefined)[] {
  const index = new PhraseIndex();
  const ids = phrases.map((phrase) => index.add(phrase));
  const places = index.in(text);
  return ids.map((id) => id === undefined ? undefined : places.get(id)?.text);
}

test("whole words and phrases are found in any case, over any white space", () => {
  assert.deepEqual(found(["root cause", "plan", "C++"], "Root\n  CAUSE of the planet, in c++."), [
    "Root\n  CAUSE",
    undefined,
    "c++",
  ]);
});

test("a blank phrase is nowhere, and the same phrase has one number", () => {
  const index = new PhraseIndex();
  assert.equal(index.add("  "), undefined);
  assert.equal(index.add("Fix  it"), index.add("fix it"));
});

test("scripts without spaces match anywhere, and end the words beside them", () => {
  assert.deepEqual(found(["翻译", "redis"], "请翻译，用redis做"), ["翻译", "redis"]);
});

test("the first place of a phrase counts", () => {
  const index = new PhraseIndex();
  const id = index.add("b")!;
  assert.equal(index.in("a b B").get(id)!.at, 2);
});

test("any index finds what a search of each phrase by itself finds", () => {
  const word = fc.stringMatching(/^[ab+é中]{1,4}$/);
  const phrase = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(" "));
  const text = fc.array(fc.oneof(word, fc.constantFrom(" ", "\n", ", ", "-")), { maxLength: 40 }).map((all) =>
    all.join("")
  );
  fc.assert(fc.property(fc.array(phrase, { maxLength: 6 }), text, (phrases, where) => {
    assert.deepEqual(found(phrases, where), phrases.map((one) => slow(one, where)));
  }));
});

/** The same by a regular expression. */
function slow(phrase: string, text: string): string | undefined {
  const letter = "[\\p{L}\\p{M}\\p{N}_]";
  const inside = (side: string) => `(?${side}(?![\\p{Script=Han}])${letter})`;
  const before = `(?<!(?!\\p{Script=Han})${letter})`;
  const source = phrase.replace(/[+]/g, "\\+").replace(/ /g, "\\s+");
  const isLetter = (character: string) => /[ab\u00e9]/.test(character);
  const pattern = (isLetter(phrase[0]!) ? before : "") + source +
    (isLetter(phrase.at(-1)!) ? inside("!") : "");
  return new RegExp(pattern, "iu").exec(text)?.[0];
}
