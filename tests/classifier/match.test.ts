import assert from "node:assert/strict";
import { test } from "node:test";
import { lexica } from "../../src/classifier/words/lexicon.ts";
import { match } from "../../src/classifier/match.ts";
import { tokenize } from "../../src/classifier/tokens.ts";

const lists = lexica();

/** The groups' phrases found in a text, as `group: words`. */
function found(text: string, group: string, language = "en"): string[] {
  const tokens = tokenize(text, lists.unspaced);
  return match(tokens, lists.of(language)).filter(({ role }) => role === group)
    .map(({ start, end }) => tokens.words.slice(start, end).join(" "));
}

test("only whole words match", () => {
  assert.deepEqual(found("explanation of planets by airplane, encoded by a codec", "plan"), []);
  assert.deepEqual(found("plan, plans; planned. Planning!", "plan"), [
    "plan",
    "plans",
    "planned",
    "planning",
  ]);
});

test("identifiers, paths, calls and names of files are not words", () => {
  assert.deepEqual(
    found("planId plan_id src/plan plan.md *.plan plan() --plan @plan plan/x $plan", "plan"),
    [],
  );
});

test("phrases match over their gaps, and not over the end of a sentence", () => {
  assert.equal(found("break the big ticket down into commits", "steps").length, 1);
  assert.equal(found("it may break. The rest goes into commits", "steps").length, 0);
});

test("verbs of requests match at the beginning of a clause, after words of courtesy", () => {
  for (
    const text of [
      "rename it",
      "could you please rename it",
      "ok so, rename it",
      "fix it and rename it",
      "we need to rename it",
    ]
  ) {
    assert.deepEqual(found(text, "clerical"), ["rename"], text);
  }
  assert.deepEqual(found("the rename failed", "clerical"), []);
});
