import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeToolChoice,
  decodeTools,
  encodeToolChoice,
  encodeTools,
  type ToolLists,
  type ToolRules,
} from "../../../src/dialects/openai-responses/tools.ts";
import type { Tool } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { encode } from "./encoded.ts";
import { asked } from "./support.ts";

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

test("functions are marked as not strict: without the mark, this dialect enforces the schema", () => {
  const { body } = encode({ tools: [{ kind: "function", name: "a", parameters: { type: "object" } }] });
  assert.deepEqual(body.tools, [{
    type: "function",
    name: "a",
    parameters: { type: "object" },
    strict: false,
  }]);
});

test("custom tools and namespaces go out unchanged, or as functions where a provider needs it", () => {
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

const RULES: ToolRules = { name: ({ name }) => name, schema: (schema) => schema, functionsOnly: false };

/** A list as it is read. */
function read(list: Json): ToolLists {
  const into: ToolLists = { tools: [], serverTools: [] };
  decodeTools(list, into);
  return into;
}

test("a definition goes out to its own dialect whole, beyond what the neutral form has", () => {
  // https://platform.openai.com/docs/api-reference/responses/create#responses-create-tools
  const definitions = [
    { type: "function", name: "f", parameters: { type: "object" }, strict: true, defer_loading: true },
    { type: "custom", name: "patch", format: { type: "grammar", syntax: "lark", definition: "start: x" } },
    { type: "shell", environment: { type: "local" } },
    { type: "computer_use_preview", display_width: 1024, display_height: 768, environment: "browser" },
    { type: "apply_patch" },
    { type: "tool_search", execution: "client", description: "Sucht.", parameters: { type: "object" } },
    { type: "namespace", name: "ns", description: "N", tools: [{ type: "custom", name: "c" }] },
  ];
  assert.deepEqual(encodeTools(read(definitions).tools, RULES), definitions);
});

test("a namespace takes the place of its first tool, however its tools lie", () => {
  const tools: Tool[] = [
    { kind: "function", name: "a", namespace: "ns" },
    { kind: "function", name: "b" },
    { kind: "function", name: "c", namespace: "ns" },
    { kind: "function", name: "a", namespace: "other" },
  ];
  const wire: Json[] = encodeTools(tools, RULES);
  assert.deepEqual(wire.map(({ name, tools }) => [name, tools?.map(({ name }: Json) => name)]), [
    ["ns", ["a", "c"]],
    ["b", undefined],
    ["other", ["a"]],
  ]);
});

test("every kind of tool is a function where a provider knows nothing else", () => {
  const { tools } = read([{ type: "local_shell" }, { type: "apply_patch" }, { type: "custom", name: "c" }]);
  for (const tool of encodeTools(tools, { ...RULES, functionsOnly: true }) as Json[]) {
    assert.deepEqual([tool.type, tool.parameters.type, tool.strict], ["function", "object", false]);
  }
});

test("tools of odd shapes are skipped, of unknown types the provider's own", () => {
  for (
    const odd of [undefined, null, "x", {}, [null, 7], [{ type: "function" }], [{ type: "custom", name: "" }]]
  ) {
    assert.deepEqual(read(odd), { tools: [], serverTools: [] });
  }
  const names = read([{}, { type: "constructor" }, { type: "web_search_preview_2025_03_11" }]).serverTools;
  assert.deepEqual(names.map(({ name }) => name), ["tool", "constructor", "web_search"]);
});

test("a choice goes out in the words of its tool's kind, or else as a function", () => {
  const tools: Tool[] = [
    { kind: "custom", name: "patch" },
    { kind: "local_shell", name: "local_shell" },
    { kind: "function", name: "spawn", namespace: "agents" },
  ];
  const name = ({ name, namespace }: { name: string; namespace?: string }) => `${namespace ?? ""}!${name}`;
  const choose = (choice: Parameters<typeof encodeToolChoice>[0], functionsOnly = false) =>
    encodeToolChoice(choice, tools, name, functionsOnly);
  assert.equal(choose({ type: "none" }), "none");
  assert.deepEqual(choose({ type: "tool", name: "patch" }), { type: "custom", name: "patch" });
  assert.deepEqual(choose({ type: "tool", name: "patch" }, true), { type: "function", name: "!patch" });
  assert.deepEqual(choose({ type: "tool", name: "local_shell" }), { type: "local_shell" });
  assert.deepEqual(choose({ type: "tool", name: "spawn", namespace: "agents" }), {
    type: "function",
    name: "spawn",
    namespace: "agents",
  });
  assert.deepEqual(choose({ type: "allowed", mode: "required", names: ["spawn", "gone"] }, true), {
    type: "allowed_tools",
    mode: "required",
    tools: [{ type: "function", name: "agents!spawn" }, { type: "function", name: "!gone" }],
  });
});

test("a choice of odd shape is ignored", () => {
  for (
    const odd of [undefined, null, "any", 7, [], {}, { type: "function" }, { type: "function", name: 7 }]
  ) {
    assert.equal(decodeToolChoice(odd), undefined);
  }
  assert.deepEqual(decodeToolChoice({ type: "allowed_tools", tools: [null, {}, { name: "ü" }] }), {
    type: "allowed",
    mode: "auto",
    names: ["ü"],
  });
});
