import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mask } from "../../../src/classifier/prompt/mask.ts";

/** What is left of a text, white space and marks of masked spans made one space. */
const left = (text: string) => mask(text).text.replace(/[\s\ufffc]+/g, " ").trim();

const CASES: readonly (readonly [what: string, text: string, left: string])[] = [
  ["a backtick fence", "a\n```ts\nplan\n```\nb", "a b"],
  ["a tilde fence", "a\n~~~\nplan\n~~~\nb", "a b"],
  ["a fence that is never closed", "a\n```\nplan\nb", "a"],
  ["a fence with a shorter one inside", "a\n````\n```\nplan\n```\n````\nb", "a b"],
  ["an indented fence", "a\n  ```\n  plan\n  ```\nb", "a b"],
  ["inline code", "a `plan` b", "a b"],
  ["inline code with backticks in it", "a ``pl`an`` b", "a b"],
  ["a block quote", "a\n> plan\n> it\nb", "a b"],
  ["double quotes", 'a "plan it" b', "a b"],
  ["single quotes", "a 'plan it' b", "a b"],
  ["curly quotes", "a “plan it” and ‘plan’ b", "a and b"],
  ["German quotes", "a „plan it“ b", "a b"],
  ["guillemets", "a « plan » b »plan« c", "a b c"],
  ["Japanese quotes", "a 「計画」 b", "a b"],
  ["a log line with a time", "a\n14:02:11 build 8841 created\nb", "a b"],
  ["a log line with a date", "a\n2026-11-22T21:09:00Z plan\nb", "a b"],
  ["a log line with a level", "a\nERROR: plan failed\nb", "a b"],
  [
    "a Java stack trace",
    "a\njava.lang.NullPointerException: plan\n    at com.shop.plan.Plan.apply(Plan.java:42)\nb",
    "a b",
  ],
  [
    "a Python traceback",
    'a\nTraceback (most recent call last):\n  File "plan.py", line 3, in build\nb',
    "a b",
  ],
  ["a compiler's message", "a\nmain.cpp:9:5: error: plan\nb", "a b"],
  ["a diff", "a\ndiff --git a/plan b/plan\n--- a/plan\n+++ b/plan\n@@ -1 +1 @@\nb", "a b"],
  ["a shell prompt", "a\n$ npm run build\nb", "a b"],
  ["a code block by indentation", "a\n\n    plan(build)\n    code\n\nb", "a b"],
  ["lines of code", "a\nconst plan = build();\nb", "a b"],
];

for (const [what, text, want] of CASES) {
  test(`${what} is masked`, () => assert.equal(left(text), want));
}

const KEPT: readonly (readonly [what: string, text: string])[] = [
  ["an apostrophe", "don't plan the users' data, it's John's"],
  ["an unclosed quotation mark", 'plan a 15" screen'],
  ["an unclosed backtick", "plan ` it"],
  ["a list", "plan\n- one\n- two\n1. three"],
  ["a list inside a list", "plan\n- one\n    - implement two"],
  ["a sentence that begins with a number", "3 things to plan"],
  ["a comparison", "plan for a > b"],
  ["inches twice", 'a 15" and a 13" screen'],
];

for (const [what, text] of KEPT) {
  test(`${what} is left alone`, () => assert.equal(left(text), text.replace(/\s+/g, " ")));
}

test("the languages of the fences are kept", () => {
  assert.deepEqual(mask("```ts\nx\n```\n~~~ Python title=1\ny\n~~~\n```\nz\n```").fences, ["ts", "python"]);
});

test("masking any text only takes away, and takes no time out of proportion", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.ok(mask(text).text.length <= 3 * text.length + 2);
  }));
  for (const piece of ["`", '"a ', "'a ", "“", "「", "```\n", "> ", "{;\n", "at a.", "<a "]) {
    mask(piece.repeat(20_000));
  }
});
