import assert from "node:assert/strict";
import { test } from "node:test";
import type { Lesson } from "../../../src/dialects/dialect.ts";
import { lessonOf } from "../../../src/dispatch/lessons/read.ts";
import type { Failure } from "../../../src/dispatch/failure/failure.ts";

const failure = (message: string, more: Partial<Failure> = {}): Failure => ({
  class: "bad_request",
  provider: "p",
  model: "m",
  status: 400,
  message,
  ...more,
});

const field = (name: string): Lesson => ({ kind: "field", name });

/** What providers say, and what it teaches. */
const SAID: readonly (readonly [message: string, lesson: Lesson, more?: Partial<Failure>])[] = [
  ["Unsupported parameter: 'logprobs' is not supported with this model.", field("logprobs")],
  ["Unknown parameter: 'safety_identifier'.", field("safety_identifier")],
  ["Unrecognized request argument supplied: prompt_cache_key", field("prompt_cache_key")],
  ["context_management: Extra inputs are not permitted", field("context_management")],
  ["tools.3.custom.defer_loading: Extra inputs are not permitted", field("tools.defer_loading")],
  ["messages.1.content.0.text.citations: Extra inputs are not permitted", field("messages.citations")],
  ["body.store: Extra inputs are not permitted", field("store"), { status: 422 }],
  [
    "body.messages.2.assistant.reasoning_content: Extra inputs are not permitted",
    field("messages.reasoning_content"),
  ],
  ["Extra inputs are not permitted, field: 'min_p'", field("min_p")],
  [
    "Error from provider: Extra inputs are not permitted, field: 'client_metadata'",
    field("client_metadata"),
  ],
  [
    "Function tools with reasoning_effort are not supported for gpt-5.6-terra in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.",
    { kind: "tools_while_thinking", name: "reasoning_effort" },
    { param: "reasoning_effort" },
  ],
  [
    "Jinja Exception: Conversation roles must alternate user/assistant/user/assistant/...",
    { kind: "alternate", name: "roles" },
    { class: "server_error", status: 500 },
  ],
  [
    "max_tokens is too large: 200000. This model supports at most 32768 completion tokens, whereas you provided 200000.",
    { kind: "limit", name: "max_tokens", to: "32768" },
  ],
  [
    "`max_tokens` must be less than or equal to `32768`, the maximum value for `max_tokens` is less than the `context_window` for this model",
    { kind: "limit", name: "max_tokens", to: "32768" },
  ],
  [
    "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]",
    { kind: "limit", name: "max_tokens", to: "8192" },
  ],
  ["Assistant response prefill is incompatible with enable_thinking.", {
    kind: "prefill",
    name: "assistant",
  }],
  [
    "This model does not support assistant message prefill. The conversation must end with a user message.",
    { kind: "prefill", name: "assistant" },
  ],
  [
    "tools.12.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12).",
    { kind: "schema_draft", name: "2020-12" },
  ],
  [
    "Requests which include `tool_use` or `tool_result` blocks must define tools",
    { kind: "tools_needed", name: "tools" },
  ],
  [
    "litellm.UnsupportedParamsError: Bedrock doesn't support tool calling without `tools=` param specified.",
    { kind: "tools_needed", name: "tools" },
  ],
  [
    "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
    { kind: "tools_needed", name: "tools" },
  ],
  [
    "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : property 'reasoning_content' is unsupported)]",
    field("reasoning_content"),
  ],
  [
    "body.parallel_tool_calls: property 'body.parallel_tool_calls' is unsupported",
    field("parallel_tool_calls"),
  ],
  [
    'Invalid JSON payload received. Unknown name "prompt_cache_key": Cannot find field.',
    field("prompt_cache_key"),
  ],
  ["Argument not supported on this model: presencePenalty", field("presence_penalty")],
  ["Model does not support parameter reasoningEffort", field("reasoning_effort")],
  [
    "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
    field("temperature"),
  ],
  ["Additional properties are not allowed ('verbosity' was unexpected)", field("verbosity")],
  ["`top_k` is deprecated for this model.", field("top_k")],
  ["no", field("user"), { code: "unknown_parameter", param: "user" }],
  [
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    { kind: "rename", name: "max_tokens", to: "max_completion_tokens" },
  ],
  ["messages[0].role: unknown variant `developer`, expected one of `system`, `user`", {
    kind: "role",
    name: "developer",
  }],
  ["Unexpected message role.", { kind: "role", name: "developer" }],
  ["Jinja Exception: System message must be at the beginning.", { kind: "system_place", name: "system" }, {
    status: 500,
    class: "server_error",
  }],
  ["This response_format type is unavailable now", { kind: "json_schema", name: "json_schema" }],
  ["This model does not support response format `json_schema`", { kind: "json_schema", name: "json_schema" }],
  ["Unsupported value: 'xhigh' is not supported with the 'gpt-5' model. Supported values are: 'low'.", {
    kind: "effort",
    name: "xhigh",
  }, { param: "reasoning.effort" }],
  [
    "unknown variant `max`, expected one of `none`, `low`, `medium`, `high`",
    { kind: "effort", name: "max" },
    { status: 422 },
  ],
  ["Unexpected value(s) `context-1m-2025-08-07` for the `anthropic-beta` header.", {
    kind: "beta",
    name: "context-1m-2025-08-07",
  }],
  [
    "Invalid JSON payload received. Unknown name \"exclusiveMinimum\" at 'tools[0].function_declarations[0].parameters.properties[1].value': Cannot find field.",
    { kind: "schema_keyword", name: "exclusiveMinimum" },
  ],
];

