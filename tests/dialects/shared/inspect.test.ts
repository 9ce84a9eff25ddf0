import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { inspectAnthropicMessages } from "../../../src/dialects/anthropic-messages/request/inspect.ts";
import type { HeaderMap, RequestFacts } from "../../../src/model/request-facts.ts";
import type { Json } from "../../../src/model/json.ts";
import { inspectOpenAiChat } from "../../../src/dialects/openai-chat/request/inspect.ts";
import { inspectOpenAiResponses } from "../../../src/dialects/openai-responses/request/inspect.ts";
import { reportsFailure } from "../../../src/clients/tool-outcome.ts";
import { clientRequests, factsOf } from "../../support/client-requests.ts";

const anthropic = (body: Json, headers: HeaderMap = {}) => inspectAnthropicMessages(body, headers, 4000);
const chat = (body: Json, headers: HeaderMap = {}) => inspectOpenAiChat(body, headers, 4000);
const responses = (body: Json, headers: HeaderMap = {}) => inspectOpenAiResponses(body, headers, 4000);
const INSPECTORS = { anthropic, chat, responses };

for (const request of clientRequests()) {
  test(`${request.name} gives its model, its stream flag and the facts it is expected to`, () => {
    const facts = factsOf(request);
    assert.equal(facts.model, request.body.model);
    assert.equal(facts.stream, request.body.stream === true);
    for (const [name, value] of Object.entries(request.expect.facts ?? {})) {
      assert.deepEqual(facts[name as keyof RequestFacts], value, name);
    }
    const client = request.name.split(".")[0]!;
    if (client.startsWith("claude")) assert.equal(facts.client, "claude-code");
    else if (client !== "sdk") assert.equal(facts.client, client);
  });
}

/** A body in which fields that exist hold values of any kind. */
function bodies(): fc.Arbitrary<Json> {
  const anything = fc.anything();
  const word = fc.constantFrom(
    "user",
    "assistant",
    "text",
    "image",
    "tool_result",
    "message",
    "web_search",
    "json_schema",
  );
  const part = fc.oneof(
    anything,
    fc.record(
      {
        type: fc.oneof(word, anything),
        text: anything,
        source: anything,
        image_url: anything,
        content: anything,
      },
      { requiredKeys: [] },
    ),
  );
  const message = fc.oneof(
    anything,
    fc.record({
      role: fc.oneof(word, anything),
      type: fc.oneof(word, anything),
      content: fc.oneof(anything, fc.array(part)),
    }, {
      requiredKeys: [],
    }),
  );
  const list = fc.oneof(anything, fc.array(message, { maxLength: 4 }));
  return fc.oneof(
    anything,
    fc.record(
      {
        model: anything,
        messages: list,
        input: list,
        system: fc.oneof(anything, fc.array(part)),
        instructions: anything,
        tools: fc.oneof(anything, fc.array(part)),
        tool_choice: fc.oneof(anything, fc.record({ type: word, name: anything, tools: anything })),
        thinking: anything,
        output_config: anything,
        response_format: fc.oneof(anything, fc.record({ type: word, json_schema: anything })),
        text: anything,
        reasoning: anything,
        plugins: anything,
        metadata: fc.oneof(anything, fc.record({ user_id: anything })),
        client_metadata: anything,
        max_tokens: anything,
      },
      { requiredKeys: [] },
    ),
  );
}

