/** Every client's request, with one odd thing at a time, at every provider that refuses what the real one does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../src/model/json.ts";
import { HOUSES } from "../../support/houses/houses.ts";
import type { Dialect } from "../../support/houses/rules.ts";
import { startWorld } from "../../crossing/worlds.ts";

const SCHEMA = { type: "object", properties: { path: { type: "string" } }, required: ["path"] };
const OPEN = { anyOf: [SCHEMA, { type: "object", properties: { url: { type: "string" } } }] };
const RICH = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    count: { type: ["integer", "null"], exclusiveMinimum: 0, multipleOf: 2 },
    kind: { const: "a" },
    level: { type: "integer", enum: [1, 2] },
    site: { type: "string", format: "uri" },
    either: { type: "string", anyOf: [{ pattern: "^a" }, { pattern: "^b" }] },
    node: { $ref: "#/$defs/node", description: "The node" },
    list: { type: "array" },
    map: {
      type: "object",
      patternProperties: { "^x": { type: "string" } },
      propertyNames: { pattern: "^x" },
    },
  },
  $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } } } },
  additionalProperties: false,
};
const PNG = "data:image/png;base64,iVBORw0KGgo=";

interface Oddity {
  readonly name: string;
  readonly body: Json;
  /** Providers that may pass the request over, in words. */
  readonly mayDecline?: boolean;
}

const chatTool = (parameters: Json) => ({ type: "function", function: { name: "f", parameters } });
const user = { role: "user", content: "Hi" };

const CHAT: readonly Oddity[] = [
  { name: "developer messages", body: { messages: [{ role: "developer", content: "Be brief." }, user] } },
  {
    name: "a later system message",
    body: {
      messages: [
        { role: "system", content: "a" },
        { role: "system", content: "b" },
        user,
        { role: "assistant", content: "c" },
        user,
        { role: "system", content: "d" },
      ],
    },
  },
  { name: "both limits", body: { max_tokens: 100, max_completion_tokens: 90 } },
  { name: "the old limit", body: { max_tokens: 100 } },
  { name: "the new limit", body: { max_completion_tokens: 100 } },
  { name: "usage in the stream", body: { stream_options: { include_usage: true } } },
  {
    name: "OpenAI's account fields",
    body: {
      store: true,
      metadata: { a: "b" },
      prompt_cache_key: "k",
      safety_identifier: "s",
      user: "u",
      service_tier: "auto",
      verbosity: "low",
      prompt_cache_retention: "24h",
      logit_bias: { "1": 1 },
    },
  },
  {
    name: "sampling",
    body: {
      temperature: 0.2,
      top_p: 0.5,
      presence_penalty: 0.5,
      frequency_penalty: 0.5,
      stop: ["x"],
      seed: 1,
    },
  },
  { name: "a hot temperature", body: { temperature: 2 } },
  {
    name: "vendors' own fields",
    body: { top_k: 5, min_p: 0.1, repetition_penalty: 1.1, chat_template_kwargs: {} },
  },
  ...["none", "minimal", "low", "medium", "high", "xhigh", "max"].map((effort) => ({
    name: `the effort ${effort}`,
    body: { reasoning_effort: effort },
  })),
  { name: "OpenRouter's effort", body: { reasoning: { effort: "max" } } },
  { name: "probabilities", body: { logprobs: true, top_logprobs: 2 } },
  {
    name: "cache marks",
    body: {
      messages: [{
        role: "user",
        content: [{ type: "text", text: "Hi", cache_control: { type: "ephemeral" } }],
      }],
      tools: [{ ...chatTool(SCHEMA), cache_control: { type: "ephemeral" } }],
    },
  },
  {
    name: "earlier reasoning",
    body: {
      messages: [user, {
        role: "assistant",
        content: "a",
        reasoning_content: "h",
        reasoning: "h",
        reasoning_details: [{ type: "reasoning.text", text: "h" }],
        refusal: null,
        annotations: [],
      }, user],
    },
  },
  {
    name: "long ids of calls",
    body: {
      messages: [
        user,
        {
          role: "assistant",
          content: null,
          reasoning_content: "h",
          tool_calls: [{
            id: "c".repeat(50),
            type: "function",
            function: { name: "f", arguments: "{}" },
            extra_content: { google: { thought_signature: "skip_thought_signature_validator" } },
          }],
        },
        { role: "tool", tool_call_id: "c".repeat(50), content: "ok" },
      ],
      tools: [chatTool(SCHEMA)],
    },
  },
  { name: "names of speakers", body: { messages: [{ ...user, name: "Ann" }] } },
  {
    name: "tools without parameters",
    body: {
      tools: [chatTool({}), chatTool({ type: "object" })].map((tool, i) => ({
        ...tool,
        function: { ...tool.function, name: `f${i}` },
      })),
    },
  },
  { name: "alternatives at the top", body: { tools: [chatTool(OPEN)] } },
  { name: "a rich schema", body: { tools: [chatTool(RICH)] } },
  {
    name: "a forced tool",
    body: { tools: [chatTool(SCHEMA)], tool_choice: { type: "function", function: { name: "f" } } },
  },
  {
    name: "any tool",
    body: { tools: [chatTool(SCHEMA)], tool_choice: "required", reasoning_effort: "high" },
  },
  { name: "custom tools", body: { tools: [{ type: "custom", custom: { name: "patch" } }] } },
  {
    name: "an answer's schema",
    body: { response_format: { type: "json_schema", json_schema: { name: "an answer", schema: SCHEMA } } },
  },
  {
    name: "an image with detail",
    body: {
      messages: [{
        role: "user",
        content: [{ type: "image_url", image_url: { url: PNG, detail: "original" } }],
      }],
    },
    mayDecline: true,
  },
  {
    name: "an image's address",
    body: {
      messages: [{
        role: "user",
        content: [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }],
      }],
    },
    mayDecline: true,
  },
  { name: "a choice without tools", body: { tool_choice: "auto", parallel_tool_calls: true } },
];

