/** Patterns of the user against texts of strangers: each of these, by backtracking, would stop every request for minutes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../../src/config/load.ts";
import { formatProblems } from "../../src/config/problem.ts";
import { scrubbedBytes, scrubberFor } from "../../src/dispatch/failure/scrub.ts";
import { decodeFailure } from "../../src/dialects/shared/error.ts";
import { globPattern } from "../../src/text/match.ts";
import { bad, good } from "../config/support.ts";
import { json } from "../support/provider.ts";
import { proxyWith } from "../support/world.ts";

test("a pattern with many stars is over at once for a name as long as a body", () => {
  const names = ["a-".repeat(100_000), "a".repeat(200_000), "claude-".repeat(30_000), ":".repeat(200_000)];
  for (const glob of ["*-*-*-latest", "claude-*-*-x", "*:*:free", "*a*a*a*a*b", "?*?*?*?*x"]) {
    for (const name of names) assert.equal(globPattern(glob).test(name), false, glob);
  }
});

/** An expression, and the prompt on which it would backtrack. */
const EXPRESSIONS: readonly (readonly [expression: string, prompt: string])[] = [
  ["(\\w+\\s?)*:", "word ".repeat(20_000)],
  ["(a+)+$", `${"a".repeat(100_000)}!`],
  ["(a|a)*c", "a".repeat(100_000)],
  ["(a|aa)+$", `${"a".repeat(100_000)}!`],
  [".*error.*timeout.*retry", "error timeout ".repeat(8000)],
  ["(.*)*=", "x".repeat(100_000)],
  ["([\\w.]+)*@", "a.".repeat(50_000)],
  ["(?<=a+)b", "a".repeat(100_000)],
  ["^(\\s|\\n)*$", `${" \n".repeat(50_000)}x`],
];

for (const [expression, prompt] of EXPRESSIONS) {
  test(`the expression ${expression} is over at once for a long prompt`, () => {
    const config = good(
      `[[router.rules]]\nwhen = { regex = ${JSON.stringify(expression)} }\nroute = "auto"\n`,
    );
    assert.equal(config.router.rules[0]!.when.regex!.test(prompt), false);
  });
}

test("of a very long prompt an expression looks at the beginning and at the end", () => {
  const config = good('[[router.rules]]\nwhen = { regex = "needle" }\nroute = "auto"\n');
  const { regex } = config.router.rules[0]!.when;
  const hay = "x".repeat(100_000);
  assert.equal(regex!.test(`needle${hay}${hay}`), true);
  assert.equal(regex!.test(`${hay}${hay}needle`), true);
  assert.equal(regex!.test(`${hay}needle${hay}`), false);
});

test("expressions find what they found", () => {
  const cases: readonly (readonly [expression: string, prompt: string, found: boolean])[] = [
    ["fix(es|ed)?\\\\b", "It FIXED it", true],
    ["(?i)abc", "xABC", true],
    ["ticket-\\\\d{2,}", "see TICKET-12", true],
    ["ticket-\\\\d{2,}", "see ticket-1", false],
    ["^deploy", "redeploy", false],
    ["gr(ö|oe)ße", "GRÖSSE größe", true],
    ["\\\\p{Lu}{3}", "abc DEF", true],
    ["\\\\u00e9t\\\\u00e9", "ÉTÉ", true],
    ["(?<year>\\\\d{4})-\\\\d\\\\d", "in 2026-11", true],
    ["(?<!un)lock", "unlock", false],
    ["a/b\\\\/c", "A/B/C", true],
  ];
  for (const [expression, prompt, found] of cases) {
    const config = good(`[[router.rules]]\nwhen = { regex = "${expression}" }\nroute = "auto"\n`);
    assert.equal(config.router.rules[0]!.when.regex!.test(prompt), found, expression);
  }
});

test("an expression that only backtracking can match is a mistake with its line", () => {
  for (const expression of ["(?=x)y", "(?!x)y", "(a)\\\\1", "(?<n>a)\\\\k<n>"]) {
    const [problem] = bad(`[[router.rules]]\nwhen = { regex = "${expression}" }\nroute = "auto"\n`);
    assert.equal(problem?.line, 2);
    assert.match(problem?.message ?? "", /look-ahead and references to groups are not supported/, expression);
  }
  const read = parseConfig('[[router.rules]]\nwhen = { regex = "(a" }\nroute = "auto"\n', { env: {} });
  assert.match(read.ok ? "" : formatProblems(read.problems), /missing closing \)/);
});

test("a provider's error text of any form is read at once", () => {
  const texts = [
    "sk-".repeat(60_000),
    "<title".repeat(30_000),
    "<h1 ".repeat(40_000),
    "Bearer ".repeat(30_000),
  ];
  for (const text of texts) {
    assert.ok(decodeFailure(text).message.length <= 16_384); // it is cut to 2,000 once it is scrubbed
    assert.ok(scrubbedBytes(new TextEncoder().encode(text), scrubberFor(undefined, {})).length > 0);
  }
});

test("health is answered while hostile names and prompts are routed", async () => {
  await using world = await proxyWith({
    mine: json({ choices: [{ message: { role: "assistant", content: "ok" } }] }),
  }, {
    router: `default = "mine,m"
[[router.model_mappings]]
from = "*-*-*-latest"
to = "think"
[[router.model_exclusions]]
provider = "mine"
patterns = ["*:*:free"]
[[router.rules]]
when = { regex = "(\\\\w+\\\\s?)*:" }
route = "think"
`,
  });
  const body = { model: "a-".repeat(100), messages: [{ role: "user", content: "word ".repeat(10_000) }] };
  const asked = world.post("/v1/chat/completions", body);
  assert.equal((await world.get("/health")).status, 200);
  assert.equal((await asked).status, 200);
});
