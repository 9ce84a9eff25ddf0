/** Single requests of one more round of public reports; their rules are in `tests/support/houses/reported.ts`. */
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

type Sends = Readonly<Record<Dialect, Json>>;

const text = (value: Json): string => JSON.stringify(value);
const hasPicture = (body: Json): void => assert.ok(text(body).includes(PNG), "the image is there");

const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** A history with calls of these names, which nobody answered otherwise. */
const calledNames = (...names: string[]): Sends => ({
  "openai-chat": {
    tools: [chatTool("Bash")],
    messages: [
      ...HI,
      {
        role: "assistant",
        content: null,
        tool_calls: names.map((name, i) => ({
          id: `call_${i}`,
          type: "function",
          function: { name, arguments: "{}" },
        })),
      },
      ...names.map((_, i) => ({ role: "tool", tool_call_id: `call_${i}`, content: "ok" })),
    ],
  },
  "openai-responses": {
    tools: [responsesTool("Bash")],
    input: [
      ...HI,
      ...names.map((name, i) => ({ type: "function_call", call_id: `call_${i}`, name, arguments: "{}" })),
      ...names.map((_, i) => ({ type: "function_call_output", call_id: `call_${i}`, output: "ok" })),
    ],
  },
  "anthropic-messages": {
    tools: [messagesTool("Bash")],
    messages: [
      ...HI,
      {
        role: "assistant",
        content: names.map((name, i) => ({ type: "tool_use", id: `call_${i}`, name, input: {} })),
      },
      {
        role: "user",
        content: names.map((_, i) => ({ type: "tool_result", tool_use_id: `call_${i}`, content: "ok" })),
      },
    ],
  },
});

const CALLED = calledNames("Bash");

const IMAGE_BLOCK = { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } };

/** The same history, and this in the result. */
const resultIs = (result: Json, tools: Json[] = [messagesTool("Bash")]): Json => ({
  tools,
  messages: [
    ...HI,
    { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "Bash", input: {} }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", ...result }] },
  ],
});

const SHOT: Partial<Sends> = {
  "anthropic-messages": resultIs({ content: [{ type: "text", text: "shot taken" }, IMAGE_BLOCK] }),
  "openai-responses": {
    tools: [responsesTool("Bash")],
    input: [
      ...HI,
      { type: "function_call", call_id: "t1", name: "Bash", arguments: "{}" },
      {
        type: "function_call_output",
        call_id: "t1",
        output: [
          { type: "input_text", text: "shot taken" },
          { type: "input_image", image_url: `data:image/png;base64,${PNG}` },
        ],
      },
    ],
  },
};

/** Items as other clients than OpenAI's write them. */
const BARE_ITEMS: Partial<Sends> = {
  "openai-responses": {
    store: false,
    input: [
      { role: "user", content: "Hi" },
      {
        type: "reasoning",
        encrypted_content: null,
        content: [{ type: "reasoning_text", text: "Hm." }],
      },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello." }] },
      { type: "message", role: "user", content: [{ type: "input_text", text: "Go on" }] },
    ],
  },
  "anthropic-messages": {
    messages: [
      ...HI,
      {
        role: "assistant",
        content: [{ type: "thinking", thinking: "Hm.", signature: "" }, { type: "text", text: "Hello." }],
      },
      { role: "user", content: "Go on" },
    ],
  },
};

const FORCED: Sends = {
  "openai-chat": { tool_choice: "required", tools: [chatTool("Bash")], messages: HI },
  "openai-responses": {
    tool_choice: { type: "function", name: "Bash" },
    tools: [responsesTool("Bash")],
    input: HI,
  },
  "anthropic-messages": {
    tool_choice: { type: "tool", name: "Bash" },
    tools: [messagesTool("Bash")],
    messages: HI,
  },
};

