/** What OpenAI refuses in Chat and in Responses, and the parts of it that its copies share. */
import type { Json } from "../../../src/model/json.ts";
import {
  type Asked,
  type Dialect,
  first,
  isObject,
  list,
  messagesOf,
  partsOf,
  pathOfKey,
  type Rule,
  toolsOf,
  type Violation,
  walkSchema,
} from "./rules.ts";

const REFERENCE = "https://platform.openai.com/docs/api-reference";
const FUNCTIONS = "https://platform.openai.com/docs/guides/function-calling";
const STRUCTURED = "https://platform.openai.com/docs/guides/structured-outputs";

/** Models that reason, with one fixed temperature. */
export const REASONS = /(?:^|\/)(?:gpt-[5-9]|o[134])/;

/** What is wrong with the order of calls and results in a Chat request. */
export interface OrderFault {
  readonly at: number;
  /** Calls without a result right behind them. */
  readonly missing: readonly string[];
  /** A result without a call right before it. */
  readonly orphan?: string;
}

/** Chat wants the `tool` messages of a call right behind it, all of them, and no others. */
export function chatOrderFault(asked: Asked): OrderFault | undefined {
  const messages = messagesOf(asked);
  let open: string[] = [];
  for (let m = 0; m < messages.length; m++) {
    const { role, tool_calls, tool_call_id } = messages[m];
    if (role === "tool") {
      if (!open.includes(tool_call_id)) return { at: m, missing: [], orphan: tool_call_id };
      open.splice(open.indexOf(tool_call_id), 1);
      continue;
    }
    if (open.length > 0) return { at: m, missing: open };
    open = list(tool_calls).map(({ id }) => id);
  }
  return open.length > 0 ? { at: messages.length, missing: open } : undefined;
}

/** The order of Chat, in a provider's own words. */
export function chatOrder(
  source: string,
  words: (fault: OrderFault) => string = openAiOrderWords,
): readonly Rule[] {
  const rule = (id: string, matches: (fault: OrderFault) => boolean): Rule => ({
    id,
    kind: "order",
    dialect: "openai-chat",
    source,
    check: (asked) => {
      const fault = chatOrderFault(asked);
      return fault !== undefined && matches(fault) ? words(fault) : undefined;
    },
  });
  return [
    rule("calls-without-results", ({ orphan }) => orphan === undefined),
    rule("results-without-calls", ({ orphan }) => orphan !== undefined),
  ];
}

function openAiOrderWords({ missing, orphan }: OrderFault): string {
  return orphan === undefined
    ? `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${
      missing.join(", ")
    }`
    : "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
}

/** The order in the words of DeepSeek and others. */
export const insufficient = ({ orphan }: OrderFault): string =>
  orphan === undefined
    ? "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. (insufficient tool messages following tool_calls message)"
    : "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'";

/** Roles that a provider knows in Chat, in its own words for others. */
export function chatRoles(
  source: string,
  known: readonly string[],
  words: (role: string, index: number) => string,
): Rule {
  return {
    id: "roles",
    kind: "roles",
    dialect: "openai-chat",
    source,
    check: (asked) =>
      first(messagesOf(asked), ({ role }, m) => known.includes(role) ? undefined : words(String(role), m)),
  };
}

/** Refuses keys anywhere in the request, such as cache marks. */
export function noKeys(
  { id, source, keys, words, dialect = "openai-chat", models }: {
    readonly id: string;
    readonly source: string;
    readonly keys: readonly string[];
    readonly words: (path: string) => Violation | string;
    readonly dialect?: Dialect;
    readonly models?: RegExp;
  },
): Rule {
  return {
    id,
    kind: "fields",
    dialect,
    ...(models === undefined ? {} : { models }),
    source,
    check: ({ body }) =>
      first(["messages", "input", "tools"], (part) =>
        first(keys, (key) => {
          const path = pathOfKey(body[part], key, part);
          return path === undefined ? undefined : words(path);
        })),
  };
}

