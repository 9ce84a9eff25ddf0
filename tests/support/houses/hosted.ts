/** What the other providers on the Internet refuse. */
import type { Json } from "../../../src/model/json.ts";
import { loopBegin, THINKING_SIGNATURES } from "./anthropic.ts";
import {
  chatOrder,
  chatOrderFault,
  chatRoles,
  foreignReasoning,
  imageDetail,
  insufficient,
  isChatField,
  noFields,
  noKeys,
} from "./openai.ts";
import {
  type Asked,
  first,
  isObject,
  list,
  messagesOf,
  partsOf,
  type Rule,
  toolsOf,
  type Violation,
  walkSchema,
} from "./rules.ts";

const ISSUES = "https://github.com";
const CHAT = "openai-chat";

/** Only Codex knows the detail `original`. */
const detail = imageDetail(`${ISSUES}/farion1231/cc-switch/issues/7555`, CHAT);

// Mistral

const MISTRAL_COMMON =
  `${ISSUES}/mistralai/mistral-common/blob/main/src/mistral_common/protocol/instruct/validator.py`;

// deno-fmt-ignore
const MISTRAL_FIELDS = [
  "model", "messages", "temperature", "top_p", "max_tokens", "stream", "stop", "random_seed", "metadata",
  "response_format", "tools", "tool_choice", "presence_penalty", "frequency_penalty", "n", "prediction",
  "parallel_tool_calls", "prompt_mode", "safe_prompt", "reasoning_effort",
];

const MISTRAL_MESSAGE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  system: ["role", "content"],
  user: ["role", "content"],
  assistant: ["role", "content", "tool_calls", "prefix"],
  tool: ["role", "content", "tool_call_id", "name"],
};

const MISTRAL_NEXT: Readonly<Record<string, readonly string[]>> = {
  system: ["user", "assistant", "system"],
  user: ["assistant", "system", "user"],
  assistant: ["assistant", "user", "tool"],
  tool: ["assistant", "tool"],
};

const forbidden = (loc: readonly (string | number)[]): Violation => ({
  status: 422,
  message: JSON.stringify({
    detail: [{ type: "extra_forbidden", loc: ["body", ...loc], msg: "Extra inputs are not permitted" }],
  }),
});

const misordered = (message: string): Violation => ({ message, code: "3230" });

export const MISTRAL: readonly Rule[] = [
  noFields({
    source: `${ISSUES}/Gitlawb/openclaude/issues/739`,
    keys: (key) => !MISTRAL_FIELDS.includes(key),
    words: (key) => forbidden([key]),
  }),
  {
    id: "message-fields",
    kind: "fields",
    source: `${ISSUES}/charmbracelet/crush/issues/1590`,
    check: (asked) =>
      first(messagesOf(asked), (message, m) => {
        const known = MISTRAL_MESSAGE_FIELDS[message.role];
        const unknown = known && Object.keys(message).find((key) => !known.includes(key));
        return unknown === undefined ? undefined : forbidden(["messages", m, message.role, unknown]);
      }),
  },
  noKeys({
    id: "cache-marks",
    source: `${ISSUES}/partITech/php-mistral/issues/76`,
    keys: ["cache_control"],
    words: (path) => forbidden([path]),
  }),
  {
    id: "roles",
    kind: "roles",
    source: MISTRAL_COMMON,
    check: (asked) =>
      first(messagesOf(asked), ({ role }, m) =>
        role in MISTRAL_MESSAGE_FIELDS ? undefined : {
          status: 422,
          message:
            `Input tag '${role}' found using 'role' does not match any of the expected tags: 'assistant', 'system', 'tool', 'user' (messages ${m})`,
        }),
  },
  {
    id: "role-order",
    kind: "order",
    source: `${ISSUES}/avante-corp/avante.nvim/pull/2695`,
    check: (asked) =>
      first(messagesOf(asked), ({ role }, m) => {
        const before = messagesOf(asked)[m - 1]?.role;
        return before === undefined || (MISTRAL_NEXT[before] ?? [role]).includes(role)
          ? undefined
          : misordered(`Unexpected role '${role}' after role '${before}'`);
      }),
  },
  {
    id: "last-role",
    kind: "order",
    source: `${ISSUES}/anomalyco/opencode/issues/19115`,
    check: (asked) => {
      const last = messagesOf(asked).at(-1);
      return last?.role === "assistant" && last.prefix !== true
        ? misordered(
          "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
        )
        : undefined;
    },
  },
  {
    id: "calls-and-results",
    kind: "order",
    source: `${ISSUES}/mistralai/client-ts/issues/106`,
    check: (asked) =>
      chatOrderFault(asked) === undefined
        ? undefined
        : misordered("Not the same number of function calls and responses"),
  },
  {
    id: "call-ids",
    kind: "ids",
    source: `${ISSUES}/nearai/ironclaw/issues/1241`,
    check: (asked) =>
      first(messagesOf(asked), ({ tool_calls, tool_call_id }) => {
        const ids = [
          ...list(tool_calls).map(({ id }) => id),
          ...(tool_call_id === undefined ? [] : [tool_call_id]),
        ];
        const wrong = ids.find((id) => !/^[a-zA-Z0-9]{9}$/.test(id));
        return wrong === undefined ? undefined : {
          message: `Tool call id was ${wrong} but must be a-z, A-Z, 0-9, with a length of 9.`,
          code: "3280",
        };
      }),
  },
  {
    id: "empty-assistant",
    kind: "empty",
    source: MISTRAL_COMMON,
    check: (asked) =>
      first(
        messagesOf(asked),
        ({ role, content, tool_calls }) =>
          role === "assistant" && list(tool_calls).length === 0 && (content ?? "") === ""
            ? misordered("Assistant message must have either content or tool_calls, but not none.")
            : undefined,
      ),
  },
  {
    id: "function-names",
    kind: "tools",
    source: MISTRAL_COMMON,
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ name }) =>
          /^[a-zA-Z0-9_-]{1,64}$/.test(name)
            ? undefined
            : `Function name was ${name} but must be a-z, A-Z, 0-9, or contain underscores and dashes, with a maximum length of 64.`,
      ),
  },
  detail,
];

