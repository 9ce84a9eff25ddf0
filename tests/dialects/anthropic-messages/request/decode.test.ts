import assert from "node:assert/strict";
import { test } from "node:test";
import { anthropicMessages } from "../../../../src/dialects/anthropic-messages/index.ts";
import { sealReasoning } from "../../../../src/dialects/anthropic-messages/reasoning.ts";
import type { Json } from "../../../../src/model/json.ts";
import { UnsupportedRequest } from "../../../../src/dialects/dialect.ts";

const decode = (body: Json) =>
  anthropicMessages.request.decode({ model: "claude-opus-5-5", max_tokens: 100, messages: [], ...body });
const partsOf = (content: Json, role = "user") =>
  decode({ messages: [{ role, content }] }).messages[0]!.parts;

test("system prompts, in front and in between, keep their place and their cache marks", () => {
  const { messages } = decode({
    system: [{ type: "text", text: "a" }, {
      type: "text",
      text: "b",
      cache_control: { type: "ephemeral", ttl: "1h" },
    }],
    messages: [{ role: "user", content: "c" }, {
      role: "system",
      content: "d",
      output_config: { effort: "low" },
    }],
  });
  assert.deepEqual(messages, [
    {
      role: "system",
      parts: [{ type: "text", text: "a" }, { type: "text", text: "b", cache: { ttl: "1h" } }],
    },
    { role: "user", parts: [{ type: "text", text: "c" }] },
    { role: "system", parts: [{ type: "text", text: "d" }] },
  ]);
  assert.deepEqual(decode({ system: "x" }).messages, [{
    role: "system",
    parts: [{ type: "text", text: "x" }],
  }]);
});

test("every kind of content has its part", () => {
  assert.deepEqual(
    partsOf([
      { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } },
      {
        type: "image",
        source: { type: "url", url: "https://example.com/a" },
        cache_control: { type: "ephemeral" },
      },
      { type: "document", source: { type: "text", media_type: "text/plain", data: "t" }, title: "T" },
      {
        type: "document",
        source: { type: "content", content: [{ type: "text", text: "x" }, { type: "text", text: "y" }] },
      },
      { type: "search_result", source: "https://s", title: "S", content: [{ type: "text", text: "found" }] },
      {
        type: "tool_result",
        tool_use_id: "t1",
        content: [{ type: "tool_reference", tool_name: "Web" }],
        is_error: true,
      },
      { type: "container_upload", file_id: "f" },
    ]),
    [
      { type: "image", source: { kind: "data", mediaType: "image/png", data: "AA==" } },
      { type: "image", source: { kind: "url", url: "https://example.com/a" }, cache: {} },
      { type: "document", source: { kind: "text", text: "t" }, title: "T" },
      { type: "document", source: { kind: "text", text: "x\ny" } },
      { type: "document", source: { kind: "text", text: "found" }, title: "S – https://s" },
      {
        type: "tool_result",
        id: "t1",
        kind: "function",
        content: [{ type: "text", text: "The tool Web is available now." }],
        native: { dialect: "anthropic-messages", value: [{ type: "tool_reference", tool_name: "Web" }] },
        isError: true,
      },
      {
        type: "opaque",
        dialect: "anthropic-messages",
        name: "container_upload",
        value: { type: "container_upload", file_id: "f" },
      },
    ],
  );
});

