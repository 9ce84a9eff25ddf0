import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../../src/classifier/classify.ts";
import { decide } from "../../src/server/decide.ts";
import { configOf } from "../support/proxy.ts";
import { requestFacts, user } from "../support/request-facts.ts";

const CONFIG = configOf('[router]\nthink = "groq,llama"\ndefault = "groq,small"\n', { GROQ_API_KEY: "k" });
const WORLD = { now: Date.UTC(2026, 10, 22, 12), model: () => undefined };

test("a request and the count of its tokens go the same way, each after one look at the prompt", () => {
  for (const operation of ["generate", "count_tokens"] as const) {
    const prompts: string[] = [];
    const facts = requestFacts({ operation, messages: [user("plan the architecture")] });
    const { plan, classification } = decide(facts, CONFIG, {
      ...WORLD,
      judge: (view, words) => {
        prompts.push(view.prompts[0]!.text);
        return judge(view, words);
      },
    });
    assert.equal(plan.route, "think");
    assert.equal(classification.kind, "think");
    assert.deepEqual(prompts, ["plan the architecture"]);
  }
});

test("the two durations are read from the clock that is given, and else are 0", () => {
  let ms = 0;
  const facts = requestFacts({ messages: [user("plan it")] });
  const timed = decide(facts, CONFIG, { ...WORLD, mono: () => ms++ });
  assert.deepEqual([timed.classifyUs, timed.routeUs], [1000, 1000]);
  const { classifyUs, routeUs } = decide(facts, CONFIG, WORLD);
  assert.deepEqual([classifyUs, routeUs], [0, 0]);
});
