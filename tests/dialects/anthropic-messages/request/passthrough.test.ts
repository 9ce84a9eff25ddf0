import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { anthropicMessages } from "../../../../src/dialects/anthropic-messages/index.ts";
import type { Json } from "../../../../src/model/json.ts";
import { conversationArbitrary } from "../../support/conversation.ts";

const { request } = anthropicMessages;
const MODELS = [
  "claude-3-opus",
  "anthropic/claude-3.5-haiku",
  "claude-3-7-sonnet",
  "claude-haiku-4-5",
  "claude-opus-4-6",
  "claude-opus-4-8",
  "claude-sonnet-5",
  "claude-sonnet-5-5",
  "claude-opus-5-5",
  "claude-fable-5",
];

/** What Claude Code sends for the newest model. */
const NEWEST: Json = {
  model: "claude-opus-5-5",
  max_tokens: 128000,
  messages: [{ role: "user", content: "plan it" }, { role: "system", content: "Environment" }],
  thinking: { type: "adaptive" },
  output_config: { effort: "medium" },
  context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
};

const CASES: readonly (readonly [body: Json, model: string, refused: readonly string[]])[] = [
  [NEWEST, "claude-opus-5-5", []],
  [NEWEST, "claude-haiku-4-5", ["max_tokens", "thinking", "output_config.effort", "system"]],
  [NEWEST, "kimi-k2", []],
  [{ ...NEWEST, thinking: { type: "disabled" } }, "claude-opus-5-5", ["thinking"]],
  [{ thinking: { type: "enabled", budget_tokens: 2000 } }, "claude-opus-4-8", ["thinking"]],
  [{ temperature: 0.2, top_p: 0.9 }, "claude-sonnet-4-5", ["top_p"]],
  [{ temperature: 0.2, top_k: 3 }, "claude-sonnet-5", ["temperature", "top_k"]],
  [{ temperature: 1 }, "claude-sonnet-5", []],
  [{ tool_choice: { type: "any" } }, "claude-opus-5-5", ["tool_choice"]],
  [{ messages: [{ role: "assistant", content: "So" }] }, "claude-opus-4-6", ["prefill"]],
  [{ output_config: { format: { type: "json_schema", schema: {} } } }, "claude-3-opus", [
    "output_config.format",
  ]],
  [null, "claude-3-opus", []],
];

test("what a generation of Claude refuses of a request for another is known by field", () => {
  for (const [body, model, refused] of CASES) {
    assert.deepEqual(request.rejectedFields!(body, model), refused, `${JSON.stringify(body)} ${model}`);
  }
});

test("a request re-encoded for a model has nothing in it that the model rejects", () => {
  fc.assert(fc.property(
    conversationArbitrary("anthropic-messages"),
    fc.constantFrom(...MODELS),
    fc.constantFrom("none", "low", "xhigh", undefined),
    (conversation, model, effort) => {
      const asked = {
        ...conversation,
        topP: 0.9,
        ...(effort !== undefined && { reasoning: { enabled: true, effort } }),
      };
      const { body } = request.encode(asked, { model, provider: "anthropic", quirks: [] });
      assert.deepEqual(request.rejectedFields!(body, model), []);
    },
  ));
});

test("every request of Claude Code can be re-encoded for every generation", () => {
  const bodies = [NEWEST];
  for (const folder of ["../../../fixtures/requests/", "../../../../../shared/fixtures/client-requests/"]) {
    const url = new URL(folder, import.meta.url);
    if (!existsSync(url)) continue;
    for (const file of readdirSync(url).filter((name) => name.startsWith("claude"))) {
      const { body } = JSON.parse(readFileSync(new URL(file, url), "utf8"));
      if (Array.isArray(body?.messages)) bodies.push(body);
    }
  }
  for (const body of bodies) {
    for (const model of MODELS) {
      const encoded = request.encode(request.decode(body), { model, provider: "anthropic", quirks: [] });
      assert.deepEqual(request.rejectedFields!(encoded.body, model), []);
    }
  }
});

test("clearing old thinking goes with the thinking: it is refused alone", () => {
  const encode = (model: string) =>
    request.encode(request.decode(NEWEST), { model, provider: "anthropic", quirks: [] });
  assert.ok(encode("claude-opus-4-8").body.context_management);
  assert.equal(encode("claude-3-opus").body.context_management, undefined);
  assert.deepEqual(encode("claude-3-opus").dropped, ["max_tokens", "reasoning", "context_management"]);
});

test("a provider that takes system messages only in front gets a re-encoded request", () => {
  assert.equal(request.needsReencode!(NEWEST, ["system-first-only"]), true);
  assert.equal(request.needsReencode!(NEWEST, []), false);
  assert.equal(
    request.needsReencode!({ messages: [{ role: "user", content: "x" }] }, ["system-first-only"]),
    false,
  );
});