// Google, the compatible endpoint

const THOUGHTS = "https://ai.google.dev/gemini-api/docs/thought-signatures";

/** What skips the check, as the page documents it. */
export const GEMINI_STAND_INS = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

// deno-fmt-ignore
const NOT_IN_GEMINI = [
  "$schema", "additionalProperties", "exclusiveMinimum", "exclusiveMaximum", "const", "$ref", "$defs", "propertyNames",
  "patternProperties", "multipleOf", "uniqueItems", "oneOf", "allOf", "not", "if", "then", "else",
];

const invalidJson = (name: string, at = ""): string =>
  `Invalid JSON payload received. Unknown name "${name}"${
    at === "" ? "" : ` at '${at}'`
  }: Cannot find field.`;

const signature = (call: Json) => call?.extra_content?.google?.thought_signature;

/** The first call of each step since the user last spoke: those that Gemini 3 looks at. */
function signedCalls(asked: Asked): { call: Json; at: number }[] {
  const messages = messagesOf(asked);
  const spoken = messages.findLastIndex(({ role }) => role === "user");
  return messages.flatMap(({ role, tool_calls }, m) =>
    role === "assistant" && m > spoken && list(tool_calls).length > 0 ? [{ call: tool_calls[0], at: m }] : []
  );
}

export const GOOGLE: readonly Rule[] = [
  {
    id: "thought-signature-missing",
    kind: "signatures",
    models: /gemini-3/,
    source: THOUGHTS,
    check: (asked) =>
      first(
        signedCalls(asked),
        ({ call, at }) =>
          signature(call) === undefined
            ? `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${call.function?.name}\` , position ${at}.`
            : undefined,
      ),
  },
  {
    id: "thought-signature-foreign",
    kind: "signatures",
    models: /gemini-/,
    source: THOUGHTS,
    check: (asked) =>
      first(messagesOf(asked), ({ tool_calls }) =>
        first(list(tool_calls), (call) => {
          const sent = signature(call);
          return sent === undefined || GEMINI_STAND_INS.includes(sent) ||
              asked.seals.open(sent, "thought") !== undefined
            ? undefined
            : "Corrupted thought signature.";
        })),
  },
  {
    id: "schema-keywords",
    kind: "schemas",
    source: `${ISSUES}/pizza-bot-app/pizza-bot/issues/62`,
    check: (asked) =>
      first(toolsOf(asked), ({ schema, index }) =>
        walkSchema(schema, (inner, path) => {
          const name = NOT_IN_GEMINI.find((key) => key in inner);
          return name === undefined ? undefined : invalidJson(
            name,
            ["tools[0].function_declarations[" + index + "].parameters", ...path].join("."),
          );
        })),
  },
  {
    id: "schema-type-lists",
    kind: "schemas",
    source: "field report E2",
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ schema, index }) =>
          walkSchema(schema, (inner, path) =>
            Array.isArray(inner.type)
              ? `Invalid value at 'tools[0].function_declarations[${index}].parameters.${
                path.join(".")
              }.type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), Proto field is not repeating, cannot start list.`
              : undefined),
      ),
  },
  noFields({
    source: `${ISSUES}/ed-donner/agents/issues/45`,
    keys: [
      "store",
      "metadata",
      "prompt_cache_key",
      "prompt_cache_retention",
      "safety_identifier",
      "client_metadata",
    ],
    words: (key) => invalidJson(key),
  }),
  {
    id: "calls-and-results",
    kind: "order",
    source: `${ISSUES}/google-gemini/gemini-cli/issues/3814`,
    check: (asked) =>
      chatOrderFault(asked) === undefined
        ? undefined
        : "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
  },
  detail,
];

