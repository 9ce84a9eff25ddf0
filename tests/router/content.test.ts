import { test } from "node:test";
import assert from "node:assert/strict";
import type { Classification } from "../../src/classifier/classification.ts";
import { classify } from "../../src/classifier/classify.ts";
import { route } from "../../src/router/route.ts";
import { requestFacts, user } from "../support/request-facts.ts";
import type { Conditions } from "../../src/router/plan.ts";
import { conditionsOf, configOf, model, plan, provider, rule, type Setting, tried } from "./world.ts";

const ALL: Setting["routes"] = {
  think: "openrouter,think",
  plan_implementation: "openrouter,plan",
  build: "openrouter,build",
  background: "groq,background",
  default: "openai,default",
  long_context: "openrouter,long",
  image: "openrouter,image",
  web_search: "openrouter,search",
};
const without = (...names: (keyof typeof ALL)[]): Setting["routes"] =>
  Object.fromEntries(Object.entries(ALL).filter(([name]) => !names.includes(name as keyof typeof ALL)));

const SEARCH = { forcedServerTool: "web_search_20250305", serverTools: ["web_search_20250305"] };
const HOUSEKEEPING = {
  kind: "background",
  isHousekeeping: true,
  housekeeping: "title",
  why: "the client asks for a title",
} as const;

for (const kind of ["think", "plan_implementation", "build", "background", "default"] as const) {
  test(`routed by content: ${kind}`, () => {
    const planned = plan({ words: { kind }, config: { routes: ALL } });
    assert.equal(planned.route, kind);
    assert.deepEqual(planned.why.slice(1), [`the words say → ${kind}`]);
    assert.equal(planned.targets[0]!.from, "chain");
  });
}

test("content is looked at in order: images, forced search, length, housekeeping, words", () => {
  const facts = { hasImages: true, approxTokens: 90_000, ...SEARCH };
  const words = HOUSEKEEPING;
  const routeOf = (set: object, routes = ALL) => plan({ facts: set, words, config: { routes } }).route;
  assert.equal(routeOf(facts), "image");
  assert.equal(routeOf({ ...facts, hasImages: false }), "web_search");
  assert.equal(routeOf({ approxTokens: 90_000 }), "long_context");
  assert.equal(routeOf({ approxTokens: 59_999 }), "background");
  assert.equal(routeOf({ approxTokens: 60_000 }), "long_context");
});

test("a web search tool that is offered beside others decides nothing", () => {
  const planned = plan({
    facts: { serverTools: ["web_search"], toolCount: 2 },
    words: { kind: "think" },
    config: { routes: ALL },
  });
  assert.equal(planned.route, "think");
});

test("a request whose only tool is a web search asks for one, also as housekeeping", () => {
  const facts = { serverTools: ["web_search"], toolCount: 1 };
  const words = { ...HOUSEKEEPING, housekeeping: "web_search" };
  const planned = plan({ facts, words, config: { routes: ALL } });
  assert.equal(planned.route, "web_search");
  assert.equal(planned.why[1], "its only tool is a web search → web_search");
  assert.equal(plan({ facts, words, config: { routes: without("web_search") } }).route, "default");
});

test("another forced server tool is not a web search", () => {
  const planned = plan({ facts: { forcedServerTool: "code_interpreter" }, config: { routes: ALL } });
  assert.equal(planned.route, "default");
});

test("the user's rules come before everything, in their order", () => {
  const rules = [
    rule("never", { any: ["absent"] }, "groq,never"),
    rule("mine", { any: ["hello"] }, "groq,first"),
    rule("late", {}, "groq,second"),
  ];
  const planned = plan({
    facts: { hasImages: true, approxTokens: 90_000, ...SEARCH },
    config: { routes: ALL, rules },
  });
  assert.equal(planned.route, "rule:mine");
  assert.deepEqual(tried(planned), ["groq,first"]);
  assert.equal(planned.why[1], `rule "mine" matches (word "hello") and leads to groq,first`);
});

test("a rule may lead to a route whose work another one takes", () => {
  const rules = [rule("mine", {}, "build")];
  const planned = plan({ config: { routes: without("build"), rules } });
  assert.equal(planned.route, "rule:mine");
  assert.deepEqual(planned.targets, [{ provider: "groq", model: "background", from: "handed_on" }]);
});

test("a rule that leads to auto ends the rules and lets the content decide", () => {
  const rules = [rule("mine", {}, "auto"), rule("late", {}, "groq,late")];
  assert.equal(plan({ words: { kind: "think" }, config: { routes: ALL, rules } }).route, "think");
});

