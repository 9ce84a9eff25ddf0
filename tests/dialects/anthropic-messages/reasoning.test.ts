import assert from "node:assert/strict";
import { test } from "node:test";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import type { Conversation, Part } from "../../../src/model/conversation.ts";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import type { Json } from "../../../src/model/json.ts";
import { ASKED } from "./streams.ts";

const CHAT: Conversation = { ...ASKED, dialect: "openai-chat" };
const TOOL = { kind: "function" as const, name: "Bash", parameters: { type: "object", properties: {} } };

function encode(
  conversation: Partial<Conversation>,
  model = "claude-sonnet-4-5",
  target: Partial<EncodeTarget> = {},
) {
  return anthropicMessages.request.encode({ ...CHAT, ...conversation }, {
    model,
    provider: "anthropic",
    quirks: [],
    ...target,
  });
}

interface ThinkingCase {
  readonly model: string;
  readonly asked: Partial<Conversation>;
  readonly thinking?: Json;
  readonly effort?: string;
  readonly dropped?: readonly string[];
}

const effort = (effort: string): Partial<Conversation> => ({ reasoning: { effort } });

const THINKING: readonly ThinkingCase[] = [
  { model: "claude-3-5-haiku", asked: effort("high"), dropped: ["reasoning"] },
  { model: "claude-sonnet-4-5", asked: effort("none") },
  { model: "claude-sonnet-4-5", asked: effort("low"), thinking: { type: "enabled", budget_tokens: 4096 } },
  {
    model: "claude-opus-4-5",
    asked: effort("xhigh"),
    thinking: { type: "enabled", budget_tokens: 31999 },
    effort: "high",
  },
  {
    model: "claude-sonnet-4-5",
    asked: { reasoning: { effort: "high" }, maxTokens: 10000 },
    thinking: { type: "enabled", budget_tokens: 8000 },
  },
  {
    model: "claude-sonnet-4-5",
    asked: { reasoning: { effort: "high" }, maxTokens: 1000 },
    dropped: ["reasoning"],
  },
  {
    model: "claude-opus-4-6",
    asked: { reasoning: { enabled: true, budgetTokens: 2000 } },
    thinking: { type: "enabled", budget_tokens: 2000 },
    effort: "low",
  },
  { model: "claude-opus-4-6", asked: effort("minimal"), thinking: { type: "adaptive" }, effort: "low" },
  {
    model: "claude-opus-4-8",
    asked: { reasoning: { enabled: true, budgetTokens: 20000 } },
    thinking: { type: "adaptive", display: "summarized" },
    effort: "high",
  },
  {
    model: "claude-opus-5-5",
    asked: { dialect: "openai-responses", reasoning: { effort: "xhigh" } },
    thinking: { type: "adaptive" },
    effort: "xhigh",
  },
  {
    model: "claude-opus-5-5",
    asked: { dialect: "openai-responses", reasoning: { effort: "xhigh", summary: "auto" } },
    thinking: { type: "adaptive", display: "summarized" },
    effort: "xhigh",
  },
  { model: "claude-opus-4-8", asked: { reasoning: { enabled: false } } },
  { model: "claude-opus-5", asked: { reasoning: { enabled: false } }, thinking: { type: "disabled" } },
  { model: "claude-sonnet-5-5", asked: effort("none"), thinking: { type: "between_tools" } },
  { model: "claude-opus-5-5", asked: effort("none"), effort: "low", dropped: ["reasoning"] },
  {
    model: "claude-sonnet-4-5",
    asked: { ...effort("high"), tools: [TOOL], toolChoice: { type: "required" } },
    dropped: ["reasoning"],
  },
  {
    model: "claude-opus-5-5",
    asked: { ...effort("high"), tools: [TOOL], toolChoice: { type: "required" } },
    thinking: { type: "adaptive", display: "summarized" },
    effort: "high",
    dropped: ["tool_choice"],
  },
  { model: "claude-opus-4-8", asked: { ...ASKED, reasoning: { effort: "max" } }, effort: "max" },
];

test("thinking is asked for as each model takes it", () => {
  for (const { model, asked, thinking, effort, dropped = [] } of THINKING) {
    const { body, dropped: lost } = encode(asked, model);
    const label = `${model} ${JSON.stringify(asked)}`;
    assert.deepEqual([body.thinking, body.output_config?.effort, lost], [thinking, effort, dropped], label);
  }
});

test("thinking with a budget is dropped in a turn whose calls came from another provider", () => {
  const call: Part = { type: "tool_call", id: "1", name: "Bash", kind: "function", arguments: "{}" };
  const signed: Part = { type: "reasoning", text: "Hm.", signature: "c2ln" };
  const result: Part = { type: "tool_result", id: "1", kind: "function", content: [] };
  const turn = (...parts: Part[]): Partial<Conversation> => ({
    ...effort("low"),
    tools: [TOOL],
    messages: [...ASKED.messages, { role: "assistant", parts }, { role: "user", parts: [result] }],
  });
  assert.equal(encode(turn(call)).body.thinking, undefined);
  assert.deepEqual(encode(turn(call)).dropped, ["reasoning"]);
  assert.ok(encode(turn(signed, call)).body.thinking);
  assert.equal(encode(turn({ type: "reasoning", text: "Hm." }, call)).body.thinking, undefined);
  assert.deepEqual(encode(turn(call), "claude-opus-4-8").body.thinking.type, "adaptive");
});