const fn = (parameters: Json, name = "f") => ({ type: "function", name, parameters });

const RESPONSES: readonly Oddity[] = [
  { name: "developer items", body: { input: [{ role: "developer", content: "Be brief." }, user] } },
  {
    name: "instructions and developer items",
    body: {
      instructions: "a",
      input: [{ role: "developer", content: [{ type: "input_text", text: "b" }] }, user, {
        role: "developer",
        content: "c",
      }],
    },
  },
  {
    name: "Codex's tools",
    body: {
      tools: [
        fn(SCHEMA, "exec"),
        {
          type: "custom",
          name: "apply_patch",
          description: "Edits",
          format: { type: "grammar", syntax: "lark", definition: "start: /x/" },
        },
        { type: "namespace", name: "files", description: "d", tools: [fn(SCHEMA, "read")] },
        { type: "web_search", external_web_access: true },
        { type: "tool_search", execution: "client" },
        { type: "local_shell" },
      ],
    },
  },
  {
    name: "Codex's items",
    body: {
      input: [
        { type: "additional_tools", tools: [{ type: "custom", name: "apply_patch" }] },
        user,
        { type: "custom_tool_call", call_id: "call_1", name: "apply_patch", input: "x" },
        { type: "custom_tool_call_output", call_id: "call_1", output: "ok" },
      ],
    },
  },
  {
    name: "Codex's settings",
    body: {
      store: false,
      include: ["reasoning.encrypted_content"],
      prompt_cache_key: "k",
      client_metadata: { a: "b" },
      parallel_tool_calls: true,
      tool_choice: "auto",
      tools: [fn(SCHEMA)],
      text: { verbosity: "low" },
      service_tier: "auto",
    },
  },
  ...["none", "minimal", "low", "high", "xhigh", "max"].map((effort) => ({
    name: `the effort ${effort}`,
    body: { reasoning: { effort, summary: "auto" } },
  })),
  { name: "sampling", body: { temperature: 0.2, top_p: 0.5 } },
  {
    name: "schemas",
    body: { tools: [fn({}, "a"), fn({ type: "object" }, "b"), fn(OPEN, "c"), fn(RICH, "d")] },
  },
  { name: "a forced tool", body: { tools: [fn(SCHEMA)], tool_choice: { type: "function", name: "f" } } },
  {
    name: "an answer's schema",
    body: { text: { format: { type: "json_schema", name: "answer", schema: SCHEMA } } },
  },
  {
    name: "an image with detail",
    body: {
      input: [{ role: "user", content: [{ type: "input_image", image_url: PNG, detail: "original" }] }],
    },
    mayDecline: true,
  },
];

