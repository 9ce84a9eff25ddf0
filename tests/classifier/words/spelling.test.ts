import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { inflections, misspellings, typosOf } from "../../../src/classifier/words/spelling.ts";

const words = ["plan", "planning", "implement", "implementation", "refactor", "write", "rewrite"];
const typos = typosOf(words);

test("every slip of a word means that word, or an earlier one that shares it", () => {
  for (const word of words) {
    for (const slip of misspellings(word)) {
      const first = words.find((candidate) => misspellings(candidate).includes(slip));
      assert.equal(typos(slip), first, slip);
    }
  }
});

test("a word that is not a slip means nothing, whatever it is", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z]{3,12}$/)), (word) => {
      const meant = typos(word);
      assert.equal(meant !== undefined, words.some((candidate) => misspellings(candidate).includes(word)));
    }),
    { numRuns: 2000 },
  );
});

test("the words themselves are not slips of themselves", () => {
  for (const word of words) assert.notEqual(typos(word), word);
});

test("without words nothing is a slip", () => {
  assert.equal(typosOf([])("plna"), undefined);
});

test("inflections are made by the rules of English", () => {
  assert.deepEqual(inflections("plan"), ["plan", "plans", "planning", "planned"]);
  assert.deepEqual(inflections("write"), ["write", "writes", "writing", "wrote", "written"]);
  assert.deepEqual(inflections("create"), ["create", "creates", "creating", "created"]);
  assert.deepEqual(inflections("develop"), ["develop", "develops", "developing", "developed"]);
  assert.deepEqual(inflections("copy"), ["copy", "copies", "copying", "copied"]);
  assert.deepEqual(inflections("fix"), ["fix", "fixes", "fixing", "fixed"]);
});

test("misspellings never make a real word out of another", () => {
  for (
    const [word, never] of [["plan", "plant"], ["plan", "plane"], ["plan", "pan"], ["create", "crate"], [
      "write",
      "white",
    ]]
  ) {
    assert.ok(!misspellings(word!).includes(never!), `${word} → ${never}`);
  }
  for (
    const [word, slip] of [["build", "bulid"], ["implement", "implment"], ["rename", "renmae"], [
      "script",
      "scirpt",
    ]]
  ) {
    assert.ok(misspellings(word!).includes(slip!), `${word} → ${slip}`);
  }
});