// DeepSeek

const DEEPSEEK_THINKING = "https://api-docs.deepseek.com/guides/thinking_mode";

const undeserialized = (what: string): string =>
  `Failed to deserialize the JSON body into the target type: ${what}`;

/** Thinking is on unless it is switched off. */
const thinksByDefault = ({ body }: Asked): boolean =>
  body.thinking?.type !== "disabled" && body.reasoning_effort !== "none";

/** Calls in a message of the assistant without the field that holds its thinking. */
function callsWithoutReasoning(asked: Asked): number | undefined {
  return first(
    messagesOf(asked),
    ({ role, tool_calls, reasoning_content }, m) =>
      role === "assistant" && list(tool_calls).length > 0 && typeof reasoning_content !== "string"
        ? m
        : undefined,
  );
}

const forcedChoice = ({ body, dialect }: Asked): boolean =>
  dialect === CHAT
    ? body.tool_choice === "required" || isObject(body.tool_choice)
    : ["any", "tool"].includes(body.tool_choice?.type);

/** A turn with calls and no thinking in it, in a Messages request. */
function callsWithoutThinking(asked: Asked): boolean {
  return messagesOf(asked).some(({ role, content }) => {
    const blocks = partsOf(content);
    return role === "assistant" && blocks.some(({ type }) => type === "tool_use") &&
      !blocks.some(({ type }) => type === "thinking");
  });
}

export const DEEPSEEK: readonly Rule[] = [
  chatRoles(
    `${ISSUES}/earendil-works/pi/issues/1048`,
    ["system", "user", "assistant", "tool"],
    (role, m) =>
      undeserialized(
        `messages[${m}].role: unknown variant \`${role}\`, expected one of \`system\`, \`user\`, \`assistant\`, \`tool\`, \`latest_reminder\``,
      ),
  ),
  {
    id: "images",
    kind: "media",
    dialect: CHAT,
    source: `${ISSUES}/rikkahub/rikkahub/issues/1433`,
    check: (asked) =>
      first(messagesOf(asked), ({ content }, m) => {
        const part = partsOf(content).find(({ type }) => type !== "text");
        return part === undefined
          ? undefined
          : undeserialized(`messages[${m}]: unknown variant \`${part.type}\`, expected \`text\``);
      }),
  },
  {
    id: "reasoning-content",
    kind: "thinking",
    dialect: CHAT,
    source: DEEPSEEK_THINKING,
    check: (asked) =>
      thinksByDefault(asked) && callsWithoutReasoning(asked) !== undefined
        ? "The `reasoning_content` in the thinking mode must be passed back to the API."
        : undefined,
  },
  {
    id: "thinking-blocks",
    kind: "thinking",
    dialect: "anthropic-messages",
    source: `${ISSUES}/decolua/9router/issues/2397`,
    check: (asked) =>
      thinksByDefault(asked) && callsWithoutThinking(asked)
        ? "The `content[].thinking` in the thinking mode must be passed back to the API."
        : undefined,
  },
  {
    id: "forced-tool",
    kind: "tools",
    source: `${ISSUES}/deepseek-ai/awesome-deepseek-integration/issues/598`,
    check: (asked) =>
      thinksByDefault(asked) && forcedChoice(asked)
        ? "Thinking mode does not support this tool_choice"
        : undefined,
  },
  {
    id: "response-format",
    kind: "schemas",
    dialect: CHAT,
    source: `${ISSUES}/llm-exe/llm-exe/issues/662`,
    check: ({ body }) =>
      body.response_format?.type === "json_schema"
        ? "This response_format type is unavailable now"
        : undefined,
  },
  {
    id: "empty-assistant",
    kind: "empty",
    dialect: CHAT,
    source: `${ISSUES}/carlrobertoh/ProxyAI/issues/830`,
    check: (asked) =>
      first(
        messagesOf(asked),
        ({ role, content, tool_calls }) =>
          role === "assistant" && (content === undefined || content === null) && list(tool_calls).length === 0
            ? "Invalid assistant message: content or tool_calls must be set"
            : undefined,
      ),
  },
  ...chatOrder(`${ISSUES}/smallmain/vscode-unify-chat-provider/issues/248`, insufficient),
];

