import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Conversation, Message } from "../../../src/dialects/conversation.ts";
import type { EncodeTarget, Json } from "../../../src/dialects/dialect.ts";
import { openAiResponses } from "../../../src/dialects/openai-responses/dialect.ts";
import { conversationArbitrary } from "../support/conversation.ts";
import { asked } from "./support.ts";

const TARGET: EncodeTarget = { model: "model-x", provider: "openai", quirks: [] };

function from(fields: Partial<Conversation>): Conversation {
  return {
    dialect: "anthropic-messages",
    model: "asked",
    stream: false,
    messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
    tools: [],
    serverTools: [],
    extensions: {},
    ...fields,
  };
}

function encode(
  fields: Partial<Conversation>,
  target: Partial<EncodeTarget> = {},
): { body: Json; dropped: readonly string[] } {
  return openAiResponses.request.encode(from(fields), { ...TARGET, ...target });
}

test("a request is stateless and goes to the target's model", () => {
  assert.deepEqual(encode({}).body, {
    model: "model-x",
    stream: false,
    store: false,
    input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] }],
  });
});

test("a system prompt of one text becomes the instructions, later system messages keep their place", () => {
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

test("functions say that they are not strict: left out, this dialect takes them for strict", () => {
  const { body } = encode({ tools: [{ kind: "function", name: "a", parameters: { type: "object" } }] });
  assert.deepEqual(body.tools, [{
    type: "function",
    name: "a",
    parameters: { type: "object" },
    strict: false,
  }]);
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

test("custom tools and namespaces go out as they are, or as functions where a provider knows no others", () => {
  const fields = {
    tools: [
      { kind: "custom" as const, name: "patch", description: "P" },
      { kind: "function" as const, name: "a", namespace: "ns", namespaceDescription: "N", parameters: {} },
      { kind: "function" as const, name: "b", namespace: "ns", parameters: {} },
    ],
    messages: [
      {
        role: "assistant" as const,
        parts: [{
          type: "tool_call" as const,
          id: "c",
          name: "patch",
          kind: "custom" as const,
          arguments: "x",
        }],
      },
      {
        role: "user" as const,
        parts: [{ type: "tool_result" as const, id: "c", kind: "custom" as const, content: [] }],
      },
    ],
  };
  const native = encode(fields).body;
  assert.deepEqual(native.tools.map((tool: Json) => [tool.type, tool.name, tool.tools?.length]), [
    ["custom", "patch", undefined],
    ["namespace", "ns", 2],
  ]);
  assert.equal(native.tools[1].description, "N");
  assert.deepEqual(native.input.map((item: Json) => item.type), [
    "custom_tool_call",
    "custom_tool_call_output",
  ]);
  const flat = encode(fields, { quirks: ["strict-fields"] }).body;
  assert.deepEqual(flat.tools.map((tool: Json) => [tool.type, tool.name]), [
    ["function", "patch"],
    ["function", "ns__a"],
    ["function", "ns__b"],
  ]);
  assert.deepEqual(flat.input.map((item: Json) => [item.type, item.arguments]), [
    ["function_call", '{"input":"x"}'],
    ["function_call_output", undefined],
  ]);
});

test("what has no field here is left out and named", () => {
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

test("reasoning is asked for, comes back encrypted, and its budget is an effort", () => {
  const effort = (budgetTokens: number) =>
    encode({ reasoning: { enabled: true, budgetTokens } }).body.reasoning.effort;
  assert.deepEqual([1024, 8000, 31999].map(effort), ["low", "medium", "high"]);
  const { body } = encode({ reasoning: { enabled: true, effort: "xhigh", summary: "summarized" } });
  assert.deepEqual(body.reasoning, { effort: "xhigh", summary: "auto" });
  assert.deepEqual(body.include, ["reasoning.encrypted_content"]);
  assert.deepEqual(encode({}, { reasoning: true }).body.include, ["reasoning.encrypted_content"]);
  const without = encode({ reasoning: { enabled: true, effort: "high" } }, { reasoning: false });
  assert.deepEqual([without.body.reasoning, without.body.include, without.dropped], [undefined, undefined, [
    "reasoning",
  ]]);
});

test("a provider's own encrypted reasoning goes back to it", () => {
  const { body, dropped } = encode({
    messages: [{
      role: "assistant",
      parts: [{ type: "reasoning", summary: ["hm"], encrypted: "gAAA", itemId: "rs_1" }],
    }],
  });
  assert.deepEqual(body.input, [
    {
      type: "reasoning",
      id: "rs_1",
      summary: [{ type: "summary_text", text: "hm" }],
      encrypted_content: "gAAA",
    },
  ]);
  assert.deepEqual(dropped, []);
});

test("limits are kept within what the API and the model take", () => {
  assert.equal(encode({ maxTokens: 1 }).body.max_output_tokens, 16);
  assert.equal(encode({ maxTokens: 64000 }, { maxOutput: 16384 }).body.max_output_tokens, 16384);
  assert.equal(encode({ user: "u".repeat(150) }).body.user.length, 64);
});

test("sampling is left out for reasoning models that refuse it", () => {
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

test("a Codex request goes out again to a provider of this dialect with all that it has", () => {
  const body = {
    model: "gpt-test",
    stream: true,
    store: false,
    include: ["reasoning.encrypted_content"],
    reasoning: { effort: "medium", context: "all_turns" },
    text: { verbosity: "low" },
    prompt_cache_key: "k",
    client_metadata: { a: "b" },
    parallel_tool_calls: true,
    tool_choice: "auto",
    tools: [
      {
        type: "function",
        name: "exec",
        description: "E",
        strict: false,
        parameters: { type: "object", properties: {} },
      },
      {
        type: "custom",
        name: "apply_patch",
        description: "P",
        format: { type: "grammar", syntax: "lark", definition: "x" },
      },
      { type: "tool_search", execution: "client", description: "S", parameters: { type: "object" } },
      { type: "web_search", external_web_access: true },
    ],
    input: [
      { type: "message", role: "developer", content: [{ type: "input_text", text: "D" }] },
      { type: "message", role: "user", content: [{ type: "input_text", text: "U" }] },
      { type: "function_call", call_id: "c1", name: "exec", arguments: "{}" },
      { type: "function_call_output", call_id: "c1", output: "R" },
    ],
  };
  const encoded = openAiResponses.request.encode(asked(body), { ...TARGET, model: "gpt-test" });
  assert.deepEqual(encoded.body, body);
  assert.deepEqual(encoded.dropped, []);
});

/** Order of tools, and what a namespace brings together, is no difference. */
function normal(conversation: Conversation): Json {
  const tools = [...conversation.tools].sort((a, b) =>
    `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1
  );
  return JSON.parse(
    JSON.stringify({ ...conversation, tools, maxTokens: Math.max(16, conversation.maxTokens ?? 16) }),
  );
}

test("any conversation survives encode and decode, but for what the tables leave out", () => {
  const carried = conversationArbitrary("openai-responses", {
    cacheMarks: false,
    signedReasoning: false,
    stop: false,
  });
  fc.assert(fc.property(carried, (conversation) => {
    const { body, dropped } = openAiResponses.request.encode(conversation, {
      ...TARGET,
      model: conversation.model,
    });
    assert.deepEqual(dropped, []);
    const { reasoning: _asked, ...again } = openAiResponses.request.decode(JSON.parse(JSON.stringify(body)));
    const { store, ...rest } = again;
    assert.equal(store, false);
    const expected = normal(conversation);
    // A choice or a parallel mark without tools says nothing.
    if (conversation.tools.length === 0) {
      delete expected.toolChoice;
      delete expected.parallelToolCalls;
    }
    assert.deepEqual(normal(rest), expected);
  }));
});

test("any conversation of any dialect becomes a body without undefined fields and without a throw", () => {
  fc.assert(fc.property(
    fc.constantFrom("anthropic-messages" as const, "openai-chat" as const).chain((dialect) =>
      conversationArbitrary(dialect)
    ),
    fc.subarray(["strict-fields", "no-developer-role", "system-first-only", "no-additional-properties"]),
    (conversation, quirks) => {
      const { body } = openAiResponses.request.encode(conversation, { ...TARGET, quirks });
      assert.deepEqual(
        JSON.parse(JSON.stringify(body)),
        JSON.parse(JSON.stringify(body, (_key, value) => value === undefined ? "undefined!" : value)),
      );
      const results = body.input.filter((item: Json) => /_output$/.test(item.type)).map((item: Json) =>
        item.call_id
      );
      const calls = body.input.filter((item: Json) => /_call$/.test(item.type)).map((item: Json) =>
        item.call_id
      );
      assert.deepEqual(results.filter((id: string) => !calls.includes(id)), []);
    },
  ));
});