/** Refuses fields at the top of the body. */
export function noFields(
  { id = "fields", source, keys, words, models, dialect = "openai-chat" }: {
    readonly id?: string;
    readonly source: string;
    readonly keys: readonly string[] | ((key: string) => boolean);
    readonly words: (key: string) => Violation | string;
    readonly models?: RegExp;
    readonly dialect?: Dialect;
  },
): Rule {
  return {
    id,
    kind: "fields",
    dialect,
    ...(models === undefined ? {} : { models }),
    source,
    check: ({ body }) => {
      const key = Object.keys(body).find((one) =>
        typeof keys === "function" ? keys(one) : keys.includes(one)
      );
      return key === undefined ? undefined : words(key);
    },
  };
}

/** `original` is a detail of the Responses dialect's newest models alone. */
export function imageDetail(source: string, dialect: Dialect): Rule {
  return {
    id: "image-detail",
    kind: "media",
    dialect,
    source,
    check: (asked) =>
      first(messagesOf(asked), (message, m) => {
        const parts = [...partsOf(message?.content), ...list(message?.output)];
        return first(parts, (part, p) => {
          const detail = part?.image_url?.detail ?? part?.detail;
          return detail === undefined || ["auto", "low", "high"].includes(detail)
            ? undefined
            : `Invalid value: '${detail}'. Supported values are: 'low', 'high', and 'auto'. (messages[${m}].content[${p}])`;
        });
      }),
  };
}

/** Chat knows no `original` (https://github.com/farion1231/cc-switch/pull/7104); strict copies refuse it. */
export const IMAGE_DETAIL: Rule = imageDetail(
  "https://github.com/farion1231/cc-switch/issues/7555",
  "openai-chat",
);

/** A model's own limit on output tokens, in its provider's words. */
export function outputLimit(
  { models, most, source, words }: {
    readonly models: RegExp;
    readonly most: number;
    readonly source: string;
    readonly words: (asked: number, most: number) => string;
  },
): Rule {
  return {
    id: `output-limit-${most}`,
    kind: "settings",
    models,
    source,
    check: ({ body }) => {
      const asked = body.max_completion_tokens ?? body.max_tokens ?? body.max_output_tokens;
      return asked > most ? words(asked, most) : undefined;
    },
  };
}

/** What a function is chosen with; `allowed_tools` and custom tools are OpenAI's own. */
const PLAIN_CHOICE = (choice: Json): boolean =>
  choice === undefined || choice === null || ["none", "auto", "required"].includes(choice) ||
  choice?.type === "function";

/** Copies of Chat know no other choices of tools. */
export const TOOL_CHOICE: Rule = {
  id: "tool-choice",
  kind: "tools",
  dialect: "openai-chat",
  source:
    "https://console.groq.com/docs/api-reference#chat-create; https://docs.mistral.ai/api/endpoint/chat",
  check: ({ body }) =>
    PLAIN_CHOICE(body.tool_choice)
      ? undefined
      : "'tool_choice' : one of the following must be satisfied: 'none', 'auto', 'required' or an object of type 'function'",
};

/** An answer in a history has texts alone: thoughts as parts are Mistral's, refusals OpenAI's. */
const answerParts = (source: string, known: readonly string[]): Rule => ({
  id: "answer-parts",
  kind: "thinking",
  dialect: "openai-chat",
  source,
  check: (asked) =>
    first(messagesOf(asked), ({ role, content }, m) => {
      const type = role === "assistant" && partsOf(content).find((part) => !known.includes(part?.type))?.type;
      return type
        ? `Invalid value: '${type}'. Supported values are: 'text'. (messages[${m}].content)`
        : undefined;
    }),
});

export const ANSWER_PARTS: Rule = answerParts(
  "https://docs.mistral.ai/capabilities/reasoning: thinking chunks; https://console.groq.com/docs/api-reference#chat-create",
  ["text"],
);

