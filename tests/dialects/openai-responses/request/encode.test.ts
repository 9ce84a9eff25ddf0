import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../../../../src/model/conversation.ts";
import type { Json } from "../../../../src/model/json.ts";
import { encode, from } from "../encoded.ts";

test("a request is stateless and goes to the target's model", () => {
  assert.deepEqual(encode({}).body, {
    model: "model-x",
    stream: false,
    store: false,
    input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] }],
  });
});

test("a system prompt of one text becomes the instructions, later ones keep their place", () => {
  const system: Message = { role: "system", parts: [{ type: "text", text: "Be brief." }] };
  const { body } = encode({ messages: [system, ...from({}).messages, { ...system }] });
  assert.equal(body.instructions, "Be brief.");
  assert.deepEqual(body.input.map((item: Json) => item.role), ["user", "system"]);
});

test("roles that a provider refuses are sent as those it takes", () => {
  const messages: Message[] = [
    { role: "developer", parts: [{ type: "text", text: "a" }] },
    { role: "user", parts: [{ type: "text", text: "b" }] },
    { role: "developer", parts: [{ type: "text", text: "c" }] },
  ];
  const roles = (quirks: string[]) =>
    encode({ messages }, { quirks }).body.input.map((item: Json) => item.role);
  assert.deepEqual(roles([]), ["developer", "user", "developer"]);
  assert.deepEqual(roles(["no-developer-role"]), ["system", "user", "system"]);
  assert.deepEqual(roles(["no-developer-role", "system-first-only"]), ["system", "user", "user"]);
});

test("calls and results keep their ids; images in a result are parts of it", () => {
  const { body } = encode({
    messages: [
      {
        role: "assistant",
        parts: [{ type: "tool_call", id: "toolu_1", name: "Read", kind: "function", arguments: "{}" }],
      },
      {
        role: "user",
        parts: [{
          type: "tool_result",
          id: "toolu_1",
          kind: "function",
          content: [
            { type: "text", text: "a picture" },
            { type: "image", source: { kind: "data", mediaType: "image/png", data: "AAAA" } },
          ],
        }],
      },
    ],
  });
  assert.deepEqual(body.input, [
    { type: "function_call", call_id: "toolu_1", name: "Read", arguments: "{}" },
    {
      type: "function_call_output",
      call_id: "toolu_1",
      output: [{ type: "input_text", text: "a picture" }, {
        type: "input_image",
        image_url: "data:image/png;base64,AAAA",
      }],
    },
  ]);
});

test("a name that the API refuses is changed in tools, calls and choice alike", () => {
  const name = "mcp__server__" + "long_".repeat(20);
  const { body } = encode({
    tools: [{ kind: "function", name, parameters: {} }],
    toolChoice: { type: "tool", name, kind: "function" },
    messages: [{
      role: "assistant",
      parts: [{ type: "tool_call", id: "c", name, kind: "function", arguments: "{}" }],
    }],
  });
  const [tool] = body.tools;
  assert.ok(tool.name.length <= 64);
  assert.equal(body.input[0].name, tool.name);
  assert.equal(body.tool_choice.name, tool.name);
});

test("settings without a field here are dropped and reported", () => {
  const { body, dropped } = encode({
    topK: 5,
    minP: 0.1,
    stop: ["x"],
    seed: 1,
    frequencyPenalty: 1,
    presencePenalty: 1,
    logitBias: {},
    n: 2,
    topLogprobs: 2,
    store: true,
    serverTools: [{ dialect: "anthropic-messages", name: "web_search", value: {} }],
    extensions: { context_management: {} },
    messages: [
      {
        role: "user",
        parts: [{ type: "text", text: "a", cache: {} }, { type: "audio", data: "A", format: "wav" }],
      },
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "hm", signature: "sig" },
          { type: "opaque", dialect: "anthropic-messages", name: "server_tool_use", value: {} },
          { type: "text", text: "b" },
        ],
      },
    ],
  });
  assert.deepEqual([...dropped].sort(), [
    "audio",
    "cache_control",
    "context_management",
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "min_p",
    "n",
    "presence_penalty",
    "reasoning",
    "seed",
    "server_tool_use",
    "stop",
    "store",
    "top_k",
    "web_search",
  ]);
  assert.deepEqual(Object.keys(body).sort(), ["input", "model", "store", "stream"]);
});

test("limits are kept within what the API and the model take", () => {
  assert.equal(encode({ maxTokens: 1 }).body.max_output_tokens, 16);
  assert.equal(encode({ maxTokens: 64000 }, { maxOutput: 16384 }).body.max_output_tokens, 16384);
  assert.equal(encode({ user: "u".repeat(150) }).body.user.length, 64);
});

test("sampling is dropped for reasoning models that refuse it", () => {
  const target = { reasoning: true, quirks: ["fixed-sampling"] };
  const { body, dropped } = encode({ temperature: 0.2, topP: 0.9 }, target);
  assert.deepEqual([body.temperature, body.top_p, dropped], [undefined, undefined, ["temperature", "top_p"]]);
  assert.equal(encode({ temperature: 0.2 }, { ...target, reasoning: false }).body.temperature, 0.2);
});

test("structured output keeps its schema, cleaned for the provider", () => {
  const schema = { type: "object", properties: {}, additionalProperties: false };
  const { body } = encode({ outputFormat: { type: "json_schema", schema } }, {
    quirks: ["no-additional-properties"],
  });
  assert.deepEqual(body.text.format, {
    type: "json_schema",
    name: "answer",
    schema: { type: "object", properties: {} },
  });
  assert.deepEqual(encode({ outputFormat: { type: "json" } }).body.text.format, { type: "json_object" });
});