// Moonshot and Kimi Code

const KIMI_THINKS = /kimi-k2\.[5-9]|kimi-k2-thinking|kimi-k[3-9]|kimi-for-coding/;
const flavored = (fault: string): string =>
  `tools.function.parameters is not a valid moonshot flavored json schema, details: <${fault}>`;

const kimiPath = (path: readonly string[]) => path.length === 0 ? "root" : path.join(".");

export const MOONSHOT: readonly Rule[] = [
  {
    id: "fixed-sampling",
    kind: "settings",
    models: /kimi-k2\.[5-9]|kimi-k[3-9]|kimi-for-coding/,
    source: `${ISSUES}/odysseus-dev/odysseus/issues/3959`,
    check: (asked) => {
      const { temperature, top_p } = asked.body;
      const fixed = thinksByDefault(asked) ? 1 : 0.6;
      if (temperature !== undefined && temperature !== null && temperature !== fixed) {
        return `invalid temperature: only ${fixed} is allowed for this model`;
      }
      return top_p !== undefined && top_p !== null && top_p !== 0.95
        ? "invalid top_p: only 0.95 is allowed for this model"
        : undefined;
    },
  },
  {
    id: "penalties",
    kind: "settings",
    models: /kimi-k2\.[5-9]|kimi-k[3-9]|kimi-for-coding/,
    source:
      "https://platform.moonshot.ai/docs/guide/kimi-k2-5-quickstart#parameters-differences-in-request-body",
    check: ({ body }) =>
      first(
        ["presence_penalty", "frequency_penalty"],
        (key) => body[key] ? `invalid ${key}: only 0 is allowed for this model` : undefined,
      ),
  },
  {
    id: "reasoning-content",
    kind: "thinking",
    dialect: CHAT,
    models: KIMI_THINKS,
    source: `${ISSUES}/continuedev/continue/issues/11600`,
    check: (asked) => {
      const at = callsWithoutReasoning(asked);
      return thinksByDefault(asked) && at !== undefined
        ? `thinking is enabled but reasoning_content is missing in assistant tool call message at index ${at}`
        : undefined;
    },
  },
  {
    id: "thinking-blocks",
    kind: "thinking",
    dialect: "anthropic-messages",
    models: KIMI_THINKS,
    source: "field report B4",
    check: (asked) =>
      thinksByDefault(asked) && callsWithoutThinking(asked)
        ? "thinking is enabled but reasoning_content is missing in assistant tool call message"
        : undefined,
  },
  {
    id: "forced-tool",
    kind: "tools",
    models: KIMI_THINKS,
    source: `${ISSUES}/simstudioai/sim/pull/5716`,
    check: (asked) =>
      thinksByDefault(asked) && forcedChoice(asked)
        ? "tool_choice 'specified' is incompatible with thinking enabled"
        : undefined,
  },
  {
    id: "effort-and-thinking",
    kind: "settings",
    source: `${ISSUES}/HKUDS/nanobot/issues/3939`,
    check: ({ body, dialect }) =>
      dialect === CHAT && body.reasoning_effort !== undefined && body.thinking !== undefined
        ? "cannot specify both 'thinking' and 'reasoning_effort'"
        : undefined,
  },
  {
    id: "schema-any-of",
    kind: "schemas",
    source: `${ISSUES}/MoonshotAI/kimi-code/issues/2661`,
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ schema }) =>
          walkSchema(schema, (inner, path) =>
            inner.type !== undefined && (inner.anyOf !== undefined || inner.oneOf !== undefined)
              ? flavored(
                `At path '${
                  kimiPath(path)
                }': when using anyOf, type should be defined in anyOf items instead of the parent schema`,
              )
              : undefined),
      ),
  },
  {
    id: "schema-ref",
    kind: "schemas",
    source: `${ISSUES}/router-for-me/CLIProxyAPI/issues/5316`,
    check: (asked) =>
      first(toolsOf(asked), ({ schema }) =>
        walkSchema(schema, (inner, path) => {
          const beside = inner.$ref === undefined
            ? undefined
            : ["type", "description"].find((key) => key in inner);
          return beside === undefined ? undefined : flavored(
            beside === "type"
              ? `At path '${
                kimiPath(path)
              }': when using $ref, type should be defined in the referenced schema instead of the parent schema`
              : `At path '${kimiPath(path)}': conflicting keywords found after $ref expansion: description`,
          );
        })),
  },
  {
    id: "schema-root",
    kind: "schemas",
    source: `${ISSUES}/14790897/MiqroForge-Desktop/issues/1165`,
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ schema }) =>
          isObject(schema) && schema.type === "object"
            ? undefined
            : 'tools.function.parameters.type is required and must be "object"',
      ),
  },
  detail,
];

