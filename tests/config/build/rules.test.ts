import assert from "node:assert/strict";
import { test } from "node:test";
import { bad, good, onlyProblem, warnings } from "../support.ts";

const rule = (when: string) =>
  good(`[[router.rules]]\nwhen = { ${when} }\nroute = "think"\n`).router.rules[0]!.when;

test("a rule's conditions are read as people write them", () => {
  assert.deepEqual(rule('any = "Rust", all = ["A", "b "], none = ["x"]'), {
    any: ["rust"],
    all: ["a", "b"],
    none: ["x"],
  });
  assert.deepEqual(rule('language = "Rust", client = ["Codex"], min_tokens = 5'), {
    language: ["rust"],
    client: ["codex"],
    minTokens: 5,
  });
  assert.deepEqual(rule("min_complexity = 0.2, max_complexity = 1"), {
    minComplexity: 0.2,
    maxComplexity: 1,
  });
  assert.ok(rule('model = "claude-*"').model!.test("CLAUDE-x"));
  assert.ok(rule("regex = 'fix(es|ed)?\\b'").regex!.test("It FIXED it"));
  assert.ok(rule("regex = '(?i)abc'").regex!.test("ABC"));
});

test("conditions that make no sense are problems", () => {
  const wrong = [
    'hours = "25-3"',
    'hours = "late"',
    "hours = 5",
    'hours = "7-7"',
    'days = "someday"',
    "days = [9]",
    "days = []",
    'regex = "("',
    "min_complexity = 2",
    "min_complexity = 0.9, max_complexity = 0.1",
  ];
  for (const when of wrong) {
    assert.equal(bad(`[[router.rules]]\nwhen = { ${when} }\nroute = "think"\n`).length, 1, when);
  }
});

test("conditions on agents, headers, sessions and tools are read", () => {
  const { headers, turn, sessionAge, confidence, agent, anyOf } = rule(
    'header = { "X-Team" = "a*" }, turn = ">= 2", session_age = "> 1h", confidence = "< 0.5", agent = "main | subagent", ' +
      'any_of = [{ tool = "Bash" }, { all_of = [{ mode = "plan" }] }]',
  );
  assert.equal(headers![0]!.name, "x-team");
  assert.deepEqual([turn, sessionAge, confidence], [{ from: 2 }, { above: 3_600_000 }, { below: 0.5 }]);
  assert.deepEqual(agent, ["main", "subagent"]);
  assert.equal(anyOf!.length, 2);
  assert.equal(anyOf![1]!.allOf![0]!.mode, "plan");
});

test("conditions that no request can fulfil are problems or warnings", () => {
  for (
    const when of [
      'turn = "> 3-1"',
      'turn = "5-2"',
      'session_age = "> 1"',
      'confidence = "high"',
      'agent = "mian"',
      'all = ["a"], none = "a"',
      "any_of = [{ min_complexity = 0.9, max_complexity = 0.1 }]",
    ]
  ) {
    assert.equal(bad(`[[router.rules]]\nwhen = { ${when} }\nroute = "think"\n`).length, 1, when);
  }
});

test("a rule below one that takes every request is reported, and so is one that does nothing", () => {
  const text =
    '[[router.rules]]\nwhen = {}\nroute = "think"\n[[router.rules]]\nwhen = { any = ["x"] }\nroute = "think"\n';
  assert.match(warnings(good(text)).join("\n"), /"rule 2" never matches: "rule 1" above takes every request/);
  const problem = onlyProblem('[[router.rules]]\nwhen = { any = ["x"] }\n');
  assert.deepEqual([problem.key, problem.message.slice(0, 38)], [
    "router.rules[0].route",
    'is missing; expected "provider,model" ',
  ]);
});

test("rules keep their order and names, and one without a condition gets a warning", () => {
  const config = good(
    '[[router.rules]]\nwhen = {}\nroute = "auto"\n[[router.rules]]\nname = "b"\nwhen = { any = ["x"] }\nroute = "ollama,m"\n',
  );
  assert.deepEqual(config.router.rules.map(({ name }) => name), ["rule 1", "b"]);
  assert.match(warnings(config)[0]!, /every request matches/);
});