/** An answer's format in each dialect. */
const format = (schema: Json): Sends => ({
  "openai-chat": {
    messages: HI,
    response_format: { type: "json_schema", json_schema: { name: "a", schema } },
  },
  "openai-responses": { input: HI, text: { format: { type: "json_schema", name: "a", schema } } },
  "anthropic-messages": { messages: HI, output_config: { format: { type: "json_schema", schema } } },
});

const many = (make: (name: string) => Json) => Array.from({ length: 250 }, (_, i) => make(`tool_${i}`));

const LIMITED = {
  type: "object",
  properties: { tags: { type: "array", items: { type: "string", maxLength: 9 }, minItems: 1, maxItems: 3 } },
  required: ["tags"],
  additionalProperties: false,
};

const OPEN_INSIDE = {
  type: "object",
  properties: {
    inputs: {
      anyOf: [
        { type: "array", items: { type: "object", properties: { a: { type: "string" } } } },
        { type: "null" },
      ],
    },
  },
  required: ["inputs"],
  additionalProperties: false,
};

const TEXTS = (type: string) => [{ type, text: "One." }, { type, text: "Two." }];

const MADE_UP = [
  "browser.tabs.open",
  "query<|channel|>commentary",
  "",
  'view_file" path="x"',
  "n".repeat(70),
];

const PICKY = [
  "openai,gpt-4.1",
  "openai,gpt-5.5",
  "anthropic,claude-opus-4-8",
  "mistral,mistral-large-latest",
  "google,gemini-3-pro-preview",
  "groq,openai/gpt-oss-120b",
];

const NAMES: readonly Crossing[] = [
  ...MADE_UP.map((name): Crossing => ({
    name: `a call whose model made up the name ${text(name).slice(0, 30)} does not spoil the history`,
    to: PICKY,
    sends: calledNames(name),
  })),
  ...["hosting_createNode.jsV1", "21st_magic"].map((name): Crossing => ({
    name: `a tool named ${name} has another name where it is refused`,
    to: ["moonshot,kimi-k3", "kimi,kimi-for-coding", "groq,openai/gpt-oss-120b", "openai,gpt-4.1"],
    sends: offering(name),
  })),
  {
    name: "Gemini's results carry the names of their tools",
    to: ["google,gemini-3-pro-preview", "google,gemini-2.5-flash"],
    sends: calledNames("Bash", "Read"),
    sees: ({ messages }) =>
      assert.deepEqual(
        messages.flatMap(({ role, name }: Json) => role === "tool" ? [name] : []),
        ["Bash", "Read"],
      ),
  },
];

