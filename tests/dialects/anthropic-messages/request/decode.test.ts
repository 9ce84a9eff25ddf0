import assert from "node:assert/strict";
import { test } from "node:test";
import { anthropicMessages } from "../../../../src/dialects/anthropic-messages/index.ts";
import { UnsupportedRequest } from "../../../../src/dialects/dialect.ts";
import { decode } from "../encoding.ts";

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
