import { writes } from "./encoding.ts";

const TOOL = { kind: "function" as const, name: "f", parameters: { type: "object", properties: {} } };
const WIRE_TOOL = {
  type: "function",
  function: { name: "f", parameters: { type: "object", properties: {} } },
};

writes([
  {
    that: "a tool is a function",
    fields: { tools: [TOOL], toolChoice: { type: "auto" }, parallelToolCalls: false },
    body: { tools: [WIRE_TOOL], tool_choice: "auto", parallel_tool_calls: false },
  },
  {
    that: "no choice without tools",
    fields: { toolChoice: { type: "auto" }, parallelToolCalls: true },
    body: {},
  },
  {
    that: "a choice of a tool that is not offered is none",
    fields: { tools: [TOOL], toolChoice: { type: "tool", name: "gone" } },
    body: { tools: [WIRE_TOOL] },
  },
  {
    that: "only the allowed tools are offered",
    fields: {
      tools: [TOOL, { ...TOOL, name: "g" }],
      toolChoice: { type: "allowed", mode: "required", names: ["f"] },
    },
    body: { tools: [WIRE_TOOL], tool_choice: "required" },
  },
  {
    that: "a custom tool is a function of one text, with its grammar in the description",
    fields: {
      tools: [{
        kind: "custom",
        name: "c",
        description: "d",
        format: { type: "grammar", syntax: "lark", definition: "start: x" },
      }],
      toolChoice: { type: "tool", name: "c", kind: "custom" },
    },
    body: {
      tools: [{
        type: "function",
        function: {
          name: "c",
          description: "d\n\nThe input must match this lark grammar:\nstart: x",
          parameters: {
            type: "object",
            properties: { input: { type: "string" } },
            required: ["input"],
            additionalProperties: false,
          },
        },
      }],
      tool_choice: { type: "function", function: { name: "c" } },
    },
  },
  {
    that: "a namespace becomes part of the name",
    fields: {
      tools: [{ ...TOOL, namespace: "files" }],
      toolChoice: { type: "tool", name: "f", namespace: "files" },
    },
    body: {
      tools: [{ ...WIRE_TOOL, function: { ...WIRE_TOOL.function, name: "files__f" } }],
      tool_choice: { type: "function", function: { name: "files__f" } },
    },
  },
  {
    that: "another provider's own tools are dropped by name",
    fields: { serverTools: [{ dialect: "anthropic-messages", name: "web_search", value: {} }] },
    body: {},
    dropped: ["web_search"],
  },
  {
    that: "another dialect's own fields are dropped by name",
    fields: { extensions: { context_management: {} } },
    body: {},
    dropped: ["context_management"],
  },
]);