const SCHEMAS: readonly Crossing[] = [
  {
    name: "null is no choice of an enum where it is refused",
    to: ["xai,grok-4.6", "moonshot,kimi-k2.6", "kimi,kimi-for-coding"],
    sends: offering("x", {
      type: "object",
      properties: {
        mode: { type: ["string", "null"], enum: ["content", "count", null] },
        other: { type: "string", enum: ["a", null] },
      },
      required: ["mode"],
    }),
    sees: (body) => assert.ok(text(body).includes('"count"')),
  },
  {
    name: "a required that is null does not go out",
    to: ["xai,grok-4.6", "groq,openai/gpt-oss-120b", "moonshot,kimi-k3"],
    sends: offering("x", { type: "object", properties: { a: { type: "string" } }, required: null }),
  },
  {
    name: "a required that is null goes to a gateway's Grok once",
    to: ["gateway,grok-4.5"],
    sends: offering("x", { type: "object", properties: { a: { type: "string" } }, required: null }),
    repairedAfter: "required-is-list",
  },
  {
    name: "Groq gets no required without properties",
    to: ["groq,openai/gpt-oss-120b"],
    sends: offering("x", {
      type: "object",
      properties: { inner: { type: "object", required: ["a"] } },
      required: [],
    }),
  },
  {
    name: "Groq's strict tools are closed throughout, or not strict",
    to: ["groq,openai/gpt-oss-120b"],
    sends: {
      "openai-chat": {
        messages: HI,
        tools: [{ type: "function", function: { name: "x", parameters: OPEN_INSIDE, strict: true } }],
      },
      "openai-responses": {
        input: HI,
        tools: [{ type: "function", name: "x", parameters: OPEN_INSIDE, strict: true }],
      },
    },
  },
  {
    name: "an answer's schema loses the limits that Groq refused, and stays a schema",
    to: ["groq,openai/gpt-oss-20b"],
    sends: format(LIMITED),
    repairedAfter: "format-limits",
    sees: (body) => assert.ok(text(body).includes("json_schema")),
  },
  {
    name: "an answer's schema loses the limits that Claude refused",
    to: ["anthropic,claude-opus-4-6"],
    sends: format(LIMITED),
    repairedAfter: "format-limits",
    sees: (body) => assert.ok(text(body).includes("json_schema")),
  },
  {
    name: "an answer's schema whose grammar is too large goes out in words",
    to: ["anthropic,claude-sonnet-4-6"],
    sends: format({ ...SCHEMA, additionalProperties: false }),
    repairedAfter: "grammar-size",
    drops: "structured_output",
  },
  {
    name: "strict tools whose grammar is too large are not strict",
    to: ["anthropic,claude-sonnet-4-6"],
    sends: {
      "anthropic-messages": {
        messages: HI,
        tools: [{ ...messagesTool("Bash", { ...SCHEMA, additionalProperties: false }), strict: true }],
      },
    },
    repairedAfter: "grammar-size",
    sees: ({ tools }) => assert.equal(tools[0].strict, undefined),
  },
  {
    name: "every property has a type at Gemini",
    to: ["google,gemini-3-pro-preview", "google,gemini-2.5-flash"],
    sends: offering("x", {
      type: "object",
      properties: {
        any: { description: "anything" },
        inner: { properties: { a: {} } },
        list: { items: { type: "string" } },
      },
    }),
  },
];

