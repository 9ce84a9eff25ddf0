import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Concepts } from "../../../src/classifier/learned/concepts.ts";
import { hashOf } from "../../../src/classifier/learned/hash.ts";
import { Cutter, normalized, piecesOf, SORT_COUNT, SORTS } from "../../../src/classifier/learned/text.ts";

const NONE = new Concepts(new Uint32Array(), new Uint8Array());
const word = (text: string) => hashOf(text, SORTS.word);
const LEXICON = new Concepts(Uint32Array.from([word("commit"), word("push")]), Uint8Array.from([7, 9]));

/** How many pieces of each sort a text has. */
function sorts(text: string, concepts = NONE, letters = true): Partial<Record<keyof typeof SORTS, number>> {
  const { bySort } = piecesOf(normalized(text), concepts, letters);
  return Object.fromEntries(
    Object.entries(SORTS).filter(([, sort]) => bySort[sort]! > 0).map(([name, sort]) => [name, bySort[sort]]),
  );
}

test("a text is in lower case, without accents, with every number the same", () => {
  assert.equal(normalized("Überprüfe Zeile 1234, don’t"), "uberprufe zeile 0, don't");
  assert.equal(normalized("İmplementación 2.0"), "implementacion 0.0");
  assert.equal(normalized("ﬁle ｆｕｌｌ"), "file full");
  assert.equal(normalized("漢字 한글"), "漢字 한글");
  assert.equal(normalized(""), "");
});

test("words and signs are pieces, with each pair of neighbours", () => {
  assert.deepEqual(sorts("fix it!", NONE, false), { word: 3, pair: 2 });
  assert.deepEqual(sorts("", NONE), {});
  const { words, tokens, head, last } = piecesOf("fix it !", NONE, false);
  assert.deepEqual([words, tokens], [2, ["fix", "it", "!"]]);
  assert.deepEqual(head, [word("fix"), word("it"), 0]);
  assert.equal(last, word("!"));
});

test("beginnings and ends of words are pieces where they are asked for", () => {
  assert.equal(sorts("add").letters, undefined);
  assert.equal(sorts("adds").letters, 2);
  assert.equal(sorts("implementation").letters, 4);
  assert.equal(sorts("implementation", NONE, false).letters, undefined);
});

test("single characters and pairs are pieces in scripts without spaces", () => {
  assert.equal(sorts("提交").character, 3);
  assert.equal(sorts("commit").character, undefined);
});

test("a concept counts once, at the head if it begins there, and in pairs with the one before", () => {
  assert.deepEqual(sorts("commit", LEXICON, false), {
    word: 1,
    concept: 1,
    conceptAtHead: 1,
    firstConcept: 1,
  });
  const { concept, conceptAtHead, firstConcept, conceptPair } = sorts(
    "a b c commit commit push",
    LEXICON,
    false,
  );
  assert.deepEqual([concept, conceptAtHead, firstConcept, conceptPair], [2, undefined, 1, 2]);
  assert.deepEqual([...piecesOf("push commit", LEXICON, false).concepts], [9, 7]);
});

test("a text of any length has a bounded number of pieces, counted by sort", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
    const { count, bySort, hashes, sorts } = piecesOf(normalized(text), LEXICON, true);
    assert.equal(bySort.length, SORT_COUNT);
    assert.equal(bySort.reduce((sum, one) => sum + one, 0), count);
    assert.ok(count <= hashes.length && sorts.subarray(0, count).every((sort) => sort < SORT_COUNT));
  }));
  const { count, hashes, words } = piecesOf("word ".repeat(50_000), NONE, true);
  assert.deepEqual([count, words], [hashes.length, 50_000]);
});

test("a cutter that is used again gives what a new one gives", () => {
  const cutter = new Cutter();
  piecesOf("a longer text with many more words", LEXICON, true, cutter);
  const again = piecesOf("commit it", LEXICON, true, cutter);
  const fresh = piecesOf("commit it", LEXICON, true);
  assert.deepEqual(again.hashes.subarray(0, again.count), fresh.hashes.subarray(0, fresh.count));
  assert.deepEqual([...again.bySort], [...fresh.bySort]);
});
