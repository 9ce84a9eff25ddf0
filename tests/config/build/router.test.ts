import assert from "node:assert/strict";
import { test } from "node:test";
import { bad, good, onlyProblem, warnings } from "../support.ts";

const route = (value: string) =>
  good(`[router]\nthink = ${value}\n`, { GROQ_API_KEY: "g" }).router.routes.think;
const rule = (when: string) =>
  good(`[[router.rules]]\nwhen = { ${when} }\nroute = "think"\n`).router.rules[0]!.when;

test('a route is "provider,model" or "provider:model", a chain with "|", or a list', () => {
  const groq = { provider: "groq", model: "llama" };
  const local = { provider: "ollama", model: "qwen2.5-coder:7b" };
  for (const value of ['"groq,llama"', '"groq:llama"', '" GROQ , llama "', '["groq,llama"]']) {
    assert.deepEqual(route(value), [groq]);
  }
  for (
    const value of [
      '"groq,llama | ollama,qwen2.5-coder:7b"',
      '["groq,llama", "ollama:qwen2.5-coder:7b"]',
      '["groq:llama|ollama,qwen2.5-coder:7b"]',
    ]
  ) {
    assert.deepEqual(route(value), [groq, local]);
  }
});

test("a model's name may hold commas, colons and slashes", () => {
  assert.deepEqual(route('"openrouter,qwen/qwen3-coder:free"'), [{
    provider: "openrouter",
    model: "qwen/qwen3-coder:free",
  }]);
  assert.deepEqual(route('"groq,a,b"'), [{ provider: "groq", model: "a,b" }]);
});

test("a target without provider or model, or with an unknown provider, is a problem", () => {
  const message = (value: string) => onlyProblem(`[router]\nthink = "${value}"\n`).message;
  assert.match(message("claude-opus-4.8"), /names no provider/);
  assert.match(message("qwen2.5-coder:7b"), /names no provider/);
  assert.match(message("groq,"), /names no model/);
  assert.match(message("groq,a | | ollama,b"), /target is missing/);
  const unknown = onlyProblem('[router]\nthink = "antropic,claude"\n');
  assert.equal(unknown.nearest, "anthropic");
  assert.match(unknown.expected!, /openrouter/);
});

test("a target that a chain lists twice is kept once, with a warning", () => {
  const config = good('[router]\nthink = "ollama,a | ollama,a"\n');
  assert.equal(config.router.routes.think!.length, 1);
  assert.match(warnings(config)[0]!, /twice/);
});

test("a model that its provider's block does not list is used, with a warning", () => {
  const config = good('[router]\nthink = "ollama,b"\n[[providers]]\nname = "ollama"\nmodels = ["a"]\n');
  assert.match(warnings(config)[0]!, /b is not listed in models/);
});

test("a missing key names the variable, the line and the routes that need it", () => {
  const config = good(
    '[router]\nthink = "groq,a"\nfallback = "groq,b"\n[[router.model_mappings]]\nfrom = "x"\nto = "groq,c"\n',
  );
  assert.deepEqual(config.warnings, [{
    file: "test.toml",
    line: 2,
    key: "router.think",
    message: 'GROQ_API_KEY is not set: groq cannot be used, and is skipped in think, fallback, mapping "x".',
  }]);
});

test("only the routes that are set are there, and the defaults are the documented ones", () => {
  const { router } = good("");
  assert.deepEqual(router.routes, {});
  assert.equal(router.longContextThreshold, undefined);
  assert.equal(router.strategy, "fill_first");
  assert.deepEqual([router.fallback, router.rules, router.mappings, router.exclusions], [[], [], [], []]);
});