const TOOLS: readonly Crossing[] = [
  {
    name: "xAI gets as many tools as it takes, and the chosen one among them",
    to: ["xai,grok-4.6"],
    sends: {
      "openai-chat": {
        messages: HI,
        tools: many(chatTool),
        tool_choice: { type: "function", function: { name: "tool_240" } },
      },
      "openai-responses": { input: HI, tools: many(responsesTool) },
      "anthropic-messages": { messages: HI, tools: many(messagesTool) },
    },
    drops: "tools",
  },
  {
    name: "a web search that is forced at xAI is the only tool, and required",
    to: ["xai,grok-4.6"],
    sends: {
      "openai-responses": {
        input: HI,
        tools: [{ type: "web_search" }, responsesTool("Bash")],
        tool_choice: { type: "web_search" },
      },
    },
    sees: (body) => assert.deepEqual([body.tool_choice, body.tools.length], ["required", 1]),
  },
  {
    name: "a choice of tools without tools does not go out",
    to: ["xai,grok-4.6"],
    sends: {
      "openai-responses": { input: HI, tools: [], tool_choice: "auto", parallel_tool_calls: false },
      "openai-chat": { messages: HI, tool_choice: "none" },
      "anthropic-messages": { messages: HI, tool_choice: { type: "none" } },
    },
  },
  {
    name: "a choice of tools without tools does not go out in Responses",
    to: ["groq,openai/gpt-oss-120b", "openrouter,x-ai/grok-4.6", "lmstudio,qwen3.5-27b"],
    sends: { "openai-responses": { input: HI, tools: [], tool_choice: "auto" } },
  },
  ...["auto", "none"].map((type): Crossing => ({
    name: `a choice of tools that is written {type: ${type}} is the word in Chat`,
    to: ["gateway,qwen3.5-27b", "openai,gpt-4.1", "azure,gpt-4.1"],
    sends: { "openai-chat": { tools: [chatTool("Bash")], messages: HI, tool_choice: { type } } },
    sees: (body) => assert.equal(body.tool_choice, type),
  })),
  ...["gateway,qwen3.5-plus", "gateway,deepseek-v4-pro", "gateway,kimi-k2.6", "bridge,deepseek-v4-pro"].map(
    (model): Crossing => ({
      name: `a tool that may not be forced while ${model} thinks is left to the model`,
      to: [model],
      sends: FORCED,
      repairedAfter: `forced-${
        model.includes("qwen") ? "qwen3\\.5-plus" : model.includes("kimi") ? "kimi" : "deepseek-v4"
      }`,
      drops: "tool_choice",
    }),
  ),
  ...["azure,gpt-5.5", "openai,gpt-5.3-codex-spark"].map((model): Crossing => ({
    name: `a tool that ${model} does not have is left out once it was refused`,
    to: [model],
    sends: {
      "openai-responses": { input: HI, tools: [responsesTool("Bash"), { type: "image_generation" }] },
    },
    repairedAfter: "hosted-tools",
    drops: "image_generation",
    sees: ({ tools }) => assert.deepEqual(tools.map(({ name }: Json) => name), ["Bash"]),
  })),
  {
    name: "a description that was too long is cut",
    to: ["azure,gpt-4.1-mini"],
    sends: {
      "openai-chat": {
        messages: HI,
        tools: [{
          type: "function",
          function: { name: "Bash", description: "Does it. ".repeat(300), parameters: SCHEMA },
        }],
      },
      "openai-responses": {
        input: HI,
        tools: [{ ...responsesTool("Bash"), description: "Does it. ".repeat(300) }],
      },
    },
    repairedAfter: "description-length",
    sees: ({ tools }) => assert.ok(text(tools).includes("Does it.")),
  },
  {
    name: "a plain tool has no type at MiniMax",
    to: ["minimax,MiniMax-M3"],
    sends: {
      "anthropic-messages": { messages: HI, tools: [{ ...messagesTool("Bash"), type: "custom" }] },
    },
  },
  {
    name: "an older Claude's search is called by the model alone",
    to: ["anthropic,claude-haiku-4-5"],
    sends: {
      "anthropic-messages": {
        messages: HI,
        tools: [{ type: "web_search_20260209", name: "web_search", max_uses: 3 }],
      },
    },
    repairedAfter: "direct-callers",
    sees: ({ tools }) => assert.match(tools[0].type, /^web_search_/),
  },
  {
    name: "calls go out one by one where a template reads one",
    to: ["vllm,meta-llama/llama-3.1-70b-instruct"],
    sends: {
      "openai-chat": calledNames("Bash", "Read")["openai-chat"],
      "anthropic-messages": calledNames("Bash", "Read")["anthropic-messages"],
    },
    repairedAfter: "one-call",
  },
];

const TWICE = ["Bash", "Read", "Bash"];