const claudeTool = (input_schema: Json, name = "f") => ({ name, input_schema });

const MESSAGES: readonly Oddity[] = [
  {
    name: "adaptive thinking",
    body: {
      thinking: { type: "adaptive", display: "omitted" },
      output_config: { effort: "xhigh" },
      max_tokens: 128_000,
      context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    },
  },
  {
    name: "thinking with a budget",
    body: { thinking: { type: "enabled", budget_tokens: 5000 }, max_tokens: 10_000 },
  },
  { name: "no thinking", body: { thinking: { type: "disabled" }, output_config: { effort: "max" } } },
  { name: "a later system message", body: { messages: [user, { role: "system", content: "note" }] } },
  { name: "deferred tools", body: { tools: [{ ...claudeTool(SCHEMA), defer_loading: true }] } },
  {
    name: "the billing block",
    body: {
      system: [{ type: "text", text: "x-anthropic-billing-header: cc_version=2;" }, {
        type: "text",
        text: "Be brief.",
      }],
    },
  },
  { name: "sampling", body: { temperature: 0.2, top_p: 0.5, top_k: 3 } },
  {
    name: "schemas",
    body: { tools: [claudeTool({ type: "object" }, "a"), claudeTool(OPEN, "b"), claudeTool(RICH, "c")] },
  },
  {
    name: "a forced tool",
    body: {
      tools: [claudeTool(SCHEMA)],
      tool_choice: { type: "tool", name: "f" },
      thinking: { type: "adaptive" },
    },
  },
  {
    name: "an answer's schema",
    body: {
      output_config: { format: { type: "json_schema", schema: { ...SCHEMA, additionalProperties: false } } },
    },
  },
  { name: "the beginning of an answer", body: { messages: [user, { role: "assistant", content: "So" }] } },
];

const ODDITIES: Readonly<Record<Dialect, readonly Oddity[]>> = {
  "openai-chat": CHAT,
  "openai-responses": RESPONSES,
  "anthropic-messages": MESSAGES,
};

const PLAIN: Readonly<Record<Dialect, Json>> = {
  "openai-chat": { messages: [user] },
  "openai-responses": { input: [user] },
  "anthropic-messages": { messages: [user], max_tokens: 1024 },
};

const PATHS: Readonly<Record<Dialect, string>> = {
  "openai-chat": "/v1/chat/completions",
  "openai-responses": "/v1/responses",
  "anthropic-messages": "/v1/messages?beta=true",
};

const HEADERS = {
  "anthropic-version": "2023-06-01",
  "anthropic-beta": "context-management-2025-06-27,advanced-tool-use-2025-11-20,effort-2025-11-24",
};

/** Kinds of rules that are about the conversation so far; tests/crossing plays whole conversations. */
const HISTORY: ReadonlySet<string> = new Set(["thinking", "signatures", "order"]);

for (const dialect of Object.keys(ODDITIES) as Dialect[]) {
  for (const stream of [false, true]) {
    test(`${dialect}, ${stream ? "streamed" : "whole"}: whatever is odd in a request, every provider takes it`, async () => {
      await using world = await startWorld();
      const faults: string[] = [];
      for (const { name, body, mayDecline } of ODDITIES[dialect]) {
        for (const [house, { refusals }] of world.houses) {
          for (const model of HOUSES[house]!.models) {
            refusals.length = 0;
            const asked = { ...PLAIN[dialect], ...body, stream, model: `${house},${model}` };
            const headers = dialect === "anthropic-messages" ? HEADERS : {};
            const response = await world.proxy.post(PATHS[dialect], asked, headers);
            const text = await response.text();
            if (response.status !== 200) world.rest();
            for (const { id, message, rule } of refusals) {
              if (!HISTORY.has(rule.kind)) faults.push(`${name} at ${house},${model}: ${id}: ${message}`);
            }
            if (response.status !== 200 && refusals.length === 0 && mayDecline !== true) {
              faults.push(`${name} at ${house},${model}: ${response.status} ${text.slice(0, 200)}`);
            }
          }
        }
      }
      assert.deepEqual(faults, []);
    });
  }
}