test("a rule does not overrule a model that was asked for", () => {
  const rules = [rule("mine", {}, "groq,mine")];
  assert.deepEqual(tried(plan({ facts: { model: "openai,x" }, config: { rules } })), ["openai,x"]);
});

test("housekeeping goes to background, whatever its words", () => {
  const planned = plan({ words: { ...HOUSEKEEPING, kind: "think" }, config: { routes: ALL } });
  assert.equal(planned.route, "background");
  assert.equal(planned.why[1], "the client asks for a title → background");
});

test("a subagent's request goes by its own words", () => {
  assert.equal(plan({ words: { kind: "think", isSubagent: true }, config: { routes: ALL } }).route, "think");
});

test("counting tokens asks for the target that the content itself goes to", () => {
  for (
    const [text, expected] of [
      ["plan the architecture", "think"],
      ["plan implementation of the API", "plan_implementation"],
      ["build this feature", "build"],
      ["", "default"],
    ] as const
  ) {
    const facts = { operation: "count_tokens", messages: [user(text)] } as const;
    const planned = route(
      requestFacts(facts),
      classify(requestFacts(facts)),
      configOf({ routes: ALL }),
      conditionsOf(),
    );
    assert.equal(planned.route, expected, planned.why.join("; "));
  }
});

test("a special route that is not set is passed over with a line, and the content decides", () => {
  const routes = without("image", "web_search", "long_context");
  const facts = { hasImages: true, approxTokens: 60_000, ...SEARCH };
  const planned = plan({ facts, words: { kind: "think" }, config: { routes } });
  assert.deepEqual(tried(planned), ["openrouter,think"]);
  assert.deepEqual(planned.why.slice(1), [
    "it has images, but the route image is not set: routed by its words",
    "it forces a web search, but the route web_search is not set: routed by its words",
    "the words say → think",
  ]);
});

test("a special route that is not set leads to default where the words say nothing", () => {
  const routes = without("image", "web_search", "long_context");
  for (const facts of [{ hasImages: true }, SEARCH, { approxTokens: 90_000 }]) {
    assert.deepEqual(tried(plan({ facts, config: { routes } })), ["openai,default"]);
  }
});

test("a client's search helper goes to default where web_search is not set, not to background", () => {
  const words = { ...HOUSEKEEPING, housekeeping: "web_search" };
  assert.equal(plan({ facts: SEARCH, words, config: { routes: without("web_search") } }).route, "default");
});

test("a plan with a screenshot goes to the first model for plans that sees", () => {
  const routes = { think: "groq,blind | openrouter,sees", default: "openai,default" };
  const planned = plan({
    facts: { hasImages: true },
    words: { kind: "think" },
    config: { routes },
    conditions: { model: (target) => model(target, { image: target.model !== "blind" }) },
  });
  assert.deepEqual(tried(planned), ["openrouter,sees"]);
});

/** Of the routes below: `small` has 131,072 tokens, `wide` 200,000, `huge` a million; others are not known. */
const windows: Conditions["model"] = (target) => {
  const context = { small: 131_072, wide: 200_000, huge: 1_000_000 }[target.model];
  return context === undefined ? undefined : model(target, { context });
};
const long = (approxTokens: number, routes: Setting["routes"], set: Setting = {}) =>
  plan({
    facts: { approxTokens },
    words: { kind: "build" },
    config: { longContextThreshold: undefined, routes, ...set },
    conditions: { model: windows },
  });

test("without a threshold, long_context takes only what no other route's window can", () => {
  const routes = { build: "groq,small", think: "openrouter,wide", long_context: "openai,huge" };
  assert.equal(long(120_000, routes).route, "build");
  const planned = long(220_000, routes);
  assert.equal(planned.route, "long_context");
  assert.equal(
    planned.why[1],
    "about 220,000 tokens fit into no other route's window (at most 200,000) → long_context",
  );
});

test("what only its own route's windows cannot take goes on to long_context first", () => {
  const routes = { build: "groq,small", default: "openrouter,wide", long_context: "openai,huge" };
  assert.deepEqual(tried(long(150_000, routes)), ["openai,huge"]);
  assert.equal(long(150_000, routes).route, "build");
  assert.deepEqual(tried(long(150_000, { ...routes, long_context: "groq,small" })), ["openrouter,wide"]);
});