/** A list that is there has something in it. */
export const noEmptyLists = (source: string): Rule => ({
  id: "empty-lists",
  kind: "empty",
  dialect: "openai-chat",
  source,
  check: ({ body }) => {
    const empty = (value: Json) => Array.isArray(value) && value.length === 0;
    const at = list(body.messages).findIndex((message) => empty(message?.tool_calls));
    const param = at !== -1 ? `messages[${at}].tool_calls` : empty(body.tools) ? "tools" : undefined;
    return param === undefined ? undefined : {
      message:
        `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
      param,
      code: "empty_array",
    };
  },
});

/** Arguments in a history are read again, and must be an object. */
export const argumentsAreJson = (
  source: string,
  words: (id: string) => string,
): Rule => ({
  id: "arguments-json",
  kind: "tools",
  source,
  check: (asked) =>
    first(messagesOf(asked), (message) => {
      const calls = asked.dialect === "openai-responses"
        ? message.type === "function_call" ? [{ id: message.call_id, function: message }] : []
        : list(message.tool_calls).filter(({ type }) => type !== "custom");
      return first(calls, (call) => {
        try {
          if (isObject(JSON.parse(call.function?.arguments))) return undefined;
        } catch { /* refused below */ }
        return words(call.id);
      });
    }),
});

/** Images in `tool` messages: only text is allowed there. */
export function textResultsOnly(source: string, message: string): Rule {
  return {
    id: "tool-message-text-only",
    kind: "media",
    dialect: "openai-chat",
    source,
    check: (asked) =>
      first(
        messagesOf(asked),
        ({ role, content }) =>
          role === "tool" && partsOf(content).some(({ type }) => type !== "text") ? message : undefined,
      ),
  };
}

/** The rules for the parameters of functions. */
function functionSchemas(dialect: Dialect): readonly Rule[] {
  const rule = (
    id: string,
    source: string,
    look: (schema: Json, name: string) => string | undefined,
  ): Rule => ({
    id,
    kind: "schemas",
    dialect,
    source,
    check: (asked) =>
      first(toolsOf(asked), ({ type, schema, name, index }) => {
        if (type !== "function" || schema === undefined || schema === null) return undefined;
        const fault = look(schema, name);
        const param = dialect === "openai-chat"
          ? `tools[${index}].function.parameters`
          : `tools[${index}].parameters`;
        return fault === undefined ? undefined : {
          message: `Invalid schema for function '${name}': ${fault}`,
          param,
          code: "invalid_function_parameters",
        };
      }),
  });
  return [
    rule(
      "schema-top",
      "https://github.com/langchain-ai/langchainjs/issues/9804",
      (schema) =>
        schema.type !== "object" || ["oneOf", "anyOf", "allOf", "enum", "not"].some((key) => key in schema)
          ? "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level."
          : undefined,
    ),
    rule(
      "schema-properties",
      "https://github.com/Azure/azure-mcp/issues/197",
      (schema) =>
        schema.type === "object" && !isObject(schema.properties)
          ? "In context=(), object schema missing properties."
          : undefined,
    ),
    rule(
      "schema-items",
      "https://github.com/anomalyco/opencode/issues/20273",
      (schema) =>
        walkSchema(
          schema,
          (inner, path) =>
            inner.type === "array" && inner.items === undefined && inner.prefixItems === undefined
              ? `In context=(${path.map((one) => `'${one}'`).join(", ")}), array schema missing items.`
              : undefined,
        ),
    ),
    rule(
      "schema-property-values",
      "https://github.com/smallmain/vscode-unify-chat-provider/issues/162",
      (schema) =>
        walkSchema(schema, (inner) =>
          isObject(inner.properties) &&
            Object.values(inner.properties).some((one) => !isObject(one) && typeof one !== "boolean")
            ? "a property is not of type 'object', 'boolean'"
            : undefined),
    ),
  ];
}

/** Strict schemas close every object and require every property. */
const strictFault = (schema: Json): string | undefined =>
  walkSchema(schema, (inner, path) => {
    if (inner.type !== "object") return undefined;
    const context = `In context=(${path.map((one) => `'${one}'`).join(", ")}), `;
    if (
      inner.additionalProperties !== false
    ) return `${context}'additionalProperties' is required to be supplied and to be false.`;
    const missing = Object.keys(inner.properties ?? {}).find((key) => !list(inner.required).includes(key));
    return missing === undefined
      ? undefined
      : `${context}'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
  });

const strictSchemas = (dialect: Dialect): readonly Rule[] => [
  {
    id: "strict-function",
    kind: "schemas",
    dialect,
    source: STRUCTURED,
    check: (asked) =>
      first(toolsOf(asked), ({ tool, schema, name }) => {
        const fault = (tool.function ?? tool).strict === true ? strictFault(schema) : undefined;
        return fault === undefined ? undefined : `Invalid schema for function '${name}': ${fault}`;
      }),
  },
  {
    id: "strict-format",
    kind: "schemas",
    dialect,
    source: STRUCTURED,
    check: ({ body }) => {
      const format = dialect === "openai-chat" ? body.response_format?.json_schema : body.text?.format;
      const fault = format?.strict === true ? strictFault(format.schema) : undefined;
      return fault === undefined
        ? undefined
        : `Invalid schema for response_format '${format.name}': ${fault}`;
    },
  },
  {
    id: "format-name",
    kind: "schemas",
    dialect,
    source: REFERENCE,
    check: ({ body }) => {
      const format = dialect === "openai-chat"
        ? body.response_format?.json_schema
        : body.text?.format?.type === "json_schema"
        ? body.text.format
        : undefined;
      return format === undefined || /^[a-zA-Z0-9_-]{1,64}$/.test(String(format.name))
        ? undefined
        : `Invalid 'response_format.json_schema.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
    },
  },
];

const functionNames = (dialect: Dialect): Rule => ({
  id: "function-names",
  kind: "tools",
  dialect,
  source: `${FUNCTIONS}#defining-functions`,
  check: (asked) =>
    first(
      toolsOf(asked),
      ({ type, name, at }) =>
        (type !== "function" && type !== "custom") || /^[a-zA-Z0-9_-]{1,64}$/.test(name)
          ? undefined
          : `Invalid '${at}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
    ),
});

const unsupported = (key: string, instead = ""): Violation => ({
  message: `Unsupported parameter: '${key}' is not supported with this model.${instead}`,
  param: key,
  code: "unsupported_parameter",
});

/** The efforts that OpenAI's models know, by name. */
function openAiEfforts(model: string): readonly string[] {
  if (/gpt-5\.[1-9]|gpt-[6-9]/.test(model)) {
    return /gpt-5\.1/.test(model)
      ? ["none", "low", "medium", "high"]
      : ["none", "low", "medium", "high", "xhigh"];
  }
  return /gpt-5/.test(model) ? ["minimal", "low", "medium", "high"] : ["low", "medium", "high"];
}

const effortFault = (model: string, effort: Json, param: string): Violation | undefined => {
  if (effort === undefined || effort === null) return undefined;
  if (!REASONS.test(model)) return unsupported(param);
  const known = openAiEfforts(model);
  return known.includes(effort) ? undefined : {
    message:
      `Unsupported value: '${effort}' is not supported with the '${model}' model. Supported values are: ${
        known.map((one) => `'${one}'`).join(", ")
      }.`,
    param,
    code: "unsupported_value",
  };
};

// deno-fmt-ignore
const CHAT_FIELDS = [
  "model", "messages", "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs",
  "max_completion_tokens", "max_tokens", "metadata", "modalities", "n", "parallel_tool_calls", "prediction",
  "presence_penalty", "prompt_cache_key", "prompt_cache_retention", "reasoning_effort", "response_format",
  "safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options", "temperature", "tool_choice",
  "tools", "top_logprobs", "top_p", "user", "verbosity", "web_search_options",
];

/** The top-level fields of the Chat dialect. */
export const isChatField = (key: string): boolean => CHAT_FIELDS.includes(key);

const unknown = (param: string): Violation => ({
  message: `Unknown parameter: '${param}'.`,
  param,
  code: "unknown_parameter",
});

const GPT5 = "https://github.com/decolua/9router/issues/560";

const effortOf = (body: Json): Json => body.reasoning_effort ?? body.reasoning?.effort;

const CHAT_SETTINGS: readonly Rule[] = [
  {
    id: "max-tokens",
    kind: "settings",
    dialect: "openai-chat",
    models: REASONS,
    source: GPT5,
    check: ({ body }) =>
      body.max_tokens === undefined || body.max_tokens === null
        ? undefined
        : unsupported("max_tokens", " Use 'max_completion_tokens' instead."),
  },
  {
    id: "fixed-sampling",
    kind: "settings",
    models: REASONS,
    source: `${GPT5}; https://github.com/vercel/ai/issues/10932`,
    check: ({ body, model }) =>
      first(["temperature", "top_p", "presence_penalty", "frequency_penalty"], (key) => {
        const fixed = /penalty/.test(key) ? 0 : 1;
        // From 5.1 on, a model that is not to think takes these two.
        if (fixed === 1 && openAiEfforts(model).includes("none") && effortOf(body) === "none") {
          return undefined;
        }
        return body[key] === undefined || body[key] === null || body[key] === fixed ? undefined : {
          message: `Unsupported value: '${key}' does not support ${
            body[key]
          } with this model. Only the default (${fixed}) value is supported.`,
          param: key,
          code: "unsupported_value",
        };
      }),
  },
  {
    id: "tools-while-thinking",
    kind: "settings",
    dialect: "openai-chat",
    models: /gpt-5\.[4-9]|gpt-[6-9]/,
    source:
      "https://github.com/openai/openai-openapi/issues/541; https://github.com/BerriAI/litellm/pull/34569",
    check: ({ body, model }) => {
      const effort = body.reasoning_effort ?? (/gpt-5\.4/.test(model) ? "none" : "medium");
      return effort === "none" || list(body.tools).length === 0 ? undefined : {
        message:
          `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.`,
        param: "reasoning_effort",
      };
    },
  },
  {
    id: "unsupported-while-reasoning",
    kind: "settings",
    dialect: "openai-chat",
    models: REASONS,
    source: `${REFERENCE}/chat/create#chat-create-stop`,
    check: ({ body }) =>
      first(
        ["stop", "logit_bias", "logprobs", "top_logprobs"],
        (key) =>
          body[key] === undefined || body[key] === null || body[key] === false ? undefined : unsupported(key),
      ),
  },
  {
    id: "effort",
    kind: "settings",
    dialect: "openai-chat",
    source: "field report F5",
    check: ({ body, model }) => effortFault(model, body.reasoning_effort, "reasoning_effort"),
  },
  {
    id: "stop-count",
    kind: "settings",
    dialect: "openai-chat",
    source: `${REFERENCE}/chat/create#chat-create-stop`,
    check: ({ body }) =>
      list(body.stop).length > 4
        ? `Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length ${body.stop.length} instead.`
        : undefined,
  },
  {
    id: "stream-options-alone",
    kind: "settings",
    dialect: "openai-chat",
    source: `${REFERENCE}/chat/create#chat-create-stream_options`,
    check: ({ body }) =>
      body.stream_options && body.stream !== true
        ? "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        : undefined,
  },
  {
    id: "metadata-alone",
    kind: "settings",
    dialect: "openai-chat",
    source: `${REFERENCE}/chat/create#chat-create-metadata`,
    check: ({ body }) =>
      body.metadata && body.store !== true
        ? "The 'metadata' parameter is only allowed when 'store' is enabled."
        : undefined,
  },
  {
    id: "parallel-alone",
    kind: "tools",
    dialect: "openai-chat",
    source: "https://github.com/camel-ai/camel/pull/3706",
    check: ({ body }) =>
      body.parallel_tool_calls !== undefined && list(body.tools).length === 0
        ? "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified."
        : undefined,
  },
  {
    id: "tool-choice-alone",
    kind: "tools",
    dialect: "openai-chat",
    source: "https://github.com/writer/writer-framework/pull/1013",
    check: ({ body }) =>
      body.tool_choice !== undefined && body.tool_choice !== "none" && list(body.tools).length === 0
        ? "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified."
        : undefined,
  },
];

const toolCount = (dialect: Dialect): Rule => ({
  id: "tool-count",
  kind: "tools",
  dialect,
  source: `${REFERENCE}/chat/create#chat-create-tools: a max of 128 functions`,
  check: ({ body }) =>
    list(body.tools).length > 128
      ? {
        message:
          `Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length ${body.tools.length} instead.`,
        param: "tools",
        code: "array_above_max_length",
      }
      : undefined,
});

const tooLarge = (asked: number, most: number): string =>
  `max_tokens is too large: ${asked}. This model supports at most ${most} completion tokens, whereas you provided ${asked}.`;

/** Everything that OpenAI refuses in Chat. */
export const OPENAI_CHAT: readonly Rule[] = [
  ...chatOrder("https://github.com/aliasrobotics/cai/issues/111"),
  ...CHAT_SETTINGS,
  outputLimit({
    models: /gpt-4\.1/,
    most: 32_768,
    source:
      "https://github.com/diffbot/code-gpt-docs/issues/284; https://platform.openai.com/docs/models/gpt-4.1",
    words: tooLarge,
  }),
  toolCount("openai-chat"),
  noEmptyLists(`${REFERENCE}/chat/create#chat-create-messages`),
  answerParts(`${REFERENCE}/chat/create#chat-create-messages`, ["text", "refusal"]),
  {
    id: "tool-choice",
    kind: "tools",
    dialect: "openai-chat",
    source: `${REFERENCE}/chat/create#chat-create-tool_choice`,
    check: ({ body: { tool_choice: choice } }) =>
      PLAIN_CHOICE(choice) || ["allowed_tools", "custom"].includes(choice?.type)
        ? undefined
        : `Invalid value: '${choice}'. Supported values are: 'none', 'auto', and 'required'.`,
  },
  ...functionSchemas("openai-chat"),
  ...strictSchemas("openai-chat"),
  functionNames("openai-chat"),
  noFields({ source: `${REFERENCE}/chat/create`, keys: (key) => !isChatField(key), words: unknown }),
  noKeys({
    id: "cache-marks",
    source: `${REFERENCE}/chat/create`,
    keys: ["cache_control"],
    words: unknown,
  }),
  imageDetail("https://github.com/farion1231/cc-switch/pull/7104", "openai-chat"),
  textResultsOnly(
    "https://github.com/QwenLM/qwen-code/issues/3616",
    "Invalid content type in a tool message: only text is supported.",
  ),
  {
    id: "call-id-length",
    kind: "ids",
    dialect: "openai-chat",
    source: "field report B7",
    check: (asked) =>
      first(messagesOf(asked), ({ tool_calls, tool_call_id }, m) => {
        const long = [tool_call_id, ...list(tool_calls).map(({ id }) => id)].find((id) => id?.length > 40);
        return long === undefined ? undefined : {
          message:
            `Invalid 'messages[${m}].tool_call_id': string too long. Expected a string with maximum length 40, but got a string with length ${long.length} instead.`,
          param: `messages[${m}].tool_call_id`,
          code: "string_above_max_length",
        };
      }),
  },
  {
    id: "tool-kinds",
    kind: "tools",
    dialect: "openai-chat",
    source: `${REFERENCE}/chat/create#chat-create-tools`,
    check: (asked) =>
      first(toolsOf(asked), ({ type, at }) =>
        type === "function" || type === "custom" ? undefined : {
          message: `Invalid value: '${type}'. Supported values are: 'function' and 'custom'.`,
          param: `${at}.type`,
          code: "invalid_value",
        }),
  },
];

// deno-fmt-ignore
const RESPONSES_FIELDS = [
  "model", "input", "background", "context_management", "conversation", "include", "instructions", "max_output_tokens",
  "max_tool_calls", "metadata", "parallel_tool_calls", "previous_response_id", "prompt", "prompt_cache_key",
  "prompt_cache_retention", "reasoning", "safety_identifier", "service_tier", "store", "stream", "stream_options",
  "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p", "truncation", "user", "client_metadata",
];

const CALLS: Readonly<Record<string, string>> = {
  function_call: "function call",
  custom_tool_call: "custom tool call",
  local_shell_call: "local shell call",
  shell_call: "shell call",
  apply_patch_call: "apply patch call",
};

const RESPONSES_ORDER: readonly Rule[] = [
  {
    id: "calls-without-results",
    kind: "order",
    dialect: "openai-responses",
    source: "field report C2",
    check: (asked) => {
      const items = messagesOf(asked);
      const answered = new Set(
        items.filter(({ type }) => /_output$/.test(type)).map(({ call_id }) => call_id),
      );
      return first(
        items,
        ({ type, call_id }) =>
          type in CALLS && !answered.has(call_id)
            ? `No tool output found for ${CALLS[type]} ${call_id}.`
            : undefined,
      );
    },
  },
  {
    id: "results-without-calls",
    kind: "order",
    dialect: "openai-responses",
    source: "field report C2",
    check: (asked) => {
      const called = new Set<string>();
      return first(messagesOf(asked), ({ type, call_id }) => {
        if (type in CALLS || /_call$/.test(type)) called.add(call_id);
        return /_output$/.test(type) && call_id !== undefined && !called.has(call_id)
          ? `No tool call found for ${
            String(type).replaceAll("_", " ").replace(" output", " output with")
          } call_id ${call_id}.`
          : undefined;
      });
    },
  },
  {
    id: "reasoning-without-follower",
    kind: "order",
    dialect: "openai-responses",
    source: "https://github.com/earendil-works/pi/issues/1035",
    check: (asked) => {
      const items = messagesOf(asked);
      return first(items, ({ type, id }, i) => {
        const next = items[i + 1];
        const follows = next !== undefined &&
          (next.role === "assistant" || /_call$|^reasoning$|^compaction/.test(next.type ?? ""));
        return type === "reasoning" && !follows
          ? `Item '${id}' of type 'reasoning' was provided without its required following item.`
          : undefined;
      });
    },
  },
];

const PREFIXES: Readonly<Record<string, RegExp>> = {
  message: /^msg/,
  reasoning: /^rs/,
  function_call: /^fc/,
  custom_tool_call: /^ctc/,
};

/** Reasoning that this account did not encrypt. */
export function foreignReasoning(source: string, words: (id: string) => Violation | string): Rule {
  return {
    id: "encrypted-reasoning",
    kind: "signatures",
    dialect: "openai-responses",
    source,
    check: (asked) =>
      first(
        messagesOf(asked),
        ({ type, id, encrypted_content }) =>
          /^reasoning$|^compaction/.test(type ?? "") && typeof encrypted_content === "string" &&
            asked.seals.open(encrypted_content, "account") === undefined
            ? words(String(id))
            : undefined,
      ),
  };
}

/** Everything that OpenAI refuses in Responses. */
export const OPENAI_RESPONSES: readonly Rule[] = [
  ...RESPONSES_ORDER,
  toolCount("openai-responses"),
  ...functionSchemas("openai-responses"),
  ...strictSchemas("openai-responses"),
  functionNames("openai-responses"),
  noFields({
    source: `${REFERENCE}/responses/create`,
    dialect: "openai-responses",
    keys: (key) => !RESPONSES_FIELDS.includes(key),
    words: unknown,
  }),
  noKeys({
    id: "cache-marks",
    source: `${REFERENCE}/responses/create`,
    dialect: "openai-responses",
    keys: ["cache_control"],
    words: unknown,
  }),
  foreignReasoning("https://github.com/openai/codex/issues/13724", (id) => ({
    message:
      `The encrypted content for item ${id} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
    code: "invalid_encrypted_content",
  })),
  {
    id: "reasoning-in-words",
    kind: "thinking",
    dialect: "openai-responses",
    source: "https://github.com/musistudio/claude-code-router/issues/1783",
    check: (asked) =>
      first(messagesOf(asked), ({ type, content }, i) =>
        type === "reasoning" && list(content).length > 0
          ? {
            message:
              `Invalid 'input[${i}].content': array too long. Expected an array with maximum length 0, but got an array with length ${content.length} instead.`,
            param: `input[${i}].content`,
            code: "array_above_max_length",
          }
          : undefined),
  },
  {
    id: "reasoning-not-stored",
    kind: "ids",
    dialect: "openai-responses",
    source: "https://github.com/vercel/ai/issues/7543",
    check: (asked) =>
      asked.body.store !== false
        ? undefined
        : first(messagesOf(asked), ({ type, id, encrypted_content }) =>
          type === "reasoning" && !encrypted_content
            ? {
              message:
                `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
              status: 404,
            }
            : undefined),
  },
  {
    id: "call-id-length",
    kind: "ids",
    dialect: "openai-responses",
    source: "https://github.com/AnswerDotAI/fastllm/issues/45",
    check: (asked) =>
      first(messagesOf(asked), ({ call_id }, i) =>
        call_id?.length > 64
          ? {
            message:
              `Invalid 'input[${i}].call_id': string too long. Expected a string with maximum length 64, but got a string with length ${call_id.length} instead.`,
            param: `input[${i}].call_id`,
            code: "string_above_max_length",
          }
          : undefined),
  },
  {
    id: "item-ids",
    kind: "ids",
    dialect: "openai-responses",
    source: "https://github.com/continuedev/continue/issues/11689",
    check: (asked) =>
      first(messagesOf(asked), ({ type = "message", id, role }, i) => {
        if (id === undefined || id === null) return undefined;
        if (!/^[a-zA-Z0-9_-]{1,64}$/.test(id)) {
          return `Invalid 'input[${i}].id': '${id}'. Expected an ID that contains letters, numbers, underscores, or dashes, but this value contained additional characters.`;
        }
        const prefix = type === "message" && role !== "assistant" ? undefined : PREFIXES[type];
        return prefix === undefined || prefix.test(id) ? undefined : {
          message: `Invalid 'input[${i}].id': '${id}'. Expected an ID that begins with '${
            prefix.source.slice(1)
          }'.`,
          param: `input[${i}].id`,
          code: "invalid_value",
        };
      }),
  },
  {
    id: "encrypted-include",
    kind: "settings",
    dialect: "openai-responses",
    source: "https://github.com/pydantic/pydantic-ai/issues/3326",
    check: ({ body, model }) =>
      !REASONS.test(model) && list(body.include).includes("reasoning.encrypted_content")
        ? { message: "Encrypted content is not supported with this model.", param: "include" }
        : undefined,
  },
  {
    id: "effort",
    kind: "settings",
    dialect: "openai-responses",
    source: "field report F5",
    check: ({ body, model }) => effortFault(model, body.reasoning?.effort, "reasoning.effort"),
  },
  {
    id: "max-output-tokens",
    kind: "settings",
    dialect: "openai-responses",
    source: `${REFERENCE}/responses/create#responses-create-max_output_tokens`,
    check: ({ body }) =>
      body.max_output_tokens !== undefined && body.max_output_tokens < 16
        ? {
          message: "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16.",
          code: "integer_below_min_value",
        }
        : undefined,
  },
  {
    id: "previous-response",
    kind: "ids",
    dialect: "openai-responses",
    source: `${REFERENCE}/responses/create#responses-create-previous_response_id`,
    check: ({ body, seals }) =>
      body.previous_response_id &&
        seals.open(String(body.previous_response_id).slice(5), "response") === undefined
        ? {
          message: `Previous response with id '${body.previous_response_id}' not found.`,
          code: "previous_response_not_found",
        }
        : undefined,
  },
  {
    id: "tool-kinds",
    kind: "tools",
    dialect: "openai-responses",
    source: `${REFERENCE}/responses/create#responses-create-tools`,
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ type, at }) =>
          /^(function|custom|namespace|web_search.*|file_search|code_interpreter|image_generation|local_shell|shell|apply_patch|computer.*|mcp|tool_search)$/
              .test(type)
            ? undefined
            : { message: `Invalid value: '${type}'.`, param: `${at}.type`, code: "invalid_value" },
      ),
  },
];
