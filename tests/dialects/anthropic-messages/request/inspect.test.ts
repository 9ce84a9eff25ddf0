import assert from "node:assert/strict";
import { test } from "node:test";
import { inspectAnthropicMessages } from "../../../../src/dialects/anthropic-messages/request/inspect.ts";
import type { Json } from "../../../../src/model/json.ts";
import type { RequestFacts } from "../../../../src/model/request-facts.ts";

const anthropic = (body: Json) => inspectAnthropicMessages(body, {}, 4000);

const PNG = "iVBORw0KGgo=".repeat(300);
const MEDIA:
  readonly (readonly [what: string, facts: () => RequestFacts, images: boolean, documents: boolean])[] = [
    [
      "an Anthropic image",
      () =>
        anthropic({
          messages: [{ role: "user", content: [{ type: "image", source: { type: "base64", data: PNG } }] }],
        }),
      true,
      false,
    ],
    [
      "an Anthropic image in a tool result",
      () =>
        anthropic({
          messages: [{
            role: "user",
            content: [{ type: "tool_result", content: [{ type: "image", source: { type: "url" } }] }],
          }],
        }),
      true,
      false,
    ],
    [
      "an Anthropic document",
      () =>
        anthropic({
          messages: [{
            role: "user",
            content: [{ type: "document", source: { type: "file", file_id: "f" } }],
          }],
        }),
      false,
      true,
    ],
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
];
for (const [what, facts, expected] of TOOLS) {
  test(`${what}: counted, and a server tool is not taken for the client's`, () => {
    const { toolCount, serverTools, forcedServerTool } = facts();
    assert.deepEqual({ toolCount, serverTools, forcedServerTool }, expected);
  });
}

test("every kind of result of a tool is one, Anthropic's own tools' too", () => {
  const content = [
    { type: "server_tool_use", id: "s", name: "web_search", input: { query: "ü" } },
    { type: "web_search_tool_result", tool_use_id: "s", content: [{ type: "text", text: "found" }] },
  ];
  const [message] = anthropic({ messages: [{ role: "assistant", content }] }).messages;
  assert.deepEqual(message?.calls, [{ id: "s", name: "web_search", input: { query: "ü" } }]);
  const [result, words] = anthropic({
    messages: [{ role: "user", content: [...content.slice(1), { type: "text", text: "on" }] }],
  }).messages;
  assert.deepEqual(result, {
    role: "tool",
    texts: [],
    results: [{ id: "s", isError: false, text: "found" }],
  });
  assert.deepEqual(words, { role: "user", texts: ["on"] });
});

test("a role that Anthropic does not have is not the user's", () => {
  const roles = anthropic({ messages: [{ role: "robot", content: "a" }, { content: "b" }] }).messages;
  assert.deepEqual(roles.map(({ role }) => role), ["system", "system"]);
});

test("the system prompt is a text or a list of texts", () => {
  // https://platform.claude.com/docs/en/api/messages#body-system
  assert.deepEqual(anthropic({ system: "a" }).system, ["a"]);
  assert.deepEqual(
    anthropic({ system: [{ type: "text", text: "a" }, { type: "text", text: 7 }, null] }).system,
    ["a"],
  );
  assert.deepEqual(anthropic({ system: 7 }).system, []);
});