// Groq

const groqProperty = (at: string, name: string): string => `'${at}' : property '${name}' is unsupported`;

const GROQ_MESSAGE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  system: ["role", "content"],
  developer: ["role", "content"],
  user: ["role", "content"],
  assistant: ["role", "content", "tool_calls", "reasoning", "function_call"],
  tool: ["role", "content", "tool_call_id"],
};

export const GROQ: readonly Rule[] = [
  {
    id: "message-fields",
    kind: "fields",
    dialect: CHAT,
    source: `${ISSUES}/tashfeenahmed/freellmapi/issues/1070`,
    check: (asked) =>
      first(messagesOf(asked), (message, m) => {
        const known = GROQ_MESSAGE_FIELDS[message.role];
        const unknown = known && Object.keys(message).find((key) => !known.includes(key));
        return unknown === undefined
          ? undefined
          : `'messages.${m}' : for 'role:${message.role}' the following must be satisfied[(${
            groqProperty(`messages.${m}`, unknown)
          })]`;
      }),
  },
  noFields({
    source: `${ISSUES}/fanenr/chatbot/issues/21`,
    keys: (key) =>
      !isChatField(key) &&
        ![
          "reasoning_format",
          "include_reasoning",
          "documents",
          "search_settings",
          "compound_custom",
          "disable_tool_validation",
          "citation_options",
          "exclude_domains",
          "include_domains",
        ]
          .includes(key) ||
      [
        "prompt_cache_key",
        "prompt_cache_retention",
        "safety_identifier",
        "verbosity",
        "web_search_options",
        "modalities",
        "audio",
        "prediction",
      ].includes(key),
    words: (key) => `property '${key}' is unsupported`,
  }),
  {
    id: "store",
    kind: "fields",
    dialect: CHAT,
    source: `${ISSUES}/fanenr/chatbot/issues/21`,
    check: ({ body }) =>
      body.store === true ? "property 'store' is unsupported, did you mean 'stop'?" : undefined,
  },
  {
    id: "unsupported-features",
    kind: "settings",
    dialect: CHAT,
    source: "https://console.groq.com/docs/openai",
    check: ({ body }) => {
      const key = ["logprobs", "logit_bias", "top_logprobs"].find((one) => body[one]);
      if (key !== undefined) return `\`${key}\` is not supported with this model`;
      return body.n !== undefined && body.n !== null && body.n !== 1
        ? "'n' : number must be at most 1"
        : undefined;
    },
  },
  noKeys({
    id: "cache-marks",
    source: "shared/wire-notes.md: Groq refuses cache_control",
    keys: ["cache_control"],
    words: (path) => groqProperty(path, "cache_control"),
  }),
  {
    id: "responses-fields",
    kind: "fields",
    dialect: "openai-responses",
    source: "https://console.groq.com/docs/responses-api",
    check: ({ body }) =>
      first(
        ["previous_response_id", "include", "safety_identifier", "prompt_cache_key", "truncation"],
        (key) => {
          const value = body[key];
          const set = value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
          return set ? `\`${key}\` is not supported` : undefined;
        },
      ),
  },
  {
    id: "responses-tool-kinds",
    kind: "tools",
    dialect: "openai-responses",
    source: "https://console.groq.com/docs/responses-api",
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ type, at }) =>
          ["function", "browser_search", "code_interpreter", "mcp"].includes(type)
            ? undefined
            : `${at}.type: value is not one of the allowed values ['function','code_interpreter','browser_search','mcp']`,
      ),
  },
  detail,
];

