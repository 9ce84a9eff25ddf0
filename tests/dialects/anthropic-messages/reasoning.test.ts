import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import type { Conversation, Part } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { ASKED } from "./streams.ts";
import { openSeal, sealReasoning } from "../../../src/dialects/anthropic-messages/reasoning.ts";
import { decode, encode, partsOf, TOOL } from "./encoding.ts";

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

test("thinking keeps its signature; a seal gives back what another provider needs", () => {
  const seal = sealReasoning({ summary: ["s"], encrypted: "gAAA", itemId: "rs_1" });
  assert.deepEqual(
    partsOf([
      { type: "thinking", thinking: "hm", signature: "c2ln" },
      { type: "thinking", thinking: "", signature: "b25seQ==" },
      { type: "redacted_thinking", data: "xx" },
      { type: "thinking", thinking: "s", signature: seal },
      { type: "thinking", thinking: "bare", signature: sealReasoning({ text: "bare" }) },
    ], "assistant"),
    [
      { type: "reasoning", text: "hm", signature: "c2ln" },
      { type: "reasoning", signature: "b25seQ==" },
      { type: "reasoning", redacted: "xx" },
      { type: "reasoning", summary: ["s"], encrypted: "gAAA", itemId: "rs_1" },
      { type: "reasoning", text: "bare" },
    ],
  );
});

test("Anthropic never sees a seal: reasoning that it did not sign is dropped", () => {
  const content = [
    { type: "thinking", thinking: "s", signature: sealReasoning({ text: "s" }) },
    { type: "text", text: "done" },
  ];
  const conversation = decode({ messages: [{ role: "user", content: "a" }, { role: "assistant", content }] });
  const { body, dropped } = anthropicMessages.request.encode(
    {
      ...conversation,
      messages: [...conversation.messages, { role: "user", parts: [{ type: "text", text: "b" }] }],
    },
    { model: "claude-opus-4-8", provider: "anthropic", quirks: [] },
  );
  assert.deepEqual(body.messages[1].content, [{ type: "text", text: "done" }]);
  assert.deepEqual(dropped, ["earlier_reasoning"]);
});

/** The beginning of every seal. */
const SEAL_PREFIX = "tlp1.";

const text = fc.option(fc.string({ unit: "grapheme", maxLength: 30 }), { nil: undefined });

test("the contents of a seal come back as they were", () => {
  fc.assert(fc.property(
    fc.record({ signature: text, redacted: text, encrypted: text, itemId: text }),
    (carried) => {
      const seal = sealReasoning(carried);
      assert.match(seal, /^tlp1\.[A-Za-z0-9_-]+$/);
      const expected = Object.fromEntries(Object.entries(carried).filter(([, value]) => value !== undefined));
      assert.deepEqual({ ...openSeal(seal) }, expected);
    },
  ));
});

test("a seal says whether the text beside it is a summary", () => {
  assert.deepEqual(openSeal(sealReasoning({ summary: ["a"], itemId: "rs_1" })), {
    itemId: "rs_1",
    summarised: true,
  });
  assert.deepEqual(openSeal(sealReasoning({ text: "a" })), {});
});

test("a provider's own signature is not a seal, and a damaged seal carries nothing", () => {
  assert.equal(openSeal("EvQBCkYICxgCKkAxhD4NUKFzudtZ6NzbZdEi"), undefined);
  assert.equal(openSeal(""), undefined);
  assert.deepEqual(openSeal(SEAL_PREFIX + "!!!"), {});
  assert.deepEqual(openSeal(SEAL_PREFIX + "bnVsbA"), {});
});