const BEHIND_GATEWAYS: readonly Crossing[] = [
  {
    name: "two tools of one name are the first of them",
    to: ["anthropic,claude-opus-4-8", "openai,gpt-4.1"],
    sends: {
      "openai-chat": { messages: HI, tools: TWICE.map((name) => chatTool(name)) },
      "openai-responses": { input: HI, tools: TWICE.map((name) => responsesTool(name)) },
      "anthropic-messages": { messages: HI, tools: TWICE.map((name) => messagesTool(name)) },
    },
    sees: ({ tools }) =>
      assert.deepEqual(tools.map((tool: Json) => tool.function?.name ?? tool.name), ["Bash", "Read"]),
  },
  {
    name: "of more than four cache marks the last four stay once that was refused",
    to: ["anthropic,claude-opus-4-8"],
    sends: {
      "anthropic-messages": {
        system: ["a", "b", "c"].map((text) => ({ type: "text", text, cache_control: { type: "ephemeral" } })),
        messages: [
          { role: "user", content: [{ type: "text", text: "d", cache_control: { type: "ephemeral" } }] },
          { role: "assistant", content: "e" },
          { role: "user", content: [{ type: "text", text: "f", cache_control: { type: "ephemeral" } }] },
        ],
      },
    },
    repairedAfter: "cache-marks",
    sees: ({ system, messages }) => {
      assert.equal(system[0].cache_control, undefined);
      assert.deepEqual(messages[2].content[0].cache_control, { type: "ephemeral" });
    },
  },
  {
    name: "a tool's name is plain behind a gateway once that was refused",
    to: ["gateway,gpt-5.5", "bridge,gpt-5.5"],
    sends: offering("calendar.read"),
    repairedAfter: "function-names",
  },
  {
    name: "ids of calls are short behind a gateway once that was refused",
    to: ["gateway,mistral-medium"],
    sends: CALLED,
    repairedAfter: "call-ids",
  },
  {
    name: "a temperature that was refused behind a gateway does not go out again",
    to: ["gateway,k3-256k", "bridge,k3-256k"],
    sends: {
      "openai-chat": { temperature: 0.1, messages: HI },
      "openai-responses": { temperature: 0.1, input: HI },
      "anthropic-messages": { temperature: 0.1, messages: HI },
    },
    repairedAfter: "temperature",
  },
  {
    name: "a temperature stays, and top_p goes, where both were refused",
    to: ["gateway,bedrock-haiku", "bridge,bedrock-haiku"],
    sends: {
      "openai-chat": { temperature: 0.1, top_p: 0.9, messages: HI },
      "openai-responses": { temperature: 0.1, top_p: 0.9, input: HI },
      "anthropic-messages": { temperature: 0.1, top_p: 0.9, messages: HI },
    },
    repairedAfter: "one-sampling",
    sees: ({ temperature }) => assert.equal(temperature, 0.1),
  },
  {
    name: "an answer's limit is the one that a refusal named",
    to: ["gateway,qwen-max", "bridge,qwen-max"],
    sends: {
      "openai-chat": { max_tokens: 32_000, messages: HI },
      "openai-responses": { max_output_tokens: 32_000, input: HI },
      "anthropic-messages": { max_tokens: 32_000, messages: HI },
    },
    repairedAfter: "most-tokens",
    sees: (body) => assert.equal(body.max_completion_tokens ?? body.max_tokens, 8192),
  },
  {
    name: "references in schemas are resolved once they were refused",
    to: ["gateway,kimi-k2.7", "bridge,kimi-k2.7"],
    sends: offering("x", {
      type: "object",
      properties: { a: { $ref: "#/$defs/A" } },
      $defs: { A: { type: "string", enum: ["u", "v"] } },
    }),
    repairedAfter: "references",
    sees: (body) => assert.ok(text(body).includes('"u"')),
  },
];