// Cerebras

// deno-fmt-ignore
const CEREBRAS_UNSUPPORTED = [
  "frequency_penalty", "logit_bias", "presence_penalty", "parallel_tool_calls", "service_tier", "store", "metadata",
  "prompt_cache_retention", "safety_identifier", "verbosity", "reasoning", "enable_thinking", "thinking", "top_k", "min_p",
];

const wrongFormat = (message: string, param = "validation_error"): Violation => ({
  message,
  param,
  code: "wrong_api_format",
});

export const CEREBRAS: readonly Rule[] = [
  noFields({
    source:
      "https://inference-docs.cerebras.ai/resources/openai; https://github.com/Gitlawb/openclaude/issues/740",
    keys: CEREBRAS_UNSUPPORTED,
    words: (key) => wrongFormat(`body.${key}: property 'body.${key}' is unsupported`),
  }),
  {
    id: "message-fields",
    kind: "fields",
    source: `${ISSUES}/proxysoul/Empryo/pull/209`,
    check: (asked) =>
      first(messagesOf(asked), (message, m) => {
        const known = ["role", "content", "name", "tool_calls", "tool_call_id", "reasoning"];
        const unknown = Object.keys(message).find((key) => !known.includes(key));
        const at = `messages.${m}.${message.role}.${unknown}`;
        return unknown === undefined ? undefined : wrongFormat(`${at}: property '${at}' is unsupported`);
      }),
  },
  noKeys({
    id: "cache-marks",
    source: `${ISSUES}/proxysoul/Empryo/pull/209`,
    keys: ["cache_control"],
    words: (path) => wrongFormat(`${path}: property '${path}' is unsupported`),
  }),
  {
    id: "format-keywords",
    kind: "schemas",
    source: `${ISSUES}/musistudio/claude-code-router/issues/708`,
    check: ({ body }) => {
      const format = body.response_format?.json_schema;
      const found = format?.strict === true
        ? walkSchema(
          format.schema,
          (inner) => ["minItems", "maxItems", "pattern", "format"].find((key) => key in inner),
        )
        : undefined;
      return found === undefined
        ? undefined
        : wrongFormat(`Unsupported JSON schema fields: {'${found}'}`, "response_format");
    },
  },
];

// MiniMax

const minimax = (what: string): string => `invalid params, ${what} (2013)`;

