import assert from "node:assert/strict";
import { test } from "node:test";
import { inspectAnthropicMessages } from "../../../src/dialects/anthropic-messages/request/inspect.ts";
import type { Json } from "../../../src/model/json.ts";
import type { RequestFacts } from "../../../src/model/request-facts.ts";
import { inspectOpenAiChat } from "../../../src/dialects/openai-chat/request/inspect.ts";
import { inspectOpenAiResponses } from "../../../src/dialects/openai-responses/request/inspect.ts";

const anthropic = (body: Json) => inspectAnthropicMessages(body, {}, 4000);
const chat = (body: Json) => inspectOpenAiChat(body, {}, 4000);
const responses = (body: Json) => inspectOpenAiResponses(body, {}, 4000);

type ToolFacts = Pick<RequestFacts, "toolCount" | "serverTools" | "forcedServerTool">;
const none = { forcedServerTool: undefined };
const web = { serverTools: ["web_search"], forcedServerTool: "web_search" };
const SEARCH = { type: "web_search_20250305", name: "search" };
const OWN = { name: "read", input_schema: {} };
const TOOLS: readonly (readonly [what: string, facts: () => RequestFacts, ToolFacts])[] = [
  ["no tools", () => anthropic({}), { toolCount: 0, serverTools: [], ...none }],
  ["tools of the client", () => anthropic({ tools: [OWN, { type: "bash_20250124", name: "bash" }] }), {
    toolCount: 2,
    serverTools: [],
    ...none,
  }],
  ["a server tool offered", () => anthropic({ tools: [OWN, SEARCH], tool_choice: { type: "any" } }), {
    toolCount: 2,
    serverTools: ["web_search"],
    ...none,
  }],
  [
    "a server tool forced by its name",
    () => anthropic({ tools: [OWN, SEARCH], tool_choice: { type: "tool", name: "search" } }),
    {
      toolCount: 2,
      ...web,
    },
  ],
  [
    "a server tool that is the only choice",
    () => anthropic({ tools: [SEARCH], tool_choice: { type: "any" } }),
    {
      toolCount: 1,
      ...web,
    },
  ],
  [
    "another tool forced",
    () => anthropic({ tools: [OWN, SEARCH], tool_choice: { type: "tool", name: "read" } }),
    {
      toolCount: 2,
      serverTools: ["web_search"],
      ...none,
    },
  ],
  ["namespaces and additional tools", () =>
    responses({
      tools: [{ type: "namespace", tools: [{ type: "function" }, { type: "custom" }] }, {
        type: "web_search",
      }],
      input: [{ type: "additional_tools", tools: [{ type: "function" }] }],
    }), { toolCount: 4, serverTools: ["web_search"], ...none }],
  ["a Responses tool forced", () =>
    responses({
      tools: [{ type: "function" }, { type: "web_search_preview" }],
      tool_choice: { type: "web_search_preview" },
    }), { toolCount: 2, ...web }],
  ["the one tool that a Responses request allows", () =>
    responses({
      tools: [{ type: "function" }, { type: "web_search" }],
      tool_choice: { type: "allowed_tools", mode: "required", tools: [{ type: "web_search" }] },
    }), { toolCount: 2, ...web }],
  ["a Responses function forced", () =>
    responses({
      tools: [{ type: "function", name: "web_search" }],
      tool_choice: { type: "function", name: "web_search" },
    }), { toolCount: 1, serverTools: [], ...none }],
  ["Chat's search options", () => chat({ web_search_options: {} }), { toolCount: 0, ...web }],
  ["OpenRouter's web plugin", () => chat({ plugins: [{ id: "web" }] }), { toolCount: 0, ...web }],
  ["a plugin switched off", () => chat({ plugins: [{ id: "web", enabled: false }] }), {
    toolCount: 0,
    serverTools: [],
    ...none,
  }],
  ["functions of old", () => chat({ functions: [{ name: "x" }] }), {
    toolCount: 1,
    serverTools: [],
    ...none,
  }],
];
for (const [what, facts, expected] of TOOLS) {
  test(`${what}: counted, and a server tool is not taken for the client's`, () => {
    const { toolCount, serverTools, forcedServerTool } = facts();
    assert.deepEqual({ toolCount, serverTools, forcedServerTool }, expected);
  });
}

test("thinking is read in each dialect's own terms", () => {
  assert.equal(anthropic({ thinking: { type: "enabled", budget_tokens: 9 } }).thinking, true);
  assert.equal(anthropic({ thinking: { type: "disabled" } }).thinking, false);
  assert.equal(chat({ reasoning_effort: "high" }).thinking, true);
  assert.equal(chat({ reasoning_effort: "none" }).thinking, false);
  assert.equal(chat({ reasoning: { enabled: false } }).thinking, false);
  assert.equal(responses({ reasoning: { effort: "low" } }).thinking, true);
  assert.equal(responses({ reasoning: { effort: "none" } }).thinking, false);
  assert.equal(responses({}).thinking, false);
});

test("structured output and its keys are read in each dialect's own terms", () => {
  const schema = { type: "object", properties: { a: {}, b: {} } };
  const formats = [
    anthropic({ output_config: { format: { type: "json_schema", schema } } }),
    anthropic({ output_format: { type: "json_schema", schema } }),
    chat({ response_format: { type: "json_schema", json_schema: { schema } } }),
    responses({ text: { format: { type: "json_schema", schema } } }),
  ];
  for (const facts of formats) {
    assert.equal(facts.structuredOutput, true);
    assert.deepEqual(facts.outputKeys, ["a", "b"]);
  }
  assert.equal(chat({ response_format: { type: "json_object" } }).structuredOutput, true);
  assert.equal(chat({ response_format: { type: "text" } }).structuredOutput, false);
});