test("an unknown window takes everything, and a target that cannot be used takes nothing", () => {
  const routes = { build: "groq,small", think: "ollama,mystery", long_context: "openai,huge" };
  assert.equal(long(900_000, routes).route, "build");
  const providers = [provider("keyless", { problem: "KEYLESS_API_KEY is not set" })];
  assert.equal(long(900_000, { ...routes, think: "keyless,mystery" }, { providers }).route, "long_context");
});

/** Of the product's own example: the cheap model takes neither images nor 200,000 tokens. */
const EXAMPLE = {
  think: "openrouter,opus",
  plan_implementation: "openrouter,haiku",
  background: "groq,llama",
};
const known: Conditions["model"] = (target) =>
  model(target, target.model === "llama" ? { image: false, context: 131_072 } : { context: 1_000_000 });

for (
  const [what, facts, lacks] of [
    ["an image", { hasImages: true }, "has no image input"],
    [
      "a length",
      { approxTokens: 140_000 },
      "context window of 131,072 tokens is too small for about 140,000",
    ],
  ] as const
) {
  test(`${what} that no target of the route takes goes to the next route that does`, () => {
    const planned = plan({
      facts,
      words: { kind: "build" },
      config: { routes: EXAMPLE, fallback: "ollama,last" },
      conditions: { model: known },
    });
    assert.equal(planned.route, "background");
    assert.deepEqual(tried(planned), ["openrouter,haiku", "ollama,last"]);
    assert.equal(planned.targets[0]!.skip, lacks);
    assert.equal(
      planned.why.at(-1),
      `no target of the route can take it (${lacks}): plan_implementation takes it`,
    );
  });
}

test("a request stays with its route where a target takes it, or lacks only its key", () => {
  const asked = (routes: Setting["routes"], set: object = {}) =>
    tried(plan({
      facts: { hasImages: true },
      words: { kind: "build" },
      config: { routes, ...set },
      conditions: { model: known },
    }));
  assert.deepEqual(asked({ ...EXAMPLE, background: "groq,llama | groq,sees" }), ["groq,sees"]);
  const providers = [provider("keyless", { problem: "KEYLESS_API_KEY is not set" })];
  assert.deepEqual(asked({ ...EXAMPLE, background: "keyless,sees" }, { providers }), []);
});

test("a model that was asked for by its name is not exchanged for one that can", () => {
  const planned = plan({
    facts: { model: "groq,llama", hasImages: true },
    config: { routes: EXAMPLE },
    conditions: { model: known },
  });
  assert.deepEqual(tried(planned), []);
});

test("the requests of one agent loop share the decision", () => {
  const routes = ALL;
  const first = plan({ words: { kind: "think" }, config: { routes } });
  const later = plan({
    facts: { toolCount: 3 },
    words: { kind: "think", continuesTurn: true },
    config: { routes },
  });
  assert.deepEqual(tried(later), tried(first));
});

const TWO = { default: "openai,default", build: "openrouter,build", background: "groq,background" };

test("a subagent's request goes to the route subagent, where that is set", () => {
  const routes = { ...TWO, subagent: "groq,sub" };
  const set = plan({ words: { kind: "build", isSubagent: true }, config: { routes } });
  assert.equal(set.route, "subagent");
  assert.deepEqual(tried(set), ["groq,sub"]);
  assert.match(set.why.at(-1)!, /one of the client's subagents asks → subagent/);
  assert.equal(plan({ words: { kind: "build", isSubagent: true }, config: { routes: TWO } }).route, "build");
  assert.equal(
    plan({ words: { ...HOUSEKEEPING, isSubagent: true }, config: { routes } }).route,
    "background",
  );
  assert.equal(plan({ words: { kind: "build" }, config: { routes } }).route, "build");
});

test("a question of little complexity goes to the route simple, where that is set", () => {
  const routes = { ...TWO, simple: "groq,small" };
  const routeOf = (words: Partial<Classification>, set: Setting = { routes }) =>
    plan({ words: { kind: "default", ...words }, config: set }).route;
  assert.equal(routeOf({ complexity: 0.11 }), "simple");
  assert.equal(routeOf({ complexity: 0.12 }), "default");
  assert.equal(routeOf({ complexity: 0.3 }, { routes, simpleBelow: 0.4 }), "simple");
  assert.equal(routeOf({ complexity: 0, kind: "build" }), "build");
  assert.equal(routeOf({ complexity: 0 }, { routes: TWO }), "default");
});