const HEADERS: readonly HeaderMap[] = [
  {},
  { "user-agent": "claude-cli/2.1.330 (external, cli)" },
  { "originator": "codex_exec", "x-codex-turn-metadata": '{"request_kind":["turn"],"thread_source":7}' },
  { "originator": "codex_exec", "x-codex-turn-metadata": "{broken" },
  { "x-codex-turn-metadata": "null" },
];
for (const [name, inspect] of Object.entries(INSPECTORS)) {
  test(`${name}: a body of any shape gives well-formed facts`, () => {
    fc.assert(
      fc.property(bodies(), fc.constantFrom(...HEADERS), (body, headers) => {
        const facts = inspect(body, headers);
        const strings = [
          facts.model,
          facts.client,
          ...facts.system,
          ...facts.serverTools,
          ...facts.outputKeys,
        ];
        for (const message of facts.messages) strings.push(message.role, ...message.texts);
        assert.ok(strings.every((text) => typeof text === "string"));
        assert.ok(Number.isFinite(facts.approxTokens) && facts.approxTokens >= 0);
        assert.ok(Number.isInteger(facts.toolCount));
        assert.ok(facts.maxOutputTokens === undefined || facts.maxOutputTokens > 0);
        assert.ok(facts.session === undefined || typeof facts.session === "string");
      }),
      { numRuns: 400 },
    );
  });

  test(`${name}: texts are references, none is copied or changed`, () => {
    const text = " \n<system-reminder>x</system-reminder> words ";
    const body = name === "responses"
      ? {
        input: [{ role: "user", content: [{ type: "input_text", text }] }, { role: "user", content: text }],
      }
      : { messages: [{ role: "user", content: [{ type: "text", text }] }, { role: "user", content: text }] };
    assert.deepEqual(inspect(body).messages, [{ role: "user", texts: [text] }, {
      role: "user",
      texts: [text],
    }]);
  });
}

test("the operation is to generate unless the caller says otherwise", () => {
  assert.equal(anthropic({}).operation, "generate");
  assert.equal(inspectAnthropicMessages({}, {}, 0, "count_tokens").operation, "count_tokens");
});

test("a hundred thousand parts in a system message are inspected", () => {
  const content = Array.from({ length: 200_000 }, () => ({ type: "text", text: "x" }));
  assert.equal(chat({ messages: [{ role: "system", content }] }).system.length, 200_000);
  assert.equal(responses({ input: [{ role: "system", content }] }).system.length, 200_000);
});

test("tool results are tool messages in every dialect, and say nothing", () => {
  const roles = (facts: RequestFacts) => facts.messages.map(({ role, texts }) => [role, ...texts]);
  const result = { type: "tool_result", tool_use_id: "t", content: [{ type: "text", text: "plan" }] };
  assert.deepEqual(
    roles(anthropic({
      messages: [{ role: "user", content: [result] }, {
        role: "user",
        content: [result, { type: "text", text: "on" }],
      }],
    })),
    [["tool"], ["tool"], ["user", "on"]],
  );
  assert.deepEqual(
    roles(responses({
      input: [{ type: "function_call", name: "x" }, { type: "custom_tool_call_output", output: "plan" }, {
        type: "reasoning",
        summary: [],
      }],
    })),
    [["assistant"], ["tool"], ["assistant"]],
  );
  assert.deepEqual(roles(chat({ messages: [{ role: "function", content: null }] })), [["tool"]]);
});

test("leading system and developer messages are the system prompt, later ones are not", () => {
  const list = [
    { role: "system", content: "a" },
    { role: "developer", content: "b" },
    { role: "user", content: "c" },
    { role: "system", content: "d" },
  ];
  assert.deepEqual(chat({ messages: list }).system, ["a", "b"]);
  assert.deepEqual(responses({ input: list, instructions: "0" }).system, ["0", "a", "b"]);
  assert.equal(chat({ messages: list }).messages.length, 4);
  assert.deepEqual(anthropic({ system: "a", messages: list }).system, ["a"]);
});