test("mappings lead to a chain, a route or auto; patterns match the whole name in any case", () => {
  const { mappings } = good([
    '[[router.model_mappings]]\nfrom = "claude-opus-4-5-*"\nto = "ollama,a | ollama,b"\nbidirectional = true',
    '[[router.model_mappings]]\nfrom = "gpt-?"\nto = "route:think"',
    '[[router.model_mappings]]\nfrom = "*"\nto = "terraphim/background"',
    '[[router.model_mappings]]\nfrom = "x"\nto = "AUTO"',
  ].join("\n")).router;
  assert.deepEqual(mappings.map(({ to }) => to.kind === "route" ? to.name : to.kind), [
    "chain",
    "think",
    "background",
    "auto",
  ]);
  assert.deepEqual(mappings.map(({ bidirectional }) => bidirectional), [true, false, false, false]);
  assert.ok(mappings[0]!.pattern.test("Claude-Opus-4-5-20251101"));
  assert.ok(!mappings[0]!.pattern.test("my-claude-opus-4-5-1"));
  assert.ok(mappings[1]!.pattern.test("GPT-5") && !mappings[1]!.pattern.test("gpt-55"));
  assert.equal(
    onlyProblem('[[router.model_mappings]]\nfrom = "x"\nto = "backgruond"\n').nearest,
    "background",
  );
});

test("exclusions need a known provider", () => {
  const { exclusions } =
    good('[[router.model_exclusions]]\nprovider = "OpenRouter"\npatterns = ["*:free", "x/*"]\n').router;
  assert.equal(exclusions[0]!.provider, "openrouter");
  assert.ok(exclusions[0]!.patterns[0]!.test("a/b:free"));
  assert.equal(
    onlyProblem('[[router.model_exclusions]]\nprovider = "openruter"\npatterns = ["x"]\n').nearest,
    "openrouter",
  );
});

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

test("times of day and days have their usual forms", () => {
  const hours: [string, number[]][] = [
    ['"22:00-06:30"', [1320, 390]],
    ['"9-17"', [540, 1020]],
    ["[22, 6]", [1320, 360]],
    ['["18:15", "24:00"]', [1095, 1440]],
    ['"00:00 to 6"', [0, 360]],
  ];
  for (const [text, value] of hours) assert.deepEqual(rule(`hours = ${text}`).hours, value, text);
  const days: [string, number[]][] = [
    ['"mon-fri"', [1, 2, 3, 4, 5]],
    ['["sat", "Sunday"]', [0, 6]],
    ['"weekend"', [0, 6]],
    ["[0, 3]", [0, 3]],
    ['"fri-mon"', [0, 1, 5, 6]],
    ['"weekdays"', [1, 2, 3, 4, 5]],
    ['"mon, wed"', [1, 3]],
  ];
  for (const [text, value] of days) assert.deepEqual(rule(`days = ${text}`).days, value, text);
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

test("the user's own words are in lower case", () => {
  assert.deepEqual(good('[router.words]\nplan = ["Roadmap"]\nnegation = [" Hold off "]\n').router.words, {
    plan: ["roadmap"],
    implementation: [],
    think: [],
    background: [],
    negation: ["hold off"],
  });
});

test("equal words of two configurations are one object, so that a reload recompiles nothing", () => {
  const more = (word: string) => good(`[router.words]\nplan = ["${word}"]\n`).router.words;
  assert.equal(more("roadmap"), more(" Roadmap "));
  assert.notEqual(more("roadmap"), more("route"));
  assert.equal(good("").router.words, good("[log]\njson = true\n").router.words);
});

test("a doubt, a stuck turn and a second opinion have their defaults, and take what the file says", () => {
  const { router } = good("");
  assert.deepEqual([router.whenUnsure, router.escalate, router.judge], ["cheaper", { after: 3 }, undefined]);
  const set = good(`[router]
when_unsure = "build"
[router.escalate]
after = 5
to = "think"
[router.judge]
target = "ollama:qwen3-coder:1.7b"
`).router;
  assert.deepEqual([set.whenUnsure, set.escalate], ["build", { after: 5, to: "think" }]);
  assert.deepEqual(set.judge, { target: { provider: "ollama", model: "qwen3-coder:1.7b" }, timeoutMs: 300 });
});

test("a second opinion needs a provider that is known, and a stuck turn a route", () => {
  for (
    const [toml, key] of [
      ['[router.judge]\ntarget = "nobody,x"', "router.judge.target"],
      ["[router.judge]\ntimeout_ms = 5", "router.judge.target"],
      ['[router.escalate]\nto = "up"', "router.escalate.to"],
    ] as const
  ) assert.equal(onlyProblem(toml).key, key);
});
