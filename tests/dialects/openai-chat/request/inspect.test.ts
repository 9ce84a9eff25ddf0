import assert from "node:assert/strict";
import { test } from "node:test";
import { inspectOpenAiChat } from "../../../../src/dialects/openai-chat/request/inspect.ts";
import type { Json } from "../../../../src/model/json.ts";
import type { RequestFacts } from "../../../../src/model/request-facts.ts";

const chat = (body: Json) => inspectOpenAiChat(body, {}, 4000);

const PNG = "iVBORw0KGgo=".repeat(300);
const MEDIA:
  readonly (readonly [what: string, facts: () => RequestFacts, images: boolean, documents: boolean])[] = [
    [
      "a Chat image",
      () =>
        chat({
          messages: [{
            role: "user",
            content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }],
          }],
        }),
      true,
      false,
    ],
    [
      "a Chat file",
      () =>
        chat({
          messages: [{ role: "user", content: [{ type: "file", file: { file_data: PNG } }] }],
        }),
      false,
      true,
    ],
    ["text alone", () => chat({ messages: [{ role: "user", content: "an image_url" }] }), false, false],
  ];
for (const [what, facts, images, documents] of MEDIA) {
  test(`${what}: images ${images}, documents ${documents}`, () => {
    const { hasImages, hasDocuments } = facts();
    assert.deepEqual({ hasImages, hasDocuments }, { hasImages: images, hasDocuments: documents });
  });
}

type ToolFacts = Pick<RequestFacts, "toolCount" | "serverTools" | "forcedServerTool">;
const none = { forcedServerTool: undefined };
const web = { serverTools: ["web_search"], forcedServerTool: "web_search" };
const TOOLS: readonly (readonly [what: string, facts: () => RequestFacts, ToolFacts])[] = [
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

test("a function's call of the form before tools is a call", () => {
  const old = { role: "assistant", content: null, function_call: { name: "ls", arguments: "{}" } };
  assert.deepEqual(chat({ messages: [old] }).messages[0]?.calls, [{ id: "ls", name: "ls", input: "{}" }]);
});

test("a custom tool's call has its text as input, and a result its call's id", () => {
  const messages = [
    {
      role: "assistant",
      tool_calls: [{ id: "c", type: "custom", custom: { name: "patch", input: "ü" } }, null],
    },
    {
      role: "tool",
      tool_call_id: "c",
      content: [{ type: "text", text: "done" }, { type: "text", text: "x" }],
    },
    { role: "function", name: "old", content: "y" },
  ];
  const facts = chat({ messages }).messages;
  assert.deepEqual(facts[0]?.calls, [{ id: "c", name: "patch", input: "ü" }]);
  assert.deepEqual(facts.slice(1).map(({ role, results }) => [role, results]), [
    ["tool", [{ id: "c", isError: false, text: "done" }]],
    ["tool", [{ id: "old", isError: false, text: "y" }]],
  ]);
});

test("the newer limit on output counts before the older, and one of no size not at all", () => {
  // https://platform.openai.com/docs/api-reference/chat/create#chat-create-max_completion_tokens
  const limit = (fields: Json) => chat(fields).maxOutputTokens;
  assert.equal(limit({ max_tokens: 5, max_completion_tokens: 7 }), 7);
  assert.equal(limit({ max_tokens: 5 }), 5);
  for (const odd of [0, -1, "9", null, Infinity, NaN]) {
    assert.equal(limit({ max_completion_tokens: odd }), undefined);
  }
});

test("xAI's search counts where it is on", () => {
  // https://docs.x.ai/docs/guides/live-search
  const searches = (mode: Json) => chat({ search_parameters: { mode } }).serverTools;
  assert.deepEqual([searches("on"), searches("auto"), searches(undefined)], [["web_search"], [], []]);
});
