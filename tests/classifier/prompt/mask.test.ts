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
  ["a log of Maven", "a\n[INFO] Scanning for projects\n[ERROR] Plan failed\n[INFO] BUILD FAILURE\nb", "a b"],
  ["a log of Vite", "a\n[vite] hmr update /plan.ts\n[plugin:vite:esbuild] Transform failed\nb", "a b"],
  ["a log of Docker Compose", "a\nweb-1  | 2026-02-03 11:00:00 plan\nweb-1  | ERROR plan\nb", "a b"],
  ["a log of ROS", "a\n[ WARN] [1700000054.626]: plan did not answer\nb", "a b"],
  [
    "a trace of Elixir",
    "a\n** (RuntimeError) plan\n    (harbor 0.3.0) lib/plan.ex:17: Plan.build/3\n    (stdlib 6.2) gen.erl:9: x/1\nb",
    "a b",
  ],
  [
    "a browser's console",
    "a\nUncaught TypeError: plan is not a function\n    at build (plan.ts:3:9)\n(anonymous) @ plan.ts:44\n" +
    "GET https://example.com/plan 404 (Not Found)\nplan.tsx:44 Could not load rows\nb",
    "a b",
  ],
  [
    "a compiler's message with a position",
    "a\nsrc/plan.ts(12,5): error TS2322: plan\n12 | const plan\nb",
    "a b",
  ],
  [
    "a shell with a prompt of its own",
    "(base) ➜  lab sudo build images\nIMAGE  TAG  IMAGE ID  SIZE\nregistry.k8s.io/pause 3.9 e6f1 322kB\n" +
    "WARN[0000] plan is deprecated\n(base) ➜  lab kubectl get plans\nNo plans found in edge namespace.\nb",
    "b",
  ],
  ["a shell with user and host", "a\ndev@box:~/plan$ make build\nwriting the plan\nb", "a b"],
  ["a shell inside a line", "it does not plan.dev@box:~/x$ make build\nwriting it\nb", "it does not b"],
  [
    "a table that a command printed",
    "a\nNAME  READY  STATUS\nplan-1  1/1  Running\nplan-2  0/1  Error\nb",
    "a b",
  ],
  ["the body of a diff", "a\n@@ -1,2 +1,2 @@\n plan\n-build\n+code\nb", "a b"],
  ["a fence that opens inside a line", "a ```2026-03-11 plan\nbuild```\nb", "a b"],
  ["a report of tests", "a\n=== FAILURES ===\nFAILED tests/plan.py::test\n✗ builds the plan\nb", "a b"],
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
  ["a price", "plan for $5 a month and 3 people"],
  ["an address", "mail the plan to dev@example.com and build it"],
  ["a heading in capitals", "PLAN\nBUILD THE PAGE\nthen code"],
  ["a question about a status", "why is the build FAILED?"],
];

for (const [what, text] of KEPT) {
  test(`${what} is left alone`, () => assert.equal(left(text), text.replace(/\s+/g, " ")));
}

test("pasted lines and fences are pastes, quotations are not", () => {
  assert.equal(mask("a\nERROR: plan failed").pasted, true);
  assert.equal(mask("a\n```\nplan\n```").pasted, true);
  assert.equal(mask('a "plan" and `build`').pasted, false);
});

test("a question after a command's output is the user's own", () => {
  assert.equal(left("$ ls\nwhy is there no plan?"), "why is there no plan?");
  assert.equal(left("$ ls\nplan.md\n\nwhy is there no plan?"), "why is there no plan?");
});

test("the languages of the fences are kept", () => {
  assert.deepEqual(mask("```ts\nx\n```\n~~~ Python title=1\ny\n~~~\n```\nz\n```").fences, ["ts", "python"]);
});

test("masking any text only takes away, and takes no time out of proportion", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.ok(mask(text).text.length <= 3 * text.length + 2);
  }));
  for (
    const piece of [
      "`",
      '"a ',
      "'a ",
      "“",
      "「",
      "```\n",
      "> ",
      "{;\n",
      "at a.",
      "<a ",
      "$ x\n",
      "a@b:~/",
      "A  B  C\n",
      "@@ -1\n",
      "x ```",
    ]
  ) {
    mask(piece.repeat(20_000));
  }
});