test("a result that only Anthropic can read whole goes back to it as it came", () => {
  const found = {
    type: "tool_result",
    tool_use_id: "t1",
    content: [{ type: "tool_reference", tool_name: "Web" }],
  };
  const call = { type: "tool_use", id: "t1", name: "ToolSearch", input: {} };
  const conversation = decode({
    messages: [{ role: "user", content: "a" }, { role: "assistant", content: [call] }, {
      role: "user",
      content: [found],
    }],
  });
  const target = { model: "claude-opus-4-8", provider: "anthropic", quirks: [] };
  assert.deepEqual(anthropicMessages.request.encode(conversation, target).body.messages[2].content, [found]);
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

test("tools are separated by who runs them", () => {
  const { tools, serverTools, toolChoice, parallelToolCalls } = decode({
    tools: [
      {
        name: "Bash",
        description: "Runs.",
        input_schema: { type: "object" },
        cache_control: { type: "ephemeral" },
      },
      { type: "custom", name: "Late", input_schema: { type: "object" }, defer_loading: true },
      { type: "bash_20250124", name: "bash" },
      { type: "text_editor_20250728", name: "str_replace_based_edit_tool" },
      { type: "web_search_20250305", name: "web_search", max_uses: 8 },
    ],
    tool_choice: { type: "tool", name: "web_search", disable_parallel_tool_use: true },
  });
  assert.deepEqual(tools[0], {
    kind: "function",
    name: "Bash",
    description: "Runs.",
    parameters: { type: "object" },
    cache: {},
  });
  assert.deepEqual(tools.map(({ name, native }) => [name, native?.value.type, native?.value.defer_loading]), [
    ["Bash", undefined, undefined],
    ["Late", "custom", true],
    ["bash", "bash_20250124", undefined],
    ["str_replace_based_edit_tool", "text_editor_20250728", undefined],
  ]);
  assert.ok(tools[2]!.parameters.properties.command);
  assert.deepEqual(serverTools.map(({ name }) => name), ["web_search"]);
  assert.deepEqual([toolChoice, parallelToolCalls], [{ type: "tool", name: "web_search" }, false]);
});

test("settings have their neutral names, and what only Anthropic knows travels as it came", () => {
  const conversation = decode({
    temperature: 0.3,
    top_p: 0.9,
    top_k: 4,
    stop_sequences: ["END"],
    stream: true,
    thinking: { type: "enabled", budget_tokens: 2048, display: "omitted" },
    output_config: { effort: "high", format: { type: "json_schema", schema: { type: "object" } } },
    metadata: { user_id: "u" },
    service_tier: "standard_only",
    context_management: { edits: [] },
    speed: "fast",
    cache_control: null,
  });
  const { messages: _messages, tools: _tools, ...rest } = conversation;
  assert.deepEqual(rest, {
    dialect: "anthropic-messages",
    model: "claude-opus-5-5",
    stream: true,
    serverTools: [],
    maxTokens: 100,
    temperature: 0.3,
    topP: 0.9,
    topK: 4,
    stop: ["END"],
    reasoning: { enabled: true, budgetTokens: 2048, effort: "high", summary: "omitted" },
    outputFormat: { type: "json_schema", schema: { type: "object" } },
    user: "u",
    serviceTier: "default",
    extensions: { context_management: { edits: [] }, speed: "fast" },
  });
  assert.deepEqual(decode({ thinking: { type: "disabled" } }).reasoning, { enabled: false });
  assert.deepEqual(decode({ thinking: { type: "adaptive" } }).reasoning, { enabled: true, adaptive: true });
  assert.equal(decode({}).reasoning, undefined);
});

test("a field that only Anthropic serves is refused where dropping it would change the meaning", () => {
  for (const field of ["container", "mcp_servers", "thread"]) {
    assert.throws(
      () => decode({ [field]: [{ id: "x" }] }),
      (error: unknown) =>
        error instanceof UnsupportedRequest && error.param === field && error.message.includes(field),
    );
    decode({ [field]: null });
  }
  decode({ mcp_servers: [] });
  assert.throws(() => anthropicMessages.request.decode([]), UnsupportedRequest);
});

test("bodies of odd shapes do not throw", () => {
  for (
    const messages of [undefined, 7, [null, 3, {}, { role: "robot", content: 5 }, {
      role: "user",
      content: [null, {}],
    }]]
  ) {
    decode({
      messages,
      tools: [null, {}, 5],
      tool_choice: "auto",
      stop_sequences: "x",
      thinking: 1,
      output_config: [],
    });
  }
});
