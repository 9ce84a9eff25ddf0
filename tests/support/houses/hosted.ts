/** What the other providers on the Internet refuse. */
import { loopBegin, THINKING_SIGNATURES } from "./anthropic.ts";
import {
  ANSWER_PARTS,
  argumentsAreJson,
  chatRoles,
  foreignReasoning,
  IMAGE_DETAIL,
  imageDetail,
  isChatField,
  noFields,
  noKeys,
  outputLimit,
  TOOL_CHOICE,
} from "./openai.ts";
import {
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

// Groq

const groqProperty = (at: string, name: string): string => `'${at}' : property '${name}' is unsupported`;

const groqLimit = (_asked: number, most: number): string =>
  `\`max_tokens\` must be less than or equal to \`${most}\`, the maximum value for \`max_tokens\` is less than the \`context_window\` for this model`;

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
  {
    id: "format-beside-tools",
    kind: "settings",
    source: `https://console.groq.com/docs/structured-outputs; ${ISSUES}/langchain-ai/langchain/issues/34155`,
    check: ({ body }) =>
      list(body.tools).length > 0 &&
        /^json_/.test(body.response_format?.type ?? body.text?.format?.type ?? "")
        ? "json mode cannot be combined with tool/function calling"
        : undefined,
  },
  outputLimit({
    models: /llama-3\.3/,
    most: 32_768,
    source: `${ISSUES}/cooneycw/claude-power-pack/issues/329`,
    words: groqLimit,
  }),
  outputLimit({
    models: /gpt-oss/,
    most: 65_536,
    source: `${ISSUES}/Alishahryar1/free-claude-code/issues/955; https://console.groq.com/docs/models`,
    words: groqLimit,
  }),
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
  TOOL_CHOICE,
  ANSWER_PARTS,
  IMAGE_DETAIL,
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
    id: "mixed-strict",
    kind: "tools",
    source: `${ISSUES}/RooCodeInc/Roo-Code/issues/10334; ${ISSUES}/mpfaffenberger/code_puppy/pull/368`,
    check: ({ body }) => {
      const strict = list(body.tools).map((tool) => tool?.function?.strict === true);
      return strict.includes(true) && strict.includes(false)
        ? wrongFormat(
          "Tools with mixed values for 'strict' are not allowed. Please set all tools to 'strict: true' or 'strict: false'",
          "tools",
        )
        : undefined;
    },
  },
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
  argumentsAreJson(
    `${ISSUES}/HKUDS/nanobot/issues/2373`,
    (id) => minimax(`invalid function arguments json string, tool_call_id: ${id}`),
  ),
  {
    id: "thinking-type",
    kind: "thinking",
    dialect: "anthropic-messages",
    models: /M[3-9]/,
    source:
      `${ISSUES}/CherryHQ/cherry-studio/issues/16431; ${ISSUES}/can1357/oh-my-pi/issues/2928; https://platform.minimax.io/docs/api-reference/text-anthropic-api`,
    check: ({ body }) =>
      body.thinking === undefined || ["adaptive", "disabled"].includes(body.thinking.type)
        ? undefined
        : minimax(`invalid thinking.type: "${body.thinking.type}" (allowed: adaptive, disabled)`),
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
  IMAGE_DETAIL,
];

// xAI

const XAI_REASONS = /grok-(?:4|3-mini|code|build)/;

export const XAI: readonly Rule[] = [
  {
    id: "content",
    kind: "empty",
    dialect: CHAT,
    source: `${ISSUES}/AstrBotDevs/AstrBot/issues/6447; ${ISSUES}/langchain-ai/langchain/issues/34140`,
    check: (asked) =>
      messagesOf(asked).some(({ role, content, tool_calls }) =>
          content === undefined || content === null ||
          (role === "assistant" && content.length === 0 &&
            (typeof content !== "string" || list(tool_calls).length === 0))
        )
        ? "Invalid request content: Each message must have at least one content element."
        : undefined,
  },
  {
    id: "reasoning-content",
    kind: "thinking",
    dialect: "openai-responses",
    source: `${ISSUES}/lidge-jun/opencodex/issues/2240`,
    check: (asked) =>
      messagesOf(asked).some((item) => item.type === "reasoning" && item.content === null)
        ? "Invalid request content: could not decode the compaction blob."
        : undefined,
  },
  TOOL_CHOICE,
  ANSWER_PARTS,
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
  IMAGE_DETAIL,
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
  IMAGE_DETAIL,
];

// Together

export const TOGETHER: readonly Rule[] = [IMAGE_DETAIL];

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
