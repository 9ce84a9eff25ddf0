import assert from "node:assert/strict";
import { test } from "node:test";
import { lexica, unspacedWords } from "../../../src/classifier/words/lexicon.ts";
import type { LanguageWords } from "../../../src/classifier/words/groups.ts";

const list = (plan: string): LanguageWords => ({
  code: "xx",
  common: "",
  joiners: "",
  fillers: "",
  words: { plan },
  heads: {},
  negation: { before: "", beforeShort: "", around: "", after: "", not: "", ends: "" },
});

test("words of scripts without spaces are found by their first character, the longest first", () => {
  const at = unspacedWords([list("計画, 計画する, 設計 .. 概要/要約, plan")]);
  assert.deepEqual(at("計".charCodeAt(0)), ["計画する", "計画"]);
  assert.deepEqual(at("概".charCodeAt(0)), ["概要"]);
  assert.deepEqual(at("要".charCodeAt(0)), ["要約"]);
  assert.equal(at("p".charCodeAt(0)), undefined);
});

test("lists without such words add nothing", () => {
  assert.equal(unspacedWords([list("plan, plan the _")])("計".charCodeAt(0)), undefined);
});

test("the same words give the same tables", () => {
  const extra = { plan: ["x"], implementation: [], think: [], background: [], negation: [] };
  assert.equal(lexica(extra), lexica(extra));
  assert.equal(lexica(extra).of("de"), lexica(extra).of("de"));
});
