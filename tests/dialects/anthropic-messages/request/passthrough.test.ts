import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { anthropicMessages } from "../../../../src/dialects/anthropic-messages/index.ts";
import type { Json } from "../../../../src/model/json.ts";
import { conversationArbitrary } from "../../support/conversation.ts";
import { sharedWhereThere } from "../../../support/shared.ts";
import { sealReasoning } from "../../../../src/dialects/anthropic-messages/reasoning.ts";

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

const CLAUDE = { provider: "anthropic", quirks: ["billing-block"], rulesOf: "anthropic" };
const fit = (body: Json, model: string, headers = {}) => request.fit!(body, { ...CLAUDE, model }, headers);

const CASES: readonly (readonly [body: Json, model: string, changed: readonly string[]])[] = [
  [NEWEST, "claude-opus-5-5", []],
  [NEWEST, "claude-haiku-4-5", ["max_tokens", "messages", "thinking", "output_config"]],
  [{ ...NEWEST, thinking: { type: "disabled" } }, "claude-opus-5-5", [
    "thinking",
    "output_config",
  ]],
  [{ thinking: { type: "enabled", budget_tokens: 2000 } }, "claude-opus-4-8", ["thinking", "output_config"]],
  [{ temperature: 0.2, top_p: 0.9 }, "claude-sonnet-4-5", ["top_p"]],
  [{ temperature: 0.2, top_k: 3 }, "claude-sonnet-5", ["temperature", "top_k"]],
  [{ temperature: 1 }, "claude-sonnet-5", []],
  [{ tool_choice: { type: "any" } }, "claude-opus-5-5", ["tool_choice"]],
  [{ messages: [{ role: "assistant", content: "So" }] }, "claude-opus-4-6", ["messages"]],
  [{ output_config: { format: { type: "json_schema", schema: {} } } }, "claude-3-opus", [
    "output_config",
    "system",
  ]],
  [null, "claude-3-opus", []],
];

test("of a request for another generation of Claude only what the model refuses is changed", () => {
  for (const [body, model, changed] of CASES) {
    const fitted = fit(body, model).body;
    const keys = Object.keys({ ...body, ...fitted });
    const found = keys.filter((key) => JSON.stringify(body[key]) !== JSON.stringify(fitted[key]));
    assert.deepEqual(found.sort(), [...changed].sort(), `${JSON.stringify(body)} ${model}`);
  }
});

test("a model of another maker gets what is said of thinking and length as it is", () => {
  const { body } = request.fit!(NEWEST, { model: "kimi-k2", provider: "p", quirks: [] }, {});
  assert.deepEqual({ ...body, messages: [] }, { ...NEWEST, messages: [] });
  assert.deepEqual(body.messages.map(({ role }: Json) => role), ["user", "user"]);
});

test("what a request says for a model stays as it is when it is made fit again", () => {
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
      const { body } = request.encode(asked, { ...CLAUDE, model });
      assert.equal(fit(body, model).body, body);
    },
  ));
});

test("every request of Claude Code is made fit for every generation", () => {
  const bodies = [NEWEST];
  const own = new URL("../../../fixtures/requests/", import.meta.url);
  for (const url of [own, ...sharedWhereThere("fixtures/client-requests/")]) {
    for (const file of readdirSync(url).filter((name) => name.startsWith("claude"))) {
      const { body } = JSON.parse(readFileSync(new URL(file, url), "utf8"));
      if (Array.isArray(body?.messages)) bodies.push(body);
    }
  }
  for (const body of bodies) {
    for (const model of MODELS) {
      const fitted = fit(body, model).body;
      assert.equal(fit(fitted, model).body, fitted);
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

test("where system messages may only be in front, later ones are among the user's words", () => {
  const target = { model: "claude-opus-5-5", provider: "p", quirks: ["system-first-only"] };
  const { body, dropped } = request.fit!(NEWEST, target, {});
  assert.deepEqual(body.messages[1], {
    role: "user",
    content: "<system-reminder>\nEnvironment\n</system-reminder>",
  });
  assert.equal(body.messages[0], NEWEST.messages[0]);
  assert.deepEqual(dropped, []);
  const plain = { messages: [{ role: "user", content: "x" }] };
  assert.equal(request.fit!(plain, target, {}).body, plain);
});

test("a beta goes with the field that needs it", () => {
  const headers = { "anthropic-beta": "context-management-2025-06-27, effort-2025-11-24,other-1" };
  const fitted = fit({ ...NEWEST, max_tokens: 1000 }, "claude-3-opus", headers);
  assert.equal(fitted.body.context_management, undefined);
  assert.deepEqual(fitted.headers, { "anthropic-beta": "other-1" });
  assert.equal(fit(NEWEST, "claude-opus-5-5", headers).headers, undefined);
});

test("results of tools stay first in the message that a later system message joins", () => {
  const messages = [
    { role: "user", content: "a" },
    { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: {} }] },
    { role: "system", content: "note" },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "ok" }] },
  ];
  const { body } = fit({ messages }, "claude-haiku-4-5");
  assert.deepEqual(body.messages[2].content, [
    messages[3]!.content[0],
    { type: "text", text: "<system-reminder>\nnote\n</system-reminder>" },
  ]);
});

test("a body that passes through loses sealed thinking and nothing else", () => {
  const sealed = { type: "thinking", thinking: "hm", signature: sealReasoning({ text: "hm" }) };
  const signed = { type: "thinking", thinking: "ah", signature: "EvQB" };
  const user = { role: "user", content: [{ type: "text", text: "tlp1.", signature: "tlp1." }] };
  const messages = [
    user,
    {
      role: "assistant",
      content: [sealed, { type: "tool_use", id: "t", name: "Bash", input: {} }],
      extra: 1,
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "ok" }] },
    { role: "assistant", content: [sealed] },
    { role: "assistant", content: [signed] },
    { role: "assistant", content: "plain" },
  ];
  const target = { provider: "anthropic", model: "claude-opus-4-8", quirks: [] };
  assert.deepEqual(anthropicMessages.request.edits!({ messages }, target), {
    members: {
      messages: [
        user,
        { role: "assistant", content: [{ type: "tool_use", id: "t", name: "Bash", input: {} }], extra: 1 },
        messages[2],
        { role: "assistant", content: [signed] },
        { role: "assistant", content: "plain" },
      ],
    },
    dropped: ["earlier_reasoning"],
  });
  for (const odd of [messages.slice(4), [null, 3, { role: "assistant" }]]) {
    assert.equal(anthropicMessages.request.edits!({ messages: odd }, target), undefined);
  }
  assert.equal(anthropicMessages.request.edits!(null, target), undefined);
});