export const MINIMAX: readonly Rule[] = [
  {
    id: "system-role",
    kind: "roles",
    source: `${ISSUES}/MiniMax-AI/MiniMax-M2.7/issues/43`,
    check: (asked) =>
      messagesOf(asked).some(({ role }, m) => role === "system" && (m > 0 || asked.dialect !== CHAT))
        ? minimax("chat content has invalid message role: system")
        : undefined,
  },
  {
    id: "results-without-calls",
    kind: "order",
    source: `${ISSUES}/MiniMax-AI/MiniMax-M2/issues/76`,
    check: (asked) => {
      const called = new Set<string>();
      return first(messagesOf(asked), (message) => {
        const blocks = partsOf(message.content);
        for (const { id } of list(message.tool_calls)) called.add(id);
        for (const { type, id } of blocks) if (type === "tool_use") called.add(id);
        const results = message.role === "tool"
          ? [message.tool_call_id]
          : blocks.filter(({ type }) => type === "tool_result").map(({ tool_use_id }) => tool_use_id);
        const orphan = results.find((id) => !called.has(id));
        return orphan === undefined ? undefined : minimax(`tool result's tool id(${orphan}) not found`);
      });
    },
  },
  {
    id: "arguments-json",
    kind: "tools",
    dialect: CHAT,
    source: `${ISSUES}/HKUDS/nanobot/issues/2373`,
    check: (asked) =>
      first(messagesOf(asked), ({ tool_calls }) =>
        first(list(tool_calls), (call) => {
          try {
            if (isObject(JSON.parse(call.function?.arguments))) return undefined;
          } catch { /* refused below */ }
          return minimax(`invalid function arguments json string, tool_call_id: ${call.id}`);
        })),
  },
  {
    id: "parameters",
    kind: "schemas",
    dialect: CHAT,
    source: `${ISSUES}/QwenLM/qwen-code/issues/11905`,
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ schema }) =>
          isObject(schema) && Object.keys(schema).length > 0
            ? undefined
            : minimax("function parameters is empty"),
      ),
  },
];

// Z.AI

const zaiIllegal: Violation = {
  message: "The messages parameter is illegal. Please check the documentation.",
  code: "1214",
};

export const ZAI: readonly Rule[] = [
  {
    id: "user-message",
    kind: "order",
    dialect: CHAT,
    source: `${ISSUES}/anomalyco/opencode/issues/2557`,
    check: (asked) => messagesOf(asked).some(({ role }) => role === "user") ? undefined : zaiIllegal,
  },
  chatRoles(
    `${ISSUES}/earendil-works/pi/issues/547`,
    ["system", "user", "assistant", "tool"],
    () => "Incorrect role information",
  ),
  detail,
];

// xAI

const XAI_REASONS = /grok-(?:4|3-mini|code|build)/;

export const XAI: readonly Rule[] = [
  {
    id: "unsupported-while-reasoning",
    kind: "settings",
    dialect: CHAT,
    models: XAI_REASONS,
    source: `${ISSUES}/miaoxworld/NativeTavern/issues/83`,
    check: ({ body }) =>
      first([["presence_penalty", "presencePenalty"], ["frequency_penalty", "frequencyPenalty"], [
        "stop",
        "stop",
      ]], (
        [key, name],
      ) =>
        body[key!] === undefined || body[key!] === null
          ? undefined
          : `Argument not supported on this model: ${name}`),
  },
  {
    id: "effort",
    kind: "settings",
    models: /grok-4(?:-|$)|grok-4\.20|grok-4\.1|grok-code/,
    source: `${ISSUES}/vercel/ai/releases/tag/@ai-sdk%2Fxai@4.0.8`,
    check: ({ body }) =>
      (body.reasoning_effort ?? body.reasoning?.effort) === undefined
        ? undefined
        : "Model does not support parameter reasoningEffort",
  },
  {
    id: "effort-values",
    kind: "settings",
    models: /grok-4\.[3-9]$/,
    source: "https://docs.x.ai/developers/model-capabilities/text/reasoning#effort-levels",
    check: ({ body }) => {
      const effort = body.reasoning_effort ?? body.reasoning?.effort;
      return effort === undefined || effort === null ||
          ["none", "low", "medium", "high", "xhigh"].includes(effort)
        ? undefined
        : {
          message: `unknown variant \`${effort}\`, expected one of \`none\`, \`low\`, \`medium\`, \`high\``,
          status: 422,
        };
    },
  },
  {
    id: "responses-tool-kinds",
    kind: "tools",
    dialect: "openai-responses",
    source: "field report A3; https://github.com/openai/codex/issues/26234",
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ type }) =>
          ["namespace", "custom", "tool_search", "local_shell", "shell", "apply_patch"].includes(type)
            ? {
              message:
                `Failed to deserialize the JSON body into the target type: tools: unknown variant \`${type}\`, expected one of \`function\`, \`web_search\`, \`x_search\`, \`file_search\`, \`code_interpreter\`, \`mcp\``,
              status: 422,
            }
            : undefined,
      ),
  },
  {
    id: "responses-item-kinds",
    kind: "tools",
    dialect: "openai-responses",
    source: "field report A3",
    check: (asked) =>
      first(
        messagesOf(asked),
        ({ type }) =>
          /^(additional_tools|custom_tool_call|custom_tool_call_output|local_shell_call|tool_search_.*|agent_message)$/
              .test(type ?? "")
            ? {
              message:
                `Failed to deserialize the JSON body into the target type: input: data did not match any variant of untagged enum ModelInputItem (${type})`,
              status: 422,
            }
            : undefined,
      ),
  },
  {
    id: "web-access",
    kind: "tools",
    dialect: "openai-responses",
    source: `${ISSUES}/NOirBRight/CodexHub/issues/517`,
    check: (asked) =>
      toolsOf(asked).some(({ tool }) => tool?.external_web_access !== undefined)
        ? "Argument not supported: external_web_access"
        : undefined,
  },
  foreignReasoning(
    "field report B2",
    () =>
      "Could not decrypt the provided encrypted_content. The data was not encrypted with the key of this team.",
  ),
  imageDetail(`${ISSUES}/farion1231/cc-switch/issues/7555`, "openai-responses"),
  detail,
];

