import assert from "node:assert/strict";
import { test } from "node:test";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import fc from "fast-check";
import { openSeal, sealReasoning } from "../../../src/dialects/anthropic-messages/reasoning.ts";

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

test("a body that passes through loses sealed thinking and nothing else", () => {
  const sealed = { type: "thinking", thinking: "hm", signature: sealReasoning({ text: "hm" }) };
  const signed = { type: "thinking", thinking: "ah", signature: "EvQB" };
  const user = { role: "user", content: [{ type: "text", text: SEAL_PREFIX, signature: SEAL_PREFIX }] };
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