for (const [message, lesson, more] of SAID) {
  test(`a refusal teaches: ${message.slice(0, 70)}`, () =>
    assert.deepEqual(lessonOf(failure(message, more)), lesson));
}

const quirk = (name: string): Lesson => ({ kind: "quirk", name });

/** What a refusal says of the provider as a whole. */
const HABITS: readonly (readonly [message: string, lesson: Lesson, more?: Partial<Failure>])[] = [
  [
    "max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens",
    { kind: "limit", name: "max_tokens", to: "64000" },
  ],
  ["Range of max_tokens should be [1, 131072]", { kind: "limit", name: "max_tokens", to: "131072" }],
  [
    "The parameter max_tokens specified in the request is not valid: integer above maximum value, expected a value <= 32768, but got 64000 instead.",
    { kind: "limit", name: "max_tokens", to: "32768" },
    { param: "max_tokens" },
  ],
  ["invalid temperature: only 0.6 is allowed for this model", field("temperature")],
  ["`temperature` may only be set to 1 when thinking is enabled", field("temperature")],
  [
    "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
    field("top_p"),
  ],
  ["Tool choice 'required' is not supported in thinking mode", quirk("no-forced-tools")],
  [
    "Missing `reasoning_content` field in the assistant message at message index 1.",
    quirk("reasoning-content"),
  ],
  [
    "Tool call id was call_49c89af0 but must be a-z, A-Z, 0-9, with a length of 9.",
    quirk("short-call-ids"),
    { status: 500, class: "server_error" },
  ],
  [
    "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    quirk("plain-names"),
  ],
  [
    "tools.function.parameters is not a valid moonshot flavored json schema, details: <At path 'properties.assetRef': conflicting keywords found after $ref expansion: description>",
    quirk("gemini-schemas"),
  ],
  ["A maximum of 4 blocks with cache_control may be provided. Found 5.", quirk("four-marks")],
  [
    "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
    { kind: "prefill", name: "assistant" },
  ],
  [
    "<400> InternalError.Algo.InvalidParameter: The tool_choice parameter does not support being set to required or object in thinking mode",
    quirk("no-forced-tools"),
  ],
  ["deepseek-reasoner does not support this tool_choice", quirk("no-forced-tools")],
  [
    "The `reasoning_content` in the thinking mode must be passed back to the API.",
    quirk("reasoning-content"),
  ],
  [
    "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly",
    quirk("thought-signatures"),
  ],
  ["Unexpected role 'user' after role 'tool'", quirk("answer-after-results"), { code: "3230" }],
  ["This model only supports single tool-calls at once!", quirk("one-call"), {
    status: 500,
    class: "server_error",
  }],
  ["Message content as a list is only supported for user messages.", quirk("lists-of-users")],
  ["The content field's type should be `str` in messages.", quirk("one-text")],
  ["parameter.enable_thinking must be set to false for non-streaming calls", quirk("thinks-in-streams")],
  [
    "Only text tool_result blocks are supported when tool_result.content is an array.",
    quirk("text-results"),
  ],
  ["Required property 'annotations' is missing", quirk("whole-items")],
  ["Missing required parameter: 'input[3].id'.", quirk("whole-items")],
  ["Invalid value: ''. Supported values are: 'message', 'reasoning'", quirk("typed-items"), {
    param: "input[0]",
    code: "invalid_value",
  }],
  [
    "Item 'fc_1' of type 'function_call' was provided without its required 'reasoning' item: 'rs_1'.",
    quirk("no-item-ids"),
  ],
  ["The compiled grammar is too large, which would cause performance issues.", quirk("no-strict-tools")],
  ["Tool reference 'DesignSync' not found in available tools", quirk("known-references")],
  [
    "system.0.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.",
    quirk("falling-lifetimes"),
  ],
  [
    "The requested tool image_generation is not supported.",
    { kind: "server_tool", name: "image_generation" },
    { param: "tools", code: "unsupported_value" },
  ],
  [
    "Invalid 'prompt_cache_key': string too long. Expected a string with maximum length 64, but got a string with length 80 instead.",
    { kind: "length", name: "prompt_cache_key", to: "64" },
  ],
  [
    "Invalid 'tools[3].function.description': string too long. Expected a string with maximum length 1024, but got a string with length 2700 instead.",
    { kind: "length", name: "tools.description", to: "1024" },
  ],
  [
    "invalid schema for response format: response_format/json_schema/next_step: minItems is not supported",
    { kind: "schema_keyword", name: "minItems" },
  ],
];

