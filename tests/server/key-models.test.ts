import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientKey } from "../../src/config/client-keys.ts";
import type { PlannedTarget, RoutePlan } from "../../src/router/plan.ts";
import { NOT_ALLOWED, withinKey } from "../../src/server/key-models.ts";

const target = (provider: string, model: string, skip?: string): PlannedTarget => ({
  provider,
  model,
  from: "chain",
  ...(skip === undefined ? {} : { skip }),
});

const planOf = (targets: readonly PlannedTarget[], route = "think"): RoutePlan => ({
  route,
  targets,
  why: [],
  decision: { kind: "route", name: route },
} as RoutePlan);

const keyFor = (...models: string[]): ClientKey => ({
  name: "ann",
  role: "client",
  created: 0,
  secrets: [],
  models,
});

const BOTH = [target("openrouter", "anthropic/claude-opus-4.8"), target("groq", "llama-3.1-8b")];

/** Which targets are left of a plan, as `provider,model`. */
const leftOf = (plan: RoutePlan, key: ClientKey | undefined) =>
  withinKey(plan, key).plan.targets.filter(({ skip }) => skip === undefined)
    .map(({ provider, model }) => `${provider},${model}`);

test("a key that lists nothing, and a caller without a name, may use everything", () => {
  const plan = planOf(BOTH);
  assert.equal(withinKey(plan, undefined).plan, plan);
  const { models: _none, ...unlimited } = keyFor();
  assert.equal(withinKey(plan, unlimited).plan, plan);
});

test("a route that is allowed is allowed whole, whatever its models are", () => {
  const plan = planOf(BOTH);
  assert.deepEqual(withinKey(plan, keyFor("think")), { plan });
  assert.deepEqual(withinKey(plan, keyFor("th*")), { plan });
});

test("a rule's route is named as in its file, with and without the word rule", () => {
  const plan = planOf(BOTH, "rule:night");
  assert.deepEqual(withinKey(plan, keyFor("night")), { plan });
  assert.deepEqual(withinKey(plan, keyFor("rule:night")), { plan });
  assert.notEqual(withinKey(plan, keyFor("nigh")).refusal, undefined);
});

test("another route keeps the allowed models, and the others say why they are skipped", () => {
  assert.deepEqual(leftOf(planOf(BOTH), keyFor("llama-*")), ["groq,llama-3.1-8b"]);
  assert.deepEqual(leftOf(planOf(BOTH), keyFor("openrouter,*opus*")), [
    "openrouter,anthropic/claude-opus-4.8",
  ]);
  const [first] = withinKey(planOf(BOTH), keyFor("llama-*")).plan.targets;
  assert.equal(first!.skip, 'the key "ann" may not use it');
});

test("signs of a pattern other than the star are letters: a dot is a dot", () => {
  assert.deepEqual(leftOf(planOf([target("groq", "llama-3x1")]), keyFor("llama-3.1")), []);
});

test("a request with nothing left is refused for its key, by the names that it may use", () => {
  const { refusal } = withinKey(planOf(BOTH), keyFor("build", "gpt-*"));
  assert.equal(refusal?.failure, NOT_ALLOWED);
  assert.equal(refusal?.error.status, 403);
  assert.match(
    refusal?.error.message ?? "",
    /the key "ann" may use build, gpt-\*; this request goes to think/,
  );
});

test("a target skipped for another reason keeps that reason: the key refuses nothing", () => {
  const targets = [target("openrouter", "llama-3.1-8b", "cooling down"), target("groq", "other")];
  const within = withinKey(planOf(targets), keyFor("llama-*"));
  assert.equal(within.refusal, undefined);
  assert.equal(within.plan.targets[0]!.skip, "cooling down");
});
