import assert from "node:assert/strict";
import { test } from "node:test";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import { decodeToolChoice, decodeTools, nativeTool } from "../../../src/dialects/anthropic-messages/tools.ts";
import type { Conversation } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { decode, encode, TOOL } from "./encoding.ts";

test("tool choice, parallel calls and the allowed tools are put in Anthropic's words", () => {
  const tools = [TOOL, { ...TOOL, name: "Read" }, {
    ...TOOL,
    name: "patch",
    namespace: "files",
    kind: "custom" as const,
  }];
  const choice = (asked: Partial<Conversation>) => encode({ tools, ...asked }).body;
  assert.equal(choice({}).tool_choice, undefined);
  assert.deepEqual(choice({ toolChoice: { type: "required" } }).tool_choice, { type: "any" });
  assert.deepEqual(choice({ toolChoice: { type: "none" }, parallelToolCalls: false }).tool_choice, {
    type: "none",
  });
  assert.deepEqual(choice({ parallelToolCalls: false }).tool_choice, {
    type: "auto",
    disable_parallel_tool_use: true,
  });
  assert.equal(choice({ parallelToolCalls: true }).tool_choice, undefined);
  assert.deepEqual(
    choice({ toolChoice: { type: "tool", name: "patch", namespace: "files" }, parallelToolCalls: false })
      .tool_choice,
    { type: "tool", name: "files__patch", disable_parallel_tool_use: true },
  );
  const allowed = choice({ toolChoice: { type: "allowed", mode: "required", names: ["Read"] } });
  assert.deepEqual([allowed.tool_choice, allowed.tools.map(({ name }: Json) => name)], [{ type: "any" }, [
    "Read",
  ]]);
});

test("a custom tool becomes a function of one text, with its grammar in the description", () => {
  const tool = {
    kind: "custom" as const,
    name: "apply_patch",
    description: "Edits files.",
    format: { type: "grammar", syntax: "lark", definition: 'start: "*** Begin Patch"' },
  };
  const [wire] = encode({ tools: [tool] }).body.tools;
  assert.deepEqual(wire.input_schema.required, ["input"]);
  assert.match(wire.description, /Edits files\.\n\nThe input must match this lark grammar:\nstart: /);
});

test("schemas are cleaned for the provider, and a tool without one gets an empty object's", () => {
  const [wire, bare] = encode(
    {
      tools: [{ ...TOOL, parameters: { $schema: "x", type: "object", properties: {} } }, {
        kind: "function",
        name: "now",
      }],
    },
    "claude-sonnet-4-5",
    { quirks: ["no-schema-keyword"] },
  ).body.tools;
  assert.deepEqual(wire.input_schema, { type: "object", properties: {} });
  assert.deepEqual(bare.input_schema, { type: "object", properties: {} });
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

test("a tool of Anthropic's own is known by the beginning of its type, whatever its date", () => {
  // https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview#client-tools
  for (const type of ["bash_20250124", "text_editor_20250728", "memory_20250818", "computer_20251124"]) {
    const { description, parameters } = nativeTool(type)!;
    assert.ok(description.length > 10);
    for (const field of parameters.required ?? []) assert.ok(field in parameters.properties, field);
  }
  for (const other of ["custom", "web_search_20250305", "bash", "", undefined, 7]) {
    assert.equal(nativeTool(other), undefined);
  }
});

test("a tool of Anthropic's own goes back to Anthropic as it came, with its mark alone changed", () => {
  const wire = {
    type: "bash_20250124",
    name: "bash",
    cache_control: { type: "ephemeral", ttl: "1h", scope: "x" },
  };
  const { body } = anthropicMessages.request.encode(decode({ tools: [wire] }), {
    model: "claude-sonnet-4-5",
    provider: "anthropic",
    quirks: [],
  });
  assert.deepEqual(body.tools, [{ ...wire, cache_control: { type: "ephemeral", ttl: "1h" } }]);
});

test("a strict tool stays strict for its own client, and is lost for others by name", () => {
  const tools = [{ ...TOOL, strict: true }];
  assert.equal(encode({ tools, dialect: "anthropic-messages" }).body.tools[0].strict, true);
  const chat = encode({ tools });
  assert.deepEqual([chat.body.tools[0].strict, chat.dropped], [undefined, ["strict"]]);
  assert.deepEqual(encode({ tools: [{ ...TOOL, strict: false }] }).dropped, []);
});

test("another provider's own tools are dropped by name, and no choice is left without tools", () => {
  const serverTools = [{ dialect: "openai-responses" as const, name: "file_search", value: {} }];
  const { body, dropped } = encode({
    serverTools,
    toolChoice: { type: "required" },
    parallelToolCalls: false,
  });
  assert.deepEqual([body.tools, body.tool_choice, dropped], [undefined, undefined, ["file_search"]]);
});

test("tools and choices of odd shapes are skipped", () => {
  for (const odd of [undefined, null, "x", {}, [null, 7, "x"]]) {
    assert.deepEqual(decodeTools(odd), { tools: [], serverTools: [] });
  }
  assert.deepEqual(decodeTools([{ type: "future_tool_20990101" }]).serverTools, [{
    dialect: "anthropic-messages",
    name: "future_tool_20990101",
    value: { type: "future_tool_20990101" },
  }]);
  for (const odd of [undefined, null, "auto", [], { type: "robot" }]) {
    assert.deepEqual(decodeToolChoice(odd), {});
  }
  assert.deepEqual(decodeToolChoice({ type: "any", disable_parallel_tool_use: false }), {
    toolChoice: { type: "required" },
  });
});
