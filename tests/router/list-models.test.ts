import { globPattern } from "../../src/text/match.ts";
import { test } from "node:test";
import assert from "node:assert/strict";
import { listModels } from "../../src/router/list-models.ts";
import { chain, configOf, plan, provider, rule, type Setting } from "./world.ts";

const SETTING: Setting = {
  routes: { think: "mine,a | groq,b", background: "groq,b", image: "broken,x" },
  fallback: "ollama,q:1",
  providers: [
    provider("mine", { models: ["a", "vendor/c", "d:free"] }),
    provider("broken", { models: ["x"], problem: "BROKEN_API_KEY is not set" }),
  ],
  rules: [rule("rust", { language: ["rust"] }, "mine,rusty")],
  mappings: [
    { from: "gpt-4", pattern: /^gpt-4$/i, to: { kind: "route", name: "think" }, bidirectional: false },
    { from: "gpt-*", pattern: /^gpt-/i, to: { kind: "auto" }, bidirectional: false },
    { from: "any", pattern: /^any$/i, to: { kind: "auto" }, bidirectional: false },
    { from: "bad", pattern: /^bad$/i, to: { kind: "chain", chain: chain("broken,x") }, bidirectional: false },
  ],
  exclusions: [{ provider: "mine", patterns: [globPattern("*:free")] }],
};

test("the list has the automatic names, routes, plain mappings and usable models", () => {
  assert.deepEqual(
    listModels(configOf(SETTING)).map(({ id, target }) => `${id} ${target?.provider ?? "-"}`),
    [
      "auto -",
      "terraphim/auto -",
      "terraphim/smart-router -",
      "think mine",
      "background groq",
      "image ollama",
      "gpt-4 mine",
      "any -",
      "bad ollama",
      "mine,a mine",
      "mine,vendor/c mine",
      "groq,b groq",
      "mine,rusty mine",
      "ollama,q:1 ollama",
    ],
  );
});

test("every listed name is routed to a target that is tried, the one listed first", () => {
  for (const { id, target } of listModels(configOf(SETTING))) {
    const planned = plan({ facts: { model: id }, config: SETTING });
    const first = planned.targets.find(({ skip }) => skip === undefined);
    assert.ok(first !== undefined, id);
    if (target !== undefined) {
      assert.deepEqual([first.provider, first.model], [target.provider, target.model], id);
    }
  }
});

test("nothing is listed that nothing takes", () => {
  assert.deepEqual(listModels(configOf()), []);
  const providers = [provider("broken", { models: ["x"], problem: "no key" })];
  assert.deepEqual(listModels(configOf({ providers, routes: { default: "broken,x" } })), []);
});
