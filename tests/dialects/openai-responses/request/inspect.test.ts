import assert from "node:assert/strict";
import { test } from "node:test";
import { inspectOpenAiResponses } from "../../../../src/dialects/openai-responses/request/inspect.ts";
import type { Json } from "../../../../src/model/json.ts";
import type { RequestFacts } from "../../../../src/model/request-facts.ts";

const responses = (body: Json) => inspectOpenAiResponses(body, {}, 4000);

const PNG = "iVBORw0KGgo=".repeat(300);
const MEDIA:
  readonly (readonly [what: string, facts: () => RequestFacts, images: boolean, documents: boolean])[] = [
    [
      "a Responses image",
      () =>
        responses({
          input: [{
            role: "user",
            content: [{ type: "input_image", image_url: `data:image/png;base64,${PNG}` }],
          }],
        }),
      true,
      false,
    ],
    [
      "a Responses image in a call's output",
      () =>
        responses({
          input: [{ type: "function_call_output", output: [{ type: "input_image", file_id: "f" }] }],
        }),
      true,
      false,
    ],
    [
      "a Responses screenshot",
      () =>
        responses({
          input: [{
            type: "computer_call_output",
            output: { type: "computer_screenshot", image_url: "https://example.com/a" },
          }],
        }),
      true,
      false,
    ],
    [
      "a Responses file",
      () =>
        responses({
          input: [{ role: "user", content: [{ type: "input_file", file_url: "https://example.com/a.pdf" }] }],
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
const TOOLS: readonly (readonly [what: string, facts: () => RequestFacts, ToolFacts])[] = [
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
];
for (const [what, facts, expected] of TOOLS) {
  test(`${what}: counted, and a server tool is not taken for the client's`, () => {
    const { toolCount, serverTools, forcedServerTool } = facts();
    assert.deepEqual({ toolCount, serverTools, forcedServerTool }, expected);
  });
}

test("the tools of a namespace are named like the others", () => {
  const tools = [{ type: "namespace", name: "agents", tools: [{ type: "function", name: "spawn" }] }, {
    type: "local_shell",
  }];
  assert.deepEqual(responses({ tools }).toolNames, ["spawn", "local_shell"]);
});

test("a request that continues an answer names it", () => {
  // https://platform.openai.com/docs/guides/conversation-state
  assert.equal(responses({ previous_response_id: "resp_1" }).continues, "resp_1");
  for (const none of [undefined, null, "", 7]) {
    assert.ok(!("continues" in responses({ previous_response_id: none })));
  }
});

test("a call is what its item holds, by whatever name", () => {
  const calls = (item: Json) => responses({ input: [item] }).messages[0]?.calls;
  assert.deepEqual(calls({ type: "local_shell_call", call_id: "c", action: { command: ["ls"] } }), [
    { id: "c", name: "local_shell", input: { command: ["ls"] } },
  ]);
  assert.deepEqual(calls({ type: "apply_patch_call", operation: { path: "ä" } }), [
    { id: "", name: "apply_patch", input: { path: "ä" } },
  ]);
});

test("a result that failed says so by its status", () => {
  const result = (item: Json) => responses({ input: [item] }).messages[0]?.results?.[0];
  const item = { type: "apply_patch_call_output", call_id: "c", output: "no such file" };
  assert.deepEqual(result({ ...item, status: "failed" }), { id: "c", isError: true, text: "no such file" });
  assert.equal(result({ ...item, status: "completed" })?.isError, false);
});

test("a custom tool's call is a call", () => {
  const custom = { type: "custom_tool_call", call_id: "c", name: "apply_patch", input: "*** Begin Patch" };
  assert.deepEqual(responses({ input: [custom] }).messages[0]?.calls, [
    { id: "c", name: "apply_patch", input: "*** Begin Patch" },
  ]);
});