const HISTORIES: readonly Crossing[] = [
  {
    name: "items of Responses are whole at vLLM and OpenRouter",
    to: ["vllm,openai/gpt-oss-120b", "openrouter,moonshotai/kimi-k3"],
    sends: BARE_ITEMS,
  },
  {
    name: "the answers in a history have what Azure misses once it refused them",
    to: ["azure,gpt-oss-120b"],
    sends: { "openai-responses": BARE_ITEMS["openai-responses"] },
    repairedAfter: "item-annotations",
  },
  {
    name: "messages say that they are such once Azure refused them",
    to: ["azure,gpt-oss-20b"],
    sends: { "openai-responses": { input: [...HI, { role: "assistant", content: "Hello." }, ...HI] } },
    repairedAfter: "item-types",
  },
  {
    name: "what followed reasoning that stays behind goes out without its id",
    to: ["azure,gpt-5.5", "openai,gpt-5.5"],
    sends: {
      "openai-responses": {
        store: false,
        tools: [responsesTool("Bash")],
        input: [
          ...HI,
          { type: "reasoning", id: "rs_1", summary: [], encrypted_content: null },
          { type: "function_call", id: "fc_r1", call_id: "call_1", name: "Bash", arguments: "{}" },
          { type: "function_call_output", call_id: "call_1", output: "ok" },
          ...HI,
        ],
      },
    },
  },
  ...["gateway,deepseek-v4-pro", "openrouter,deepseek/deepseek-v4-pro", "gateway,kimi-k2.6"].map(
    (model): Crossing => ({
      name: `${model} gets reasoning with calls of others once it missed it`,
      to: [model],
      sends: CALLED,
      repairedAfter: `reasoning-back-${model.includes("kimi") ? "kimi" : "deepseek-v4"}`,
    }),
  ),
  {
    name: "a gateway's DeepSeek gets thinking with calls of others in Messages once it missed it",
    to: ["bridge,deepseek-v4-flash"],
    sends: CALLED,
    repairedAfter: "thinking-back",
  },
  {
    name: "Gemini at OpenRouter gets the documented stand-in with calls of others",
    to: ["openrouter,google/gemini-3-pro"],
    sends: CALLED,
  },
  {
    name: "Gemini behind a gateway gets the documented stand-in once it missed a signature",
    to: ["gateway,gemini-3-pro-preview"],
    sends: CALLED,
    repairedAfter: "thought-signature",
  },
  {
    name: "a template that wants turns gets them",
    to: ["llamacpp,devstral-small-2", "gateway,devstral-small-2"],
    sends: {
      "openai-chat": {
        messages: [
          { role: "system", content: "S" },
          ...HI,
          ...HI,
          { role: "assistant", content: "a" },
          { role: "assistant", content: "b" },
          ...HI,
        ],
      },
    },
    repairedAfter: "devstral-turns",
  },
  {
    name: "an answer is put between a result and the user where one was missed",
    to: ["gateway,devstral-2512", "openrouter,mistralai/devstral-2512"],
    sends: {
      "openai-chat": {
        ...CALLED["openai-chat"],
        messages: [...CALLED["openai-chat"].messages, ...HI],
      },
      "openai-responses": {
        ...CALLED["openai-responses"],
        input: [...CALLED["openai-responses"].input, ...HI],
      },
    },
    repairedAfter: "devstral-user-after-tool",
  },
  {
    name: "texts of a list are one text where lists are refused",
    to: ["gateway,deepseek-v3.1"],
    sends: {
      "openai-chat": { messages: [{ role: "user", content: TEXTS("text") }] },
      "anthropic-messages": { messages: [{ role: "user", content: TEXTS("text") }] },
      "openai-responses": { input: [{ role: "user", content: TEXTS("input_text") }] },
    },
    repairedAfter: "one-text",
    sees: (body) => assert.ok(text(body).includes("One.") && text(body).includes("Two.")),
  },
  {
    name: "texts of the system's and the assistant's are one text at other providers than the built-in",
    to: ["gateway,nemotron-super"],
    sends: {
      "openai-chat": {
        messages: [
          { role: "system", content: TEXTS("text") },
          ...HI,
          { role: "assistant", content: TEXTS("text") },
          ...HI,
        ],
      },
      "anthropic-messages": {
        system: TEXTS("text"),
        messages: [...HI, { role: "assistant", content: TEXTS("text") }, ...HI],
      },
    },
  },
];