/** One conversation in each dialect: two calls, of which the second failed. */
const AGENT_LOOP: Readonly<Record<keyof typeof INSPECTORS, Json>> = {
  anthropic: {
    tools: [{ name: "Bash", input_schema: {} }, { type: "web_search_20250305", name: "web_search" }],
    messages: [
      { role: "user", content: "fix it" },
      {
        role: "assistant",
        content: [
          { type: "text", text: "Looking." },
          { type: "tool_use", id: "c1", name: "Bash", input: { command: "ls" } },
          { type: "tool_use", id: "c2", name: "Bash", input: { command: "make" } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "c1", content: "README.md" },
          { type: "tool_result", tool_use_id: "c2", content: "Exit code 2", is_error: true },
        ],
      },
    ],
  },
  chat: {
    tools: [{ type: "function", function: { name: "Bash" } }, { type: "web_search" }],
    messages: [
      { role: "user", content: "fix it" },
      {
        role: "assistant",
        content: "Looking.",
        tool_calls: [
          { id: "c1", type: "function", function: { name: "Bash", arguments: '{"command":"ls"}' } },
          { id: "c2", type: "function", function: { name: "Bash", arguments: '{"command":"make"}' } },
        ],
      },
      { role: "tool", tool_call_id: "c1", content: "README.md" },
      { role: "tool", tool_call_id: "c2", content: "Exit code 2" },
    ],
  },
  responses: {
    tools: [{ type: "function", name: "Bash" }, { type: "web_search" }],
    input: [
      { role: "user", content: "fix it" },
      { role: "assistant", content: [{ type: "output_text", text: "Looking." }] },
      { type: "function_call", call_id: "c1", name: "Bash", arguments: '{"command":"ls"}' },
      { type: "function_call", call_id: "c2", name: "Bash", arguments: '{"command":"make"}' },
      { type: "function_call_output", call_id: "c1", output: "README.md" },
      { type: "function_call_output", call_id: "c2", output: "Process exited with code 2\nOutput:\n" },
    ],
  },
};
for (const [name, body] of Object.entries(AGENT_LOOP)) {
  test(`${name}: the facts name the tools, their calls and which of them failed`, () => {
    const { messages, toolNames } = INSPECTORS[name as keyof typeof INSPECTORS](body);
    assert.deepEqual(toolNames, ["Bash", "web_search"]);
    assert.deepEqual(messages.flatMap(({ calls = [] }) => calls.map((call) => [call.id, call.name])), [
      ["c1", "Bash"],
      ["c2", "Bash"],
    ]);
    const results = messages.flatMap(({ results = [] }) => results);
    assert.deepEqual(results.map((result) => [result.id, reportsFailure(result)]), [["c1", false], [
      "c2",
      true,
    ]]);
    assert.equal(results[0]?.text, "README.md");
    assert.deepEqual(messages.filter(({ role }) => role === "user").map(({ texts }) => texts), [["fix it"]]);
  });
}

test("the shell tool's exit codes and Anthropic's marks make a result an error", () => {
  const resultOf = (outcome: Json) =>
    responses({ input: [{ type: "shell_call_output", call_id: "c", output: [{ stdout: "", outcome }] }] })
      .messages[0]?.results?.[0]?.isError;
  assert.equal(resultOf({ type: "exit", exit_code: 0 }), false);
  assert.equal(resultOf({ type: "exit", exit_code: 3 }), true);
  assert.equal(resultOf({ type: "timeout" }), true);
  const content = [{
    type: "tool_result",
    tool_use_id: "c",
    content: [{ type: "text", text: "no" }],
    is_error: true,
  }];
  assert.deepEqual(anthropic({ messages: [{ role: "user", content }] }).messages[0]?.results, [
    { id: "c", isError: true, text: "no" },
  ]);
});

test("the keys of an output schema are read in each dialect's own terms", () => {
  const schema = { type: "object", properties: { a: {}, b: {} } };
  const formats = [
    anthropic({ output_config: { format: { type: "json_schema", schema } } }),
    anthropic({ output_format: { type: "json_schema", schema } }),
    chat({ response_format: { type: "json_schema", json_schema: { schema } } }),
    responses({ text: { format: { type: "json_schema", schema } } }),
  ];
  for (const facts of formats) assert.deepEqual(facts.outputKeys, ["a", "b"]);
  assert.deepEqual(chat({ response_format: { type: "json_object" } }).outputKeys, []);
});

test("tokens are a quarter of the bytes, and an image counts as an image, not as its base64", () => {
  assert.equal(inspectOpenAiChat({}, {}, 40_000).approxTokens, 10_000);
  const data = "A".repeat(4_000_000);
  const body = {
    messages: [{ role: "user", content: [{ type: "image", source: { type: "base64", data } }] }],
  };
  const { approxTokens } = inspectAnthropicMessages(body, {}, data.length + 400);
  assert.ok(approxTokens > 1000 && approxTokens < 3000, `${approxTokens}`);
});
