import assert from "node:assert/strict";
import { test } from "node:test";
import { good, onlyProblem, warnings } from "../support.ts";

const route = (value: string) =>
  good(`[router]\nthink = ${value}\n`, { GROQ_API_KEY: "g" }).router.routes.think;

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

test("a doubt, a stuck turn and a second opinion have defaults, and take what the file says", () => {
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
