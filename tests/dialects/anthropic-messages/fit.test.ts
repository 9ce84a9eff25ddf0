import assert from "node:assert/strict";
import { test } from "node:test";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import { parseExact } from "../../../src/json/exact.ts";
import type { Json } from "../../../src/model/json.ts";

const HAIKU = { provider: "anthropic", model: "claude-haiku-4-5", quirks: [] };
const fitted = (more: Json): Json =>
  anthropicMessages.request.fit!(
    { model: "auto", max_tokens: 4000, messages: [{ role: "user", content: "Hi" }], ...more },
    HAIKU,
    {},
  );

const THINKING = { type: "enabled", budget_tokens: 2000 };

test("thinking that the model takes stays as it came", () => {
  const { body, dropped } = fitted({ thinking: THINKING, temperature: 1 });
  assert.deepEqual([body.thinking, body.temperature, dropped], [THINKING, 1, []]);
});

test("sampling that Claude refuses beside thinking is dropped", () => {
  for (const sampling of [{ temperature: 0.2 }, { top_k: 5 }]) {
    const { body } = fitted({ thinking: THINKING, ...sampling });
    assert.deepEqual([body.temperature ?? 1, body.top_k], [1, undefined]);
    assert.equal(body.thinking.type, "enabled");
  }
});

test("a budget of thinking stays below the limit of output", () => {
  const { body } = fitted({ max_tokens: 1500, thinking: THINKING });
  assert.ok(body.thinking.type === "disabled" || body.thinking.budget_tokens < body.max_tokens);
});

test("a limit beyond 2^53 is lowered like any that the model does not take", () => {
  const { huge } = parseExact('{"huge":9007199254740993}');
  assert.equal(fitted({ max_tokens: huge }).body.max_tokens, 64_000);
  const { body } = fitted({ thinking: { type: "enabled", budget_tokens: huge } });
  assert.ok(body.thinking.type === "disabled" || body.thinking.budget_tokens < body.max_tokens);
});
