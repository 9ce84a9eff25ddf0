/**
 * Single requests that other programs' users saw refused after a change of provider, through the proxy at strict providers.
 * The reports are the sources of the rules that such a request would break (`tests/support/houses`).
 */
import assert from "node:assert/strict";
import type { Json } from "../../src/model/json.ts";
import {
  chatTool,
  crosses,
  type Crossing,
  HI,
  messagesTool,
  offering,
  responsesTool,
  SCHEMA,
} from "./crossings.ts";
import type { Dialect } from "../support/houses/rules.ts";

/** A history with one call and its result, in Chat. */
const called = (args: string, { answer = {}, result = "ok" }: { answer?: Json; result?: Json } = {}) => [
  { role: "user", content: "Hi" },
  {
    role: "assistant",
    content: null,
    ...answer,
    tool_calls: [{ id: "call_a", type: "function", function: { name: "Bash", arguments: args } }],
  },
  { role: "tool", tool_call_id: "call_a", content: result },
];

/** The same in Responses. */
const calledItems = (args: string) => [
  { role: "user", content: "Hi" },
  { type: "function_call", call_id: "call_a", name: "Bash", arguments: args },
  { type: "function_call_output", call_id: "call_a", output: "ok" },
];

const JPEG =
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/2Q==";

const JPEG_AS_PNG: Readonly<Record<Dialect, Json>> = {
  "anthropic-messages": {
    messages: [{
      role: "user",
      content: [
        { type: "image", source: { type: "base64", media_type: "image/png", data: JPEG } },
        { type: "text", text: "What is this?" },
      ],
    }],
  },
  "openai-chat": {
    messages: [{
      role: "user",
      content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${JPEG}` } }],
    }],
  },
  "openai-responses": {
    input: [{
      role: "user",
      content: [{ type: "input_image", image_url: `data:image/png;base64,${JPEG}` }],
    }],
  },
};

const SUMMARY = "We build a proxy. The tests are next.";

const COMPACTED = {
  messages: [
    { role: "assistant", content: [{ type: "compaction", content: SUMMARY, signature: "EqOfAnother" }] },
    { role: "user", content: "Go on" },
  ],
};

/** Schemas as MCP servers and schema libraries write them. */
const UNTYPED = {
  type: "object",
  properties: {
    view: { enum: ["text", "raw"] },
    mode: { type: "string", enum: ["a", ""] },
    size: { const: 3 },
    more: { properties: { a: { type: "string" } } },
    list: { items: { type: "string" } },
    any: { description: "anything" },
    one: { anyOf: [{ type: "string" }, { type: "number" }] },
  },
  required: ["view"],
};

const MISTRAL_THOUGHTS = [
  { role: "user", content: "Hi" },
  {
    role: "assistant",
    content: [
      { type: "thinking", thinking: [{ type: "text", text: "Let me think." }] },
      { type: "text", text: "Hello." },
    ],
  },
  { role: "user", content: "Go on" },
];

const ALLOWED = { mode: "required", tools: [{ type: "function", function: { name: "Bash" } }] };

const everywhere = (...names: readonly string[]) => names;

const sentText = (body: Json) => JSON.stringify(body);

const CROSSINGS: readonly Crossing[] = [
  {
    name: "an answer's limit above the model's is lowered to it in the client's own dialect",
    to: ["groq,llama-3.3-70b-versatile", "groq,openai/gpt-oss-120b", "openai,gpt-4.1", "azure,gpt-4.1"],
    sends: {
      "openai-chat": { max_tokens: 200_000, messages: HI },
      "openai-responses": { max_output_tokens: 200_000, input: HI },
      "anthropic-messages": { max_tokens: 200_000, messages: HI },
    },
  },
  ...['{"command":"echo ', "", "[1]", "not JSON"].map((args): Crossing => ({
    name: `arguments that hold no object (${args || "empty"}) go out as one`,
    to: ["vllm,Qwen/Qwen3.5-27B", "minimax,MiniMax-M2.7", "mistral,mistral-large-latest"],
    sends: {
      "openai-chat": { messages: called(args), tools: [chatTool("Bash")] },
      "openai-responses": { input: calledItems(args), tools: [responsesTool("Bash")] },
    },
    sees: (body) =>
      assert.ok(args === "" || sentText(body).includes(JSON.stringify(args).slice(1, -1).slice(-4))),
  })),
  {
    name: "a compacted history reaches every other provider as words",
    to: everywhere(
      "groq,openai/gpt-oss-120b",
      "openai,gpt-5.5",
      "deepseek,deepseek-v4-pro",
      "google,gemini-3-pro-preview",
      "kimi,kimi-for-coding",
      "ollama,qwen3.5:27b",
    ),
    sends: { "anthropic-messages": COMPACTED },
    headers: { "anthropic-beta": "compact-2026-09-04" },
    sees: (body) => assert.ok(sentText(body).includes(SUMMARY)),
  },
  {
    name: "reasoning in words stays away from those that read encrypted reasoning alone",
    to: ["openai,gpt-5.5", "azure,gpt-5.5", "xai,grok-4.6", "vllm,Qwen/Qwen3.5-27B"],
    sends: {
      "openai-responses": {
        store: false,
        input: [
          { role: "user", content: "Hi" },
          {
            type: "reasoning",
            id: "rs_1",
            summary: [],
            content: [{ type: "reasoning_text", text: "Let me think." }],
            encrypted_content: null,
          },
          { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello." }] },
          { role: "user", content: "Go on" },
        ],
      },
    },
    sees: (body, model) => assert.equal(sentText(body).includes("Let me think."), model.startsWith("vllm")),
  },
  {
    name: "reasoning without anything in it goes to nobody who keeps nothing",
    to: ["openai,gpt-5.5", "xai,grok-4.6"],
    sends: {
      "openai-responses": {
        store: false,
        input: [
          { role: "user", content: "Hi" },
          { type: "reasoning", id: "rs_1", summary: [], content: null, encrypted_content: null },
          { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello." }] },
          { role: "user", content: "Go on" },
        ],
      },
    },
    sees: (body) => assert.equal(body.input.length, 3),
  },
  {
    name: "xAI gets no message without content",
    to: ["xai,grok-4.6"],
    sends: {
      "openai-chat": {
        messages: [
          ...called('{"command":"ls"}'),
          { role: "assistant", content: [], reasoning_content: "Hm." },
          { role: "user", content: "Go on" },
        ],
        tools: [chatTool("Bash")],
      },
      "anthropic-messages": {
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "Bash", input: {} }] },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "ok" }] },
        ],
        tools: [messagesTool("Bash")],
      },
    },
  },
  {
    name: "an image goes to Claude as what it is, whatever it is called",
    to: ["anthropic,claude-opus-4-8", "anthropic,claude-haiku-4-5"],
    sends: JPEG_AS_PNG,
    sees: (body) => assert.ok(sentText(body).includes('"image/jpeg"')),
  },
  {
    name: "an image in a tool's result goes to Claude as what it is",
    to: ["anthropic,claude-opus-4-8"],
    sends: {
      "anthropic-messages": {
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "Bash", input: {} }] },
          {
            role: "user",
            content: [{
              type: "tool_result",
              tool_use_id: "t1",
              content: [{ type: "image", source: { type: "base64", media_type: "image/jpg", data: JPEG } }],
            }],
          },
        ],
        tools: [messagesTool("Bash")],
      },
    },
  },
  {
    name: "MiniMax M3 is asked to think in its own word",
    to: ["minimax,MiniMax-M3"],
    sends: {
      "anthropic-messages": {
        max_tokens: 32_000,
        thinking: { type: "enabled", budget_tokens: 16_000 },
        messages: HI,
      },
      "openai-responses": { reasoning: { effort: "high" }, input: HI },
    },
    sees: (body) => assert.deepEqual(body.thinking, { type: "adaptive" }),
  },
  ...["none", "minimal", "medium", "xhigh"].map((effort): Crossing => ({
    name: `Kimi K3 thinks in its own words for the effort ${effort}`,
    to: ["moonshot,kimi-k3"],
    sends: {
      "openai-chat": { reasoning_effort: effort, messages: HI },
      "openai-responses": { reasoning: { effort }, input: HI },
    },
  })),
  {
    name: "Kimi K3 is not asked to stop thinking, and a forced tool is a wish",
    to: ["moonshot,kimi-k3"],
    sends: {
      "openai-chat": { tool_choice: "required", tools: [chatTool("Bash")], messages: HI },
      "anthropic-messages": {
        thinking: { type: "disabled" },
        tool_choice: { type: "any" },
        tools: [messagesTool("Bash")],
        messages: HI,
      },
      "openai-responses": { tool_choice: "required", tools: [responsesTool("Bash")], input: HI },
    },
    drops: "tool_choice",
  },
  {
    name: "a tool whose name begins with a digit has another name at Gemini",
    to: ["google,gemini-3-pro-preview", "google,gemini-2.5-flash"],
    sends: offering("21st_magic_builder"),
    sees: (body) => assert.match(body.tools[0].function.name, /^t_21st_magic_builder/),
  },
  {
    name: "every property of a schema has a type at Moonshot, and no value of a list is empty at Gemini",
    to: ["moonshot,kimi-k2.6", "kimi,kimi-for-coding", "google,gemini-3-pro-preview"],
    sends: offering("untyped", UNTYPED),
  },
  {
    name: "a call comes right after the user's words at Gemini",
    to: ["google,gemini-3-pro-preview", "google,gemini-2.5-flash"],
    sends: {
      "openai-chat": {
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: "I look." },
          ...called('{"command":"ls"}').slice(1),
        ],
        tools: [chatTool("Bash")],
      },
      "openai-responses": {
        input: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: "I look." },
          ...calledItems("{}").slice(1),
        ],
        tools: [responsesTool("Bash")],
      },
    },
    sees: (body) => assert.equal(body.messages[1].content, "I look."),
  },
  {
    name: "a history that begins with a call has the user's words before it at Gemini",
    to: ["google,gemini-3-pro-preview", "llamacpp,gemma-3-27b-it"],
    sends: {
      "openai-chat": { messages: called("{}").slice(1), tools: [chatTool("Bash")] },
      "openai-responses": { input: calledItems("{}").slice(1), tools: [responsesTool("Bash")] },
    },
  },
  {
    name: "a request of system messages alone has a user's message where one is needed",
    to: [
      "google,gemini-2.5-flash",
      "zai,glm-5.2",
      "mistral,mistral-large-latest",
      "anthropic,claude-opus-4-8",
    ],
    sends: {
      "openai-chat": { messages: [{ role: "system", content: "Write a title." }] },
      "openai-responses": { input: [{ role: "developer", content: "Write a title." }] },
    },
  },
  {
    name: "an answer in the last place is followed by the user's where it cannot be gone on with",
    to: ["google,gemini-3-pro-preview", "llamacpp,qwen3.5-27b", "vllm,Qwen/Qwen3.5-27B"],
    sends: {
      "openai-chat": { messages: [...HI, { role: "assistant", content: "I stop here." }] },
      "anthropic-messages": { messages: [...HI, { role: "assistant", content: "I stop here." }] },
      "openai-responses": { input: [...HI, { role: "assistant", content: "I stop here." }] },
    },
    sees: (body) => assert.ok(sentText(body).includes("I stop here.")),
  },
  {
    name: "an empty answer in the last place goes where it cannot be gone on with",
    to: ["llamacpp,qwen3.5-27b", "vllm,Qwen/Qwen3.5-27B"],
    sends: { "openai-chat": { messages: [...HI, { role: "assistant", content: "" }] } },
    sees: (body) => assert.equal(body.messages.at(-1).role, "user"),
  },
  {
    name: "thoughts that Mistral wrote into an answer reach nobody else as a part of it",
    to: [
      "groq,openai/gpt-oss-120b",
      "openai,gpt-4.1",
      "deepseek,deepseek-v4-pro",
      "xai,grok-4.6",
      "moonshot,kimi-k2.6",
    ],
    sends: { "openai-chat": { messages: MISTRAL_THOUGHTS } },
    sees: (body) => assert.ok(sentText(body.messages[1].content).includes("Hello.")),
  },
  {
    name: "a refusal in an answer is its text for providers without refusals",
    to: [
      "groq,openai/gpt-oss-120b",
      "deepseek,deepseek-v4-pro",
      "mistral,mistral-large-latest",
      "xai,grok-4.6",
    ],
    sends: {
      "openai-chat": {
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: [{ type: "refusal", refusal: "I cannot." }] },
          { role: "user", content: "Why?" },
          { role: "assistant", content: null, refusal: "I will not." },
          { role: "user", content: "Go on" },
        ],
      },
    },
    sees: (body) => assert.match(sentText(body.messages), /I cannot\..*I will not\./),
  },
  {
    name: "a choice among allowed tools is said by the tools where the provider has no such choice",
    to: [
      "groq,openai/gpt-oss-120b",
      "mistral,mistral-large-latest",
      "xai,grok-4.6",
      "google,gemini-2.5-flash",
      "deepseek,deepseek-v4-pro",
    ],
    sends: {
      "openai-chat": {
        messages: HI,
        tools: [chatTool("Bash"), chatTool("Read")],
        tool_choice: { type: "allowed_tools", allowed_tools: ALLOWED },
      },
      "openai-responses": {
        input: HI,
        tools: [responsesTool("Bash"), responsesTool("Read")],
        tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "Bash" }] },
      },
    },
    sees: (body) =>
      assert.deepEqual(body.tools.map((tool: Json) => tool.function?.name ?? tool.name), ["Bash"]),
  },
  {
    name: "Mistral's word for a forced tool is OpenAI's elsewhere",
    to: ["openai,gpt-4.1", "groq,openai/gpt-oss-120b"],
    sends: { "openai-chat": { messages: HI, tools: [chatTool("Bash")], tool_choice: "any" } },
    sees: (body) => assert.equal(body.tool_choice, "required"),
  },
  {
    name: "blocks that only Anthropic reads are words at other Messages endpoints",
    to: ["deepseek,deepseek-v4-pro", "zai,glm-5.2", "kimi,kimi-for-coding", "ollama,qwen3.5:27b"],
    sends: {
      "anthropic-messages": {
        tools: [messagesTool("Bash"), { ...messagesTool("Later"), defer_loading: true }],
        messages: [
          {
            role: "user",
            content: [
              {
                type: "document",
                title: "Notes",
                source: { type: "text", media_type: "text/plain", data: "a note" },
              },
              {
                type: "search_result",
                title: "Found",
                source: "https://example.com",
                content: [{ type: "text", text: "a finding" }],
              },
              { type: "text", text: "Hi" },
            ],
          },
          { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "Bash", input: {} }] },
          {
            role: "user",
            content: [{
              type: "tool_result",
              tool_use_id: "t1",
              content: [{ type: "tool_reference", tool_name: "Later" }],
            }],
          },
        ],
      },
    },
    headers: { "anthropic-beta": "advanced-tool-use-2025-11-20" },
    sees: (body) => {
      assert.match(sentText(body.messages), /Notes.*a note.*Found.*a finding.*The tool Later is available/);
      assert.equal(body.tools[1].defer_loading, undefined);
    },
  },
  {
    name: "a result in parts is one text where only one is read",
    to: ["gateway,qwen3.5-27b"],
    sends: {
      "openai-chat": {
        messages: called("{}", { result: [{ type: "text", text: "one" }, { type: "text", text: "two" }] }),
        tools: [chatTool("Bash")],
      },
    },
    sees: (body) => assert.equal(body.messages.at(-1).content, "one\ntwo"),
  },
  {
    name: "gpt-oss in llama.cpp gets a call's words or its thoughts, not both",
    to: ["llamacpp,gpt-oss-120b"],
    sends: {
      "openai-chat": {
        messages: called("{}", { answer: { content: "I look.", reasoning_content: "Hm." } }),
        tools: [chatTool("Bash")],
      },
      "anthropic-messages": {
        messages: [
          { role: "user", content: "Hi" },
          {
            role: "assistant",
            content: [
              { type: "thinking", thinking: "Hm.", signature: "" },
              { type: "text", text: "I look." },
              { type: "tool_use", id: "t1", name: "Bash", input: {} },
            ],
          },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "ok" }] },
        ],
        tools: [messagesTool("Bash")],
      },
    },
    sees: (body) => assert.ok(sentText(body).includes("I look.")),
  },
  {
    name: "lists with nothing in them do not go out",
    to: ["openai,gpt-4.1", "deepseek,deepseek-v4-pro"],
    sends: {
      "openai-chat": {
        tools: [],
        tool_choice: "auto",
        parallel_tool_calls: true,
        messages: [...HI, { role: "assistant", content: "Hello.", tool_calls: [] }, ...HI],
      },
    },
  },
  {
    name: "a strict tool with optional properties is one that is not enforced at OpenAI",
    to: ["openai,gpt-4.1", "openai,gpt-5.5", "azure,gpt-4.1"],
    sends: {
      "anthropic-messages": {
        tools: [{
          ...messagesTool("Bash", {
            type: "object",
            properties: { command: { type: "string" }, timeout: { type: "number" } },
            required: ["command"],
            additionalProperties: false,
          }),
          strict: true,
        }],
        messages: HI,
      },
    },
    drops: "strict",
  },
  {
    name: "parameters that Claude refuses by their names do not go out, the others do",
    to: ["anthropic,claude-opus-4-8", "anthropic,claude-haiku-4-5"],
    sends: offering("list_apps", {
      type: "object",
      properties: { "filter[id]": { type: "string" }, limit: { type: "integer" } },
      required: ["filter[id]", "limit"],
    }),
    drops: "properties",
    sees: (body) => assert.deepEqual(Object.keys(body.tools[0].input_schema.properties), ["limit"]),
  },
  {
    name: "schemas of older drafts reach Claude as the new one",
    to: ["anthropic,claude-opus-4-8", "anthropic,claude-haiku-4-5"],
    sends: offering("old", {
      type: "object",
      properties: {
        ttl: { type: "integer", exclusiveMinimum: true, minimum: 0 },
        pair: { type: "array", items: [{ type: "string" }, { type: "number" }] },
        any: { type: "any", required: true },
      },
    }),
    repairedAfter: "schema-draft",
    sees: (body) => {
      const { ttl, pair, any } = body.tools[0].input_schema.properties;
      assert.deepEqual(ttl, { type: "integer", exclusiveMinimum: 0 });
      assert.deepEqual([pair.items, pair.prefixItems.length, any], [undefined, 2, {}]);
    },
  },
  {
    name: "an answer's format beside tools is words where the two exclude each other",
    to: ["google,gemini-2.5-flash", "groq,openai/gpt-oss-120b"],
    sends: {
      "openai-chat": {
        messages: HI,
        tools: [chatTool("Bash")],
        response_format: { type: "json_schema", json_schema: { name: "answer", schema: SCHEMA } },
      },
      "openai-responses": {
        input: HI,
        tools: [responsesTool("Bash")],
        text: { format: { type: "json_schema", name: "answer", schema: SCHEMA } },
      },
      "anthropic-messages": {
        messages: HI,
        tools: [messagesTool("Bash")],
        output_config: { format: { type: "json_schema", schema: SCHEMA } },
      },
    },
    drops: "structured_output",
    sees: (body) => assert.match(sentText(body), /JSON Schema/),
  },
  {
    name: "all tools are strict at Cerebras, or none",
    to: ["cerebras,gpt-oss-120b"],
    sends: {
      "openai-chat": {
        messages: HI,
        tools: [
          chatTool("Bash"),
          {
            type: "function",
            function: { name: "Read", parameters: { ...SCHEMA, additionalProperties: false }, strict: true },
          },
        ],
      },
    },
    drops: "strict",
  },
  {
    name: "what a tool of OpenAI's left in a history stays away from those that do not run it",
    to: ["ollama,qwen3.5:27b", "groq,openai/gpt-oss-120b", "vllm,Qwen/Qwen3.5-27B", "openai,gpt-5.5"],
    sends: {
      "openai-responses": {
        input: [
          { role: "user", content: "Hi" },
          {
            type: "web_search_call",
            id: "ws_1",
            status: "completed",
            action: { type: "search", query: "news" },
          },
          { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello." }] },
          { role: "user", content: "Go on" },
        ],
      },
    },
    sees: (body, model) =>
      assert.equal(sentText(body).includes("web_search_call"), model.startsWith("openai")),
  },
  {
    name: "Claude beside a thinking budget gets no top_p below what it takes",
    to: ["anthropic,claude-haiku-4-5"],
    sends: {
      "anthropic-messages": {
        max_tokens: 32_000,
        thinking: { type: "enabled", budget_tokens: 16_000 },
        top_p: 0.5,
        messages: HI,
      },
      "openai-chat": { reasoning_effort: "high", top_p: 0.5, messages: HI },
    },
    sees: (body) => assert.equal(body.thinking.type, "enabled"),
  },
  {
    name: "half a character, which a cut output left, is replaced where it was refused",
    to: ["anthropic,claude-opus-4-8"],
    sends: {
      "anthropic-messages": { messages: [{ role: "user", content: "a\\ \ud83d b \u{1f44d}" }] },
      "openai-chat": { messages: [{ role: "user", content: "a\\ \ud83d b \u{1f44d}" }] },
      "openai-responses": { input: [{ role: "user", content: "a\\ \ud83d b \u{1f44d}" }] },
    },
    repairedAfter: "well-formed",
    sees: (body) => assert.ok(sentText(body).includes("a\\\\ \ufffd b \u{1f44d}")),
  },
  {
    name: "a long name of the user is cut for Anthropic",
    to: ["anthropic,claude-opus-4-8"],
    sends: {
      "openai-chat": { user: "u".repeat(400), messages: HI },
      "openai-responses": { safety_identifier: "u".repeat(400), input: HI },
      "anthropic-messages": { metadata: { user_id: "u".repeat(400) }, messages: HI },
    },
    sees: (body) => assert.equal(body.metadata.user_id.length, 256),
  },
];

crosses(CROSSINGS);
