import { test } from "node:test";
import assert from "node:assert/strict";
import { globPattern } from "../../src/text/match.ts";
import type { ModelMapping } from "../../src/config/config.ts";
import { chain, plan, provider, type Setting, tried } from "./world.ts";

const mapping = (from: string, to: string, bidirectional = false): ModelMapping => ({
  from,
  pattern: globPattern(from),
  to: to === "auto"
    ? { kind: "auto" }
    : to.includes(",")
    ? { kind: "chain", chain: chain(to) }
    : { kind: "route", name: to },
  bidirectional,
});

const ROUTES: Setting["routes"] = {
  think: "openrouter,anthropic/claude-3-opus",
  plan_implementation: "openrouter,anthropic/claude-3.5-haiku",
  background: "groq,llama-3.1-8b-instant",
  default: "openai,gpt-5",
};

/** [the model asked for, the route, the targets] with the words saying `think`. */
const CASES: readonly [string, string, string[]][] = [
  ["openrouter,anthropic/claude-3-haiku", "target", ["openrouter,anthropic/claude-3-haiku"]],
  ["openrouter:anthropic/claude-3-haiku", "target", ["openrouter,anthropic/claude-3-haiku"]],
  [" OpenRouter , z-ai/glm-5:free ", "target", ["openrouter,z-ai/glm-5:free"]],
  ["ollama:qwen3-coder:30b", "target", ["ollama,qwen3-coder:30b"]],
  ["ollama,qwen3-coder:30b", "target", ["ollama,qwen3-coder:30b"]],
  ["groq,a | ollama:b:1|openai,c", "target", ["groq,a", "ollama,b:1", "openai,c"]],
  ["groq,a|groq:a", "target", ["groq,a"]],
  ["think", "think", ["openrouter,anthropic/claude-3-opus"]],
  ["THINK", "think", ["openrouter,anthropic/claude-3-opus"]],
  ["route:background", "background", ["groq,llama-3.1-8b-instant"]],
  ["Route:Default", "default", ["openai,gpt-5"]],
  ["terraphim/plan_implementation", "plan_implementation", ["openrouter,anthropic/claude-3.5-haiku"]],
  ["terraphim/Plan-Implementation", "plan_implementation", ["openrouter,anthropic/claude-3.5-haiku"]],
  ["long-context", "default", ["openai,gpt-5"]],
  // With what clients add to names.
  ["groq,a[1m]", "target", ["groq,a"]],
  ["groq,a[1M][1m] | ollama:b:1 [1m]", "target", ["groq,a", "ollama,b:1"]],
  ["think[1m]", "think", ["openrouter,anthropic/claude-3-opus"]],
  ["claude/think", "think", ["openrouter,anthropic/claude-3-opus"]],
  ["claude/groq,a[1m]", "target", ["groq,a"]],
  ["claude/auto", "think", ["openrouter,anthropic/claude-3-opus"]],
  // By content, which says `think` here.
  ["auto", "think", ["openrouter,anthropic/claude-3-opus"]],
  ["", "think", ["openrouter,anthropic/claude-3-opus"]],
  ["terraphim/auto", "think", ["openrouter,anthropic/claude-3-opus"]],
  ["terraphim/smart-router", "think", ["openrouter,anthropic/claude-3-opus"]],
  ["claude-3-opus", "think", ["openrouter,anthropic/claude-3-opus"]],
  ["gpt-4", "think", ["openrouter,anthropic/claude-3-opus"]],
  ["qwen3-coder:30b", "think", ["openrouter,anthropic/claude-3-opus"]],
  ["nowhere,gpt-4", "think", ["openrouter,anthropic/claude-3-opus"]],
  ["groq,a|nowhere,b", "think", ["openrouter,anthropic/claude-3-opus"]],
  ["groq,", "think", ["openrouter,anthropic/claude-3-opus"]],
  ["anthropic/claude-3-opus", "think", ["openrouter,anthropic/claude-3-opus"]],
];

for (const [asked, route, targets] of CASES) {
  test(`model "${asked}" goes by ${route} to ${targets.join(" | ")}`, () => {
    const planned = plan({ facts: { model: asked }, words: { kind: "think" }, config: { routes: ROUTES } });
    assert.equal(planned.route, route);
    assert.deepEqual(tried(planned), targets);
    assert.ok(planned.why.length > 0);
    assert.equal(planned.showModel, undefined);
  });
}

