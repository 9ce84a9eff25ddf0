import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import { openAiChat } from "../../../src/dialects/openai-chat/index.ts";
import {
  decodeReasoning,
  encodeDetails,
  hasSecretState,
  plainReasoning,
  reasoningText,
} from "../../../src/dialects/openai-chat/reasoning.ts";
import type { Conversation, ReasoningPart } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";

const { decode } = openAiChat.request;

function messages(...list: Json[]): Json {
  return decode({ model: "m", messages: list }).messages;
}

const REASONING: readonly { readonly sent: Json; readonly is: Json }[] = [
  { sent: { reasoning_content: "hm" }, is: [{ type: "reasoning", text: "hm" }] },
  { sent: { reasoning: "hm" }, is: [{ type: "reasoning", text: "hm" }] },
  {
    sent: {
      reasoning: "hm",
      reasoning_details: [{ type: "reasoning.text", text: "hm", signature: "s", index: 0 }],
    },
    is: [{ type: "reasoning", text: "hm", signature: "s" }],
  },
  {
    sent: {
      reasoning_content: "hm",
      reasoning_details: [{ type: "reasoning.text", signature: "s", index: 0 }],
    },
    is: [{ type: "reasoning", text: "hm", signature: "s" }],
  },
  {
    sent: {
      reasoning_details: [{
        type: "reasoning.encrypted",
        data: "r",
        format: "anthropic-claude-v1",
        index: 0,
      }],
    },
    is: [{ type: "reasoning", redacted: "r" }],
  },
  {
    sent: {
      reasoning_details: [
        { type: "reasoning.summary", summary: "one", index: 0 },
        { type: "reasoning.summary", summary: "two", index: 0 },
        { type: "reasoning.encrypted", data: "e", id: "rs_1", format: "openai-responses-v1", index: 0 },
        { type: "reasoning.encrypted", data: "f", id: "rs_2", format: "openai-responses-v1", index: 0 },
      ],
    },
    is: [
      { type: "reasoning", summary: ["one", "two"], encrypted: "e", itemId: "rs_1" },
      { type: "reasoning", encrypted: "f", itemId: "rs_2" },
    ],
  },
];

for (const { sent, is } of REASONING) {
  test(`reasoning that came as ${JSON.stringify(sent)} is read`, () => {
    const [message] = messages({ role: "assistant", content: "hi", ...sent });
    assert.deepEqual(message.parts, [...is, { type: "text", text: "hi" }]);
  });
}

/** A provider that takes everything that the dialect has. */
const FULL: EncodeTarget = {
  model: "",
  provider: "p",
  quirks: ["reasoning-details", "top-k"],
  reasoning: true,
};

test("earlier reasoning is sent back as reasoning_details, or as plain text", () => {
  const thought: ReasoningPart = { type: "reasoning", text: "hm", signature: "sig" };
  const conversation: Conversation = {
    dialect: "anthropic-messages",
    model: "m",
    stream: false,
    messages: [{ role: "assistant", parts: [thought, { type: "text", text: "hi" }] }],
    tools: [],
    serverTools: [],
    extensions: {},
  };
  const sent = (quirks: string[]) => {
    const { body, dropped } = openAiChat.request.encode(conversation, { ...FULL, quirks });
    return { ...body.messages[0], dropped };
  };
  const details = sent(["reasoning-details"]);
  assert.deepEqual(details.reasoning_details, [
    { type: "reasoning.text", text: "hm", signature: "sig", format: "anthropic-claude-v1", index: 0 },
  ]);
  assert.equal(sent(["reasoning-content"]).reasoning_content, "hm");
  assert.deepEqual(sent([]), { role: "assistant", content: "hi", dropped: ["earlier_reasoning"] });
});

test("the words are those of the first name that has any", () => {
  assert.equal(plainReasoning({ reasoning_content: "a", reasoning: "b" }), "a");
  assert.equal(plainReasoning({ reasoning_content: "", reasoning: "b" }), "b");
  assert.equal(plainReasoning({ reasoning_content: { x: 1 }, reasoning: ["b"] }), "");
  assert.equal(
    reasoningText([{ type: "reasoning", summary: ["a", ""], text: "b" }, { type: "reasoning" }]),
    "a\n\nb",
  );
});

test("details of odd shapes are skipped, and none of them throws", () => {
  const details = [null, 7, "x", [], {}, { type: "reasoning.text" }];
  assert.deepEqual(decodeReasoning({ reasoning_details: details }), []);
  assert.deepEqual(decodeReasoning({ reasoning_details: "x", reasoning: "hm" }), [
    { type: "reasoning", text: "hm" },
  ]);
});

test("two thoughts of one index stay two where each has its own signature", () => {
  const details = [
    { type: "reasoning.text", text: "a", signature: "s", index: 0 },
    { type: "reasoning.text", text: "b", signature: "t", index: 0 },
    { type: "reasoning.encrypted", data: "r", format: "anthropic-claude-v1", index: 0 },
  ];
  assert.deepEqual(decodeReasoning({ reasoning_details: details }), [
    { type: "reasoning", text: "a", signature: "s" },
    { type: "reasoning", text: "b", signature: "t" },
    { type: "reasoning", redacted: "r" },
  ]);
});

const secret = fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" });
const maker = fc.option(
  fc.record({ provider: secret, key: secret, model: secret }, { noNullPrototype: true }),
  {
    nil: undefined,
  },
);
const thought: fc.Arbitrary<ReasoningPart> = fc.tuple(
  fc.oneof(
    fc.record({ text: secret, signature: secret }, { noNullPrototype: true }),
    fc.record({ redacted: secret }, { noNullPrototype: true }),
    fc.record({ encrypted: secret, summary: fc.array(secret, { minLength: 1, maxLength: 3 }) }, {
      noNullPrototype: true,
    }),
  ),
  maker,
).map(([fields, maker]) => ({ type: "reasoning", ...fields, ...(maker && { maker }) }));

test("whatever a thought holds comes back from its details, with who made it", () => {
  // https://openrouter.ai/docs/use-cases/reasoning-tokens#reasoning_details-array-structure
  fc.assert(fc.property(fc.array(thought, { maxLength: 4 }), (parts) => {
    const details = parts.flatMap((part, index) => encodeDetails(part, index));
    assert.deepEqual(decodeReasoning({ reasoning_details: JSON.parse(JSON.stringify(details)) }), parts);
    for (const part of parts) assert.ok(hasSecretState(part));
  }));
});