const MEDIA: readonly Crossing[] = [
  {
    name: "an image in a result follows it where results are texts in Messages",
    to: ["ollama,glm-5.3-flash:cloud", "lmstudio,qwen3.5-27b", "bridge,qwen3.5-coder"],
    sends: SHOT,
    sees: hasPicture,
  },
  {
    name: "an image in a failed result follows it at Claude",
    to: ["anthropic,claude-opus-4-8"],
    sends: {
      "anthropic-messages": resultIs({
        is_error: true,
        content: [{ type: "text", text: "failed" }, IMAGE_BLOCK],
      }),
    },
    sees: hasPicture,
  },
  {
    name: "an image/jpg is an image/jpeg at Gemini",
    to: ["google,gemini-3-pro-preview"],
    sends: {
      "openai-chat": {
        messages: [{
          role: "user",
          content: [{ type: "image_url", image_url: { url: "data:image/jpg;base64,/9j/4AAQ" } }],
        }],
      },
      "openai-responses": {
        input: [{
          role: "user",
          content: [{ type: "input_image", image_url: "data:image/jpg;base64,/9j/4AAQ" }],
        }],
      },
    },
    sees: (body) => assert.ok(text(body).includes("data:image/jpeg")),
  },
  {
    name: "a reference to a tool that is gone is text once it was refused",
    to: ["anthropic,claude-opus-4-6"],
    headers: { "anthropic-beta": "advanced-tool-use-2025-11-20" },
    sends: {
      "anthropic-messages": resultIs({ content: [{ type: "tool_reference", tool_name: "DesignSync" }] }),
    },
    repairedAfter: "known-references",
  },
];

const SETTINGS: readonly Crossing[] = [
  ...["none", "minimal", "medium", "xhigh"].map((effort): Crossing => ({
    name: `GLM 5.3 gets one of its own efforts for ${effort}`,
    to: ["zai,glm-5.3"],
    sends: {
      "openai-chat": { reasoning_effort: effort, messages: HI },
      "openai-responses": { reasoning: { effort }, input: HI },
    },
  })),
  {
    name: "a verbosity that was refused does not go out again",
    to: ["azure,gpt-5.2-codex", "openai,gpt-5.1-codex-max"],
    sends: {
      "openai-responses": { input: HI, text: { verbosity: "low" } },
      "openai-chat": { messages: HI, verbosity: "low" },
    },
    repairedAfter: "verbosity",
  },
  {
    name: "a cache key that was too long is cut",
    to: ["openai,gpt-5.5", "azure,gpt-5.5"],
    sends: {
      "openai-responses": { input: HI, prompt_cache_key: "k".repeat(80) },
      "openai-chat": { messages: HI, prompt_cache_key: "k".repeat(80) },
    },
    repairedAfter: "cache-key-length",
  },
  {
    name: "penalties that Gemini refused do not go out again",
    to: ["google,gemini-3-flash"],
    sends: { "openai-chat": { frequency_penalty: 0.1, presence_penalty: 0.1, messages: HI } },
    repairedAfter: "penalties",
  },
  {
    name: "DashScope's models do not think in a whole answer once that was refused",
    to: ["gateway,qwen3-32b"],
    sends: {
      "openai-chat": { messages: HI },
      "anthropic-messages": { messages: HI },
      "openai-responses": { input: HI },
    },
    repairedAfter: "thinks-in-streams",
  },
  {
    name: "LM Studio's text settings carry a format",
    to: ["lmstudio,qwen3.5-27b"],
    sends: { "openai-responses": { input: HI, text: { verbosity: "low" } } },
  },
  {
    name: "thinking without a budget gets one, or is adaptive",
    to: ["anthropic,claude-haiku-4-5", "anthropic,claude-opus-4-8"],
    sends: {
      "anthropic-messages": { max_tokens: 32_000, thinking: { type: "enabled" }, messages: HI },
    },
    sees: ({ thinking }, model) =>
      assert.ok(model.includes("haiku") ? thinking.budget_tokens >= 1024 : thinking.type === "adaptive"),
  },
  {
    name: "a cache mark lives no longer than those before it once that was refused",
    to: ["anthropic,claude-opus-4-6"],
    sends: {
      "anthropic-messages": {
        tools: [{ ...messagesTool("Bash"), cache_control: { type: "ephemeral" } }],
        system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral", ttl: "1h" } }],
        messages: HI,
      },
    },
    repairedAfter: "lifetimes",
  },
];

crosses([...NAMES, ...SCHEMAS, ...TOOLS, ...BEHIND_GATEWAYS, ...HISTORIES, ...MEDIA, ...SETTINGS]);
