import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenize } from "../../src/classifier/tokens.ts";
import { lexica } from "../../src/classifier/words/lexicon.ts";

const lists = lexica();

test("a hyphen joins words to a name that means something else", () => {
  const tokens = tokenize("write-ahead log", lists.unspaced);
  assert.deepEqual(tokens.words, ["write", "ahead", "log"]);
  assert.deepEqual(tokens.joined, [false, true, false]);
});

test("sentences, clauses and questions are recognised", () => {
  const { sentences, questions, words } = tokenize(
    "One, two; three. Is it four? See 1,000 in a.b.c!\nFive",
    lists.unspaced,
  );
  assert.deepEqual(sentences, [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3]);
  assert.deepEqual(questions, [false, true, false, false]);
  assert.ok(words.includes("1,000") && words.includes("a.b.c"));
});

test("a line that was wrapped by hand continues", () => {
  const text = "please plan the whole migration of the order service and don't write any\ncode yet";
  assert.equal(new Set(tokenize(text, lists.unspaced).sentences).size, 1);
});
