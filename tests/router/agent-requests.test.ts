import assert from "node:assert/strict";
import { test } from "node:test";
import type { PricedCatalog } from "../../src/config/priced-catalog.ts";
import type { ModelInfo } from "../../src/model/price.ts";
import { agentWarnings } from "../../src/router/agent-requests.ts";
import { configOf, model, provider, type Setting } from "./world.ts";

/** Warnings where these models are known. */
function warned(setting: Setting, known: Readonly<Record<string, Partial<ModelInfo>>> = {}) {
  const catalog: PricedCatalog = {
    find: (target) => known[target.model] === undefined ? undefined : model(target, known[target.model]),
    sameModel: () => undefined,
    modelsOf: () => [],
    cost: () => undefined,
    rates: () => undefined,
  };
  return agentWarnings(configOf({ longContextThreshold: undefined, ...setting }), catalog);
}

const SMALL = { small: { context: 32_768 } };

test("a configuration whose models take an agent's request has no warning", () => {
  assert.deepEqual(warned({ routes: { default: "groq,x", think: "openai,y" } }), []);
  assert.deepEqual(warned({ routes: { default: "groq,big" } }, { big: { context: 200_000 } }), []);
});

test("a first target with a small window is named, with the one that serves in its place", () => {
  const [warning, ...more] = warned({ routes: { default: "groq,small | openai,big" } }, SMALL);
  assert.deepEqual(more, []);
  assert.equal(warning?.key, "router.default");
  assert.match(
    warning!.message,
    /^groq,small cannot take an agent's usual request \(100,000 tokens, with tools\): its context window of 32,768 /,
  );
  assert.match(warning!.message, /openai,big takes it instead\.$/);
});

test("where no other target takes it either, the warning says that such requests fail", () => {
  const [warning] = warned({ routes: { default: "groq,small" } }, SMALL);
  assert.match(warning!.message, /No other target can either: such requests fail\.$/);
});

test("a model without tools is warned of in words that fit", () => {
  const [warning] = warned({ routes: { build: "groq,chat", default: "groq,x" } }, { chat: { tools: false } });
  assert.equal(warning?.key, "router.build");
  assert.match(warning!.message, /: it has no tool calls\. /);
});

test("routes that are not set, and targets without a key, are not warned of", () => {
  const providers = [provider("mine", { problem: "has no key" })];
  assert.deepEqual(warned({ providers, routes: { default: "mine,small | groq,x" } }, SMALL), []);
  assert.deepEqual(warned({ routes: { simple: "groq,small", default: "groq,x" } }, SMALL), []);
});

test("a threshold that sends much to long_context is warned of, with its share", () => {
  const percent = (longContextThreshold: number) =>
    warned({ routes: { default: "groq,x", long_context: "groq,y" }, longContextThreshold })
      .map(({ key, message }) => [key, Number(/^(\d+) %/.exec(message)?.[1])]);
  assert.deepEqual(percent(60_000), [["router.long_context_threshold", 80]]);
  assert.deepEqual(percent(0), [["router.long_context_threshold", 100]]);
  assert.deepEqual(percent(80_000), [["router.long_context_threshold", 65]]);
  assert.deepEqual(percent(172_000), [["router.long_context_threshold", 10]]);
  assert.deepEqual([percent(200_000), percent(5_000_000)], [[], []]);
  assert.deepEqual(warned({ routes: { default: "groq,x" }, longContextThreshold: 60_000 }), []);
});