for (const [message, lesson, more] of HABITS) {
  test(`a refusal teaches a habit: ${message.slice(0, 70)}`, () =>
    assert.deepEqual(lessonOf(failure(message, more)), lesson));
}

const NOTHING: readonly (readonly [message: string, more?: Partial<Failure>])[] = [
  ["messages.1.content.0: Invalid `signature` in `thinking` block"],
  ["messages: Extra inputs are not permitted"],
  ["messages.0.content: Extra inputs are not permitted"],
  ["Unsupported parameter: 'tools' is not supported with this model."],
  ["Unsupported parameter: 'max_tokens' is not supported."],
  ["Unknown parameter: 'model'."],
  ["Unsupported parameter: 'store'", { class: "rate_limited", status: 429 }],
  ["the server failed: unknown parameter: 'x'", { class: "server_error", status: 500 }],
  ["prompt is too long: 210000 tokens > 200000 maximum"],
  ["An assistant message with 'tool_calls' must be followed by tool messages"],
  [
    "Invalid 'messages[0].content': string too long. Expected a string with maximum length 1048576, but got a string with length 2000000 instead.",
  ],
  ["Missing required parameter: 'messages[1].content[0].type'."],
  ["tool get_weather is not supported"],
  [""],
];

for (const [message, more] of NOTHING) {
  test(`a refusal teaches nothing: ${message.slice(0, 70)} ${more?.status ?? ""}`, () =>
    assert.equal(lessonOf(failure(message, more)), undefined));
}