test("the first reason says what the model asked for means", () => {
  const first = (model: string) => plan({ facts: { model }, config: { routes: ROUTES } }).why[0];
  assert.equal(first("groq,a"), `model "groq,a" names a target`);
  assert.equal(first("think"), `model "think" names the route think`);
  assert.equal(first("terraphim/smart-router"), `model "terraphim/smart-router": routed by content`);
  assert.equal(first("gpt-4"), `model "gpt-4" matches no target, route or mapping: routed by content`);
  assert.match(first("nowhere,x")!, /"nowhere" is not a provider/);
  assert.equal(first(""), "no model given: routed by content");
  assert.match(first("evil\r\nx-header: 1")!, /^model "evil\\r\\nx-header: 1" /);
  assert.ok(first("x".repeat(5000))!.length < 200);
});

test("a model that the provider's list does not have is sent anyway, with a remark", () => {
  const planned = plan({
    facts: { model: "mine,other" },
    config: { providers: [provider("mine", { models: ["listed"] })] },
  });
  assert.deepEqual(tried(planned), ["mine,other"]);
  assert.equal(planned.why[0], `model "mine,other" names a target (not listed under mine)`);
});

const mapped = (asked: string, mappings: ModelMapping[], words: "think" | "build" = "think") =>
  plan({ facts: { model: asked }, words: { kind: words }, config: { routes: ROUTES, mappings } });

test("a mapping leads to a chain", () => {
  const planned = mapped("claude-opus-4-5-20251101", [
    mapping("gpt-*", "groq,other"),
    mapping("claude-opus-4-5-*", "openrouter,anthropic/claude-opus-4.5 | anthropic,claude-opus-4-5"),
  ]);
  assert.equal(planned.route, "mapping:claude-opus-4-5-*");
  assert.deepEqual(tried(planned), ["openrouter,anthropic/claude-opus-4.5", "anthropic,claude-opus-4-5"]);
});

test("a mapping matches in any case, and the first that matches wins", () => {
  const planned = mapped("GPT-4", [mapping("gpt-4", "groq,first"), mapping("gpt-*", "groq,second")]);
  assert.deepEqual(tried(planned), ["groq,first"]);
});

test("a mapping to a route keeps its own name in the plan", () => {
  const planned = mapped("gpt-4", [mapping("gpt-*", "background")]);
  assert.equal(planned.route, "mapping:gpt-*");
  assert.deepEqual(tried(planned), ["groq,llama-3.1-8b-instant"]);
});

test("a mapping to auto lets the content decide, whatever other mappings say", () => {
  const planned = mapped("gpt-4", [mapping("gpt-*", "auto", true), mapping("*", "groq,x")], "build");
  assert.equal(planned.route, "background");
  assert.deepEqual(tried(planned), ["groq,llama-3.1-8b-instant"]);
  assert.equal(planned.showModel, "gpt-4");
});

test("a bidirectional mapping gives the client the name that it asked for back", () => {
  assert.equal(mapped("GPT-4o", [mapping("gpt-*", "groq,x", true)]).showModel, "GPT-4o");
  assert.equal(mapped("GPT-4o", [mapping("gpt-*", "groq,x")]).showModel, undefined);
});

test("targets and routes are read before mappings, mappings before the content", () => {
  const everything = [mapping("*", "groq,mapped")];
  assert.deepEqual(tried(mapped("openai,gpt-5", everything)), ["openai,gpt-5"]);
  assert.deepEqual(tried(mapped("think", everything)), ["openrouter,anthropic/claude-3-opus"]);
  assert.deepEqual(tried(mapped("auto", everything)), ["groq,mapped"]);
  assert.deepEqual(tried(mapped("", everything)), ["groq,mapped"]);
});

test("a mapping matches a name without the client's mark; the answer has it as sent", () => {
  const planned = mapped("claude-opus-4-5[1m]", [mapping("claude-opus-4-5", "groq,a", true)]);
  assert.deepEqual(tried(planned), ["groq,a"]);
  assert.equal(planned.showModel, "claude-opus-4-5[1m]");
});

test("settings behind a name reach its targets, a route's too; wrong ones are ignored and named", () => {
  const asked = (model: string) => plan({ facts: { model }, config: { routes: ROUTES } });
  const settings = { effort: "high" };
  const named = asked("openai,gpt-5?effort=high");
  assert.deepEqual(named.targets[0]!.settings, settings);
  assert.equal(named.targets[0]!.model, "gpt-5");
  const route = asked("think?effort=high");
  assert.deepEqual([route.route, route.targets[0]!.settings], ["think", settings]);
  assert.match(route.why[0]!, /names the route think \(effort high\)/);
  const wrong = asked("openai,gpt-5?efort=high");
  assert.deepEqual([wrong.targets[0]!.model, wrong.targets[0]!.settings], ["gpt-5", undefined]);
  assert.match(wrong.why[0]!, /ignored: a target has no setting "efort"/);
});
