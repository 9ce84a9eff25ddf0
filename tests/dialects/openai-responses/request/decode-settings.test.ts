import assert from "node:assert/strict";
import { test } from "node:test";
import { UnsupportedRequest } from "../../../../src/dialects/dialect.ts";
import { asked } from "../support.ts";

test("tools are read wherever they are listed, each once", () => {
  const { tools, serverTools } = asked({
    tools: [
      { type: "function", name: "a", description: "A", parameters: { type: "object" }, strict: true },
      {
        type: "namespace",
        name: "ns",
        description: "N",
        tools: [{ type: "function", name: "b" }, { type: "custom", name: "c" }],
      },
      { type: "local_shell" },
      { type: "shell", environment: { type: "container_auto" } },
      { type: "tool_search", execution: "client", description: "S", parameters: {} },
      { type: "tool_search" },
      { type: "web_search", external_web_access: true },
      { type: "mcp", server_label: "x" },
    ],
    input: [
      {
        type: "additional_tools",
        role: "developer",
        tools: [{ type: "custom", name: "exec", format: { type: "text" } }, { type: "function", name: "a" }],
      },
      { role: "user", content: "go" },
    ],
  });
  assert.deepEqual(tools.map(({ kind, namespace, name }) => [kind, namespace, name]), [
    ["function", undefined, "a"],
    ["function", "ns", "b"],
    ["custom", "ns", "c"],
    ["local_shell", undefined, "local_shell"],
    ["tool_search", undefined, "tool_search"],
    ["custom", undefined, "exec"],
  ]);
  assert.equal(tools[0]?.strict, true);
  assert.deepEqual(serverTools.map((tool) => tool.name), ["shell", "tool_search", "web_search", "mcp"]);
});

for (
  const [choice, read] of [
    ["required", { type: "required" }],
    [{ type: "function", name: "a" }, { type: "tool", name: "a", kind: "function" }],
    [{ type: "custom", name: "c" }, { type: "tool", name: "c", kind: "custom" }],
    [{ type: "apply_patch" }, { type: "tool", name: "apply_patch", kind: "apply_patch" }],
    [
      {
        type: "allowed_tools",
        mode: "required",
        tools: [{ type: "function", name: "a" }, { type: "shell" }],
      },
      { type: "allowed", mode: "required", names: ["a", "shell"] },
    ],
    [{ type: "web_search_preview" }, undefined],
  ] as const
) {
  test(`the tool choice ${JSON.stringify(choice)} is read`, () => {
    assert.deepEqual(asked({ tool_choice: choice }).toolChoice, read);
  });
}

test("every setting is read, and what only this dialect knows is kept by name", () => {
  const conversation = asked({
    max_output_tokens: 500,
    temperature: 0,
    top_p: 0.9,
    top_logprobs: 3,
    parallel_tool_calls: false,
    reasoning: { effort: "high", summary: "detailed", context: "all_turns" },
    include: ["reasoning.encrypted_content"],
    text: {
      format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true },
      verbosity: "low",
    },
    service_tier: "flex",
    metadata: { a: "b" },
    user: "u",
    safety_identifier: "s",
    prompt_cache_key: "k",
    prompt_cache_retention: "24h",
    store: true,
    truncation: "auto",
    max_tool_calls: 4,
    client_metadata: { x: "y" },
    previous_response_id: null,
    background: false,
  });
  const { messages: _m, tools: _t, serverTools: _s, ...rest } = conversation;
  assert.deepEqual(rest, {
    dialect: "openai-responses",
    model: "asked-model",
    stream: true,
    maxTokens: 500,
    temperature: 0,
    topP: 0.9,
    topLogprobs: 3,
    parallelToolCalls: false,
    reasoning: { enabled: true, effort: "high", summary: "detailed", encrypted: true },
    outputFormat: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true },
    verbosity: "low",
    serviceTier: "flex",
    metadata: { a: "b" },
    user: "u",
    safetyIdentifier: "s",
    promptCacheKey: "k",
    promptCacheRetention: "24h",
    store: true,
    extensions: {
      truncation: "auto",
      max_tool_calls: 4,
      client_metadata: { x: "y" },
      "reasoning.context": "all_turns",
    },
  });
});

test("effort none switches reasoning off, and a configuration update counts from then on", () => {
  assert.deepEqual(asked({ reasoning: { effort: "none" } }).reasoning, { enabled: false, effort: "none" });
  const updated = asked({
    reasoning: { effort: "low" },
    input: [{ role: "user", content: "x" }, { type: "configuration_update", reasoning: { effort: "high" } }],
  });
  assert.equal(updated.reasoning?.effort, "high");
});

for (
  const [field, body] of [
    ["previous_response_id", { previous_response_id: "resp_1" }],
    ["conversation", { conversation: "conv_1" }],
    ["prompt", { prompt: { id: "pmpt_1" } }],
    ["background", { background: true }],
    ["input[1]", { input: [{ role: "user", content: "a" }, { type: "item_reference", id: "msg_1" }] }],
    ["input[0]", { input: [{ id: "msg_1" }] }],
    ["input[0]", { input: [{ type: "compaction", encrypted_content: "x" }] }],
    ["input[0]", { input: [{ type: "compaction_trigger" }] }],
  ] as const
) {
  test(`${JSON.stringify(body)} needs a server with a memory and is refused by name`, () => {
    assert.throws(() => asked(body), (error) => {
      assert.ok(error instanceof UnsupportedRequest);
      assert.equal(error.param, field);
      assert.ok(error.message.includes(field.replace(/\[.*/, "")));
      return true;
    });
  });
}
