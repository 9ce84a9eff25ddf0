import assert from "node:assert/strict";
import { test } from "node:test";
import { Concepts, FORMS, phraseHash } from "../../../src/classifier/learned/concepts.ts";
import { hashOf } from "../../../src/classifier/learned/hash.ts";
import { SORTS } from "../../../src/classifier/learned/text.ts";

const word = (text: string) => hashOf(text, SORTS.word);

/** A lexicon of these forms. */
function lexicon(...forms: (readonly [hash: number, id: number])[]): Concepts {
  return new Concepts(Uint32Array.from(forms, ([hash]) => hash), Uint8Array.from(forms, ([, id]) => id));
}

/** What is found in words: [id, token]. */
function inWords(concepts: Concepts, text: string): [number, number][] {
  const tokens = text.split(" ");
  const found: [number, number][] = [];
  concepts.inWords(tokens, tokens.map(word), (id, at) => found.push([id, at]));
  return found;
}

test("a whole word and a phrase of up to four are found where they begin", () => {
  const concepts = lexicon(
    [word("commit"), 1],
    [phraseHash(["laufen", "lassen"].map(word)), 2],
    [phraseHash(["a", "b", "c", "d"].map(word)), 3],
    [phraseHash(["a", "b", "c", "d", "e"].map(word)), 4],
  );
  assert.deepEqual(inWords(concepts, "tests laufen lassen commit"), [[2, 1], [1, 3]]);
  assert.deepEqual(inWords(concepts, "a b c d e"), [[3, 0]]);
  assert.deepEqual(inWords(concepts, "lassen laufen committed"), []);
});

test("the beginning of a word is found from two letters to twelve", () => {
  const prefix = (text: string) => hashOf(text, FORMS.prefix);
  const concepts = lexicon([prefix("im"), 1], [prefix("implementaci"), 2], [prefix("implementacio"), 3]);
  assert.deepEqual(inWords(concepts, "implementacion"), [[1, 0], [2, 0]]);
  assert.deepEqual(inWords(concepts, "im"), [[1, 0]]);
  assert.deepEqual(inWords(concepts, "i"), []);
});

test("characters anywhere are found in scripts without spaces, and not in ASCII", () => {
  const inside = (text: string) => hashOf(text, FORMS.inside);
  const concepts = lexicon([inside("提交"), 5], [inside("go"), 6]);
  const found: [number, number][] = [];
  concepts.inCharacters("请提交代码 go 提", (id, at) => found.push([id, at]));
  assert.deepEqual(found, [[5, 1]]);
});

test("a form of several concepts gives all of them, and a full table ends its search", () => {
  const ids = Array.from({ length: 200 }, (_, i) => i);
  const concepts = lexicon(...ids.map((id) => [word("both"), id] as const));
  assert.deepEqual(inWords(concepts, "both").map(([id]) => id), ids);
  assert.deepEqual(inWords(concepts, "none"), []);
});

test("an empty lexicon finds nothing in any text", () => {
  assert.deepEqual(inWords(lexicon(), ""), []);
  lexicon().inCharacters("漢字", () => assert.fail("nothing is there"));
});
