/** What DeepSeek, Moonshot and Kimi Code refuse: they think by default, and want their thinking back. */
import {
  ANSWER_PARTS,
  chatOrder,
  chatRoles,
  IMAGE_DETAIL,
  insufficient,
  noEmptyLists,
  TOOL_CHOICE,
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
  walkSchema,
} from "./rules.ts";

const ISSUES = "https://github.com";
const CHAT = "openai-chat";

// DeepSeek

const DEEPSEEK_THINKING = "https://api-docs.deepseek.com/guides/thinking_mode";

const undeserialized = (what: string): string =>
  `Failed to deserialize the JSON body into the target type: ${what}`;

/** Thinking is on unless it is switched off. */
const thinksByDefault = ({ body, model }: Asked): boolean =>
  ALWAYS_THINKS.test(model) || (body.thinking?.type !== "disabled" && body.reasoning_effort !== "none");

/** Models whose thinking cannot be switched off. */
const ALWAYS_THINKS = /kimi-k[3-9]|kimi-k2\.7-code/;

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
    ? body.tool_choice === "required" || body.tool_choice?.type === "function"
    : ["any", "tool"].includes(body.tool_choice?.type);

/** A turn with calls and no thinking in it, in a Messages request. */
function callsWithoutThinking(asked: Asked): boolean {
  return messagesOf(asked).some(({ role, content }) => {
    const blocks = partsOf(content);
    return role === "assistant" && blocks.some(({ type }) => type === "tool_use") &&
      !blocks.some(({ type }) => type === "thinking");
  });
}

/** Blocks that DeepSeek's Messages endpoint reads. */
const DEEPSEEK_BLOCKS = ["text", "tool_use", "tool_result", "thinking"];

export const DEEPSEEK: readonly Rule[] = [
  {
    id: "blocks",
    kind: "media",
    dialect: "anthropic-messages",
    source:
      `${ISSUES}/deepseek-ai/DeepSeek-V3/issues/1026; https://api-docs.deepseek.com/guides/anthropic_api; ${ISSUES}/caigee-cmd/cli2api/pull/152`,
    check: (asked) =>
      first(messagesOf(asked), ({ content }, m) => {
        const blocks = partsOf(content);
        const all = [
          ...blocks,
          ...blocks.flatMap((block) => block?.type === "tool_result" ? partsOf(block.content) : []),
        ];
        const other = all.find(({ type }) => !DEEPSEEK_BLOCKS.includes(type));
        return other === undefined ? undefined : undeserialized(
          `messages[${m}].content: unknown variant \`${other.type}\`, expected one of \`text\`, \`tool_use\`, \`tool_result\`, \`thinking\``,
        );
      }),
  },
  TOOL_CHOICE,
  noEmptyLists(`${ISSUES}/anomalyco/opencode/issues/41860`),
  ANSWER_PARTS,
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
    id: "empty-assistant",
    kind: "empty",
    dialect: CHAT,
    source: `${ISSUES}/anomalyco/opencode/issues/37887; ${ISSUES}/MoonshotAI/kimi-code/issues/1985`,
    check: (asked) =>
      first(
        messagesOf(asked),
        ({ role, content, tool_calls }, m) =>
          role === "assistant" && list(tool_calls).length === 0 &&
            partsOf(content).every(({ text }) => !/\S/.test(text ?? ""))
            ? `Invalid request: the message at position ${m} with role 'assistant' must not be empty`
            : undefined,
      ),
  },
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
    id: "always-thinks",
    kind: "thinking",
    models: ALWAYS_THINKS,
    source:
      `${ISSUES}/anomalyco/models.dev/pull/4721; https://platform.kimi.ai/docs/guide/use-reasoning-effort; https://docs.rs/synaps-engine/0.11.0/src/agent_engine/runtime/openai/catalog/kimi.rs.html`,
    check: ({ body }) =>
      body.thinking?.type === "disabled" ? "thinking cannot be disabled for this model" : undefined,
  },
  {
    id: "effort",
    kind: "settings",
    models: /kimi-k[3-9]/,
    source: `https://platform.kimi.ai/docs/guide/use-reasoning-effort; ${ISSUES}/huggingface/tau/pull/560`,
    check: ({ body }) =>
      ["low", "high", "max", undefined, null].includes(body.reasoning_effort)
        ? undefined
        : `invalid reasoning_effort: "${body.reasoning_effort}", only low, high and max are allowed for this model`,
  },
  {
    id: "schema-types",
    kind: "schemas",
    source:
      `${ISSUES}/anomalyco/opencode/issues/40127; ${ISSUES}/MoonshotAI/kimi-cli/pull/2030; ${ISSUES}/luxus/pi-hindsight/issues/550`,
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ schema }) =>
          walkSchema(schema, (inner, path) =>
            path.at(-2) === "properties" &&
              !["type", "anyOf", "oneOf", "allOf", "$ref"].some((key) => inner[key] !== undefined)
              ? flavored(`At path '${kimiPath(path)}': type is not defined`)
              : undefined),
      ),
  },
  TOOL_CHOICE,
  ANSWER_PARTS,
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
        ({ schema, type }) =>
          type !== "function" || (isObject(schema) && schema.type === "object")
            ? undefined
            : 'tools.function.parameters.type is required and must be "object"',
      ),
  },
  IMAGE_DETAIL,
];