// Fireworks

const fireworksExtra = (field: string): string => `Extra inputs are not permitted, field: '${field}'`;

export const FIREWORKS: readonly Rule[] = [
  noFields({
    source: `${ISSUES}/web-infra-dev/midscene/issues/1322`,
    keys: (key) =>
      !isChatField(key) &&
      ![
        "top_k",
        "min_p",
        "repetition_penalty",
        "thinking",
        "typical_p",
        "reasoning_history",
        "prompt_truncate_len",
        "context_length_exceeded_behavior",
        "perf_metrics_in_response",
        "prompt_cache_isolation_key",
        "mirostat_lr",
        "mirostat_target",
        "ignore_eos",
        "echo",
        "raw_output",
      ]
        .includes(key),
    words: fireworksExtra,
  }),
  noFields({
    id: "cache-retention",
    models: /glm/,
    source: `${ISSUES}/earendil-works/pi/issues/7676`,
    keys: ["prompt_cache_retention"],
    words: fireworksExtra,
  }),
  noKeys({
    id: "cache-marks",
    source: `${ISSUES}/musistudio/claude-code-router/issues/377`,
    keys: ["cache_control"],
    words: fireworksExtra,
  }),
  detail,
];

// Together

export const TOGETHER: readonly Rule[] = [detail];

// OpenRouter

const CLAUDE = /claude/;

export const OPENROUTER: readonly Rule[] = [
  ...THINKING_SIGNATURES.map((rule): Rule => ({ ...rule, models: CLAUDE })),
  {
    id: "reasoning-details-signature",
    kind: "signatures",
    dialect: CHAT,
    models: CLAUDE,
    source: "field report B1",
    check: (asked) =>
      first(messagesOf(asked), ({ reasoning_details }, m) =>
        first(list(reasoning_details), (one) => {
          const foreign = one?.type === "reasoning.text"
            ? one.signature && !asked.seals.made(one.signature, asked.model, String(one.text))
            : one?.type === "reasoning.encrypted" && asked.seals.open(one.data, asked.model) === undefined;
          return foreign ? `messages.${m}.content.0: Invalid \`signature\` in \`thinking\` block` : undefined;
        })),
  },
  {
    id: "thinking-first",
    kind: "thinking",
    dialect: "anthropic-messages",
    models: /claude-(?:haiku|sonnet)-4\.5/,
    source: `${ISSUES}/pydantic/pydantic-ai/issues/2075`,
    check: (asked) => {
      const begin = asked.body.thinking?.type === "enabled" ? loopBegin(asked) : undefined;
      return begin === undefined || /thinking$/.test(begin.block?.type)
        ? undefined
        : `${begin.at}.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${begin.block?.type}\`.`;
    },
  },
  foreignReasoning("field report B2", (id) => ({
    message:
      `The encrypted content for item ${id} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
    code: "invalid_encrypted_content",
  })),
  {
    id: "responses-tool-kinds",
    kind: "tools",
    dialect: "openai-responses",
    source: `${ISSUES}/OpenRouterTeam/ai-sdk-provider/issues/482`,
    check: (asked) =>
      toolsOf(asked).some(({ type }) => ["namespace", "tool_search"].includes(type))
        ? { message: "Invalid Responses API request", code: "invalid_prompt" }
        : undefined,
  },
];
