/** What the servers on one's own machine refuse; much of it comes from the model's chat template. */
import { argumentsAreJson, imageDetail, textResultsOnly } from "./openai.ts";
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
} from "./rules.ts";

const ISSUES = "https://github.com";
const CHAT = "openai-chat";

/** Qwen 3.5 and later: their templates raise on a system message that is not the first. */
const QWEN = /qwen-?3\.[5-9]/i;

/** Whether a system or developer message comes after another message. */
function laterSystem(asked: Asked): boolean {
  const ahead = asked.body.system !== undefined || asked.body.instructions !== undefined ? 1 : 0;
  return messagesOf(asked).some(({ role }, m) =>
    (role === "system" || role === "developer") && m + ahead > 0
  );
}

const systemFirst = (source: string, refusal: Violation): Rule => ({
  id: "system-first",
  kind: "roles",
  models: QWEN,
  source,
  check: (asked) => laterSystem(asked) ? refusal : undefined,
});

const jinja = (status: number): Violation => ({
  status,
  message: "Jinja Exception: System message must be at the beginning.",
});

/** Images must come in the request itself. */
const noImageUrls = (source: string, message: string): Rule => ({
  id: "image-urls",
  kind: "media",
  source,
  check: (asked) =>
    first(
      messagesOf(asked),
      ({ content, output }) =>
        first([...partsOf(content), ...list(output)], (part) => {
          const url = part?.image_url?.url ?? part?.image_url ?? part?.source?.url;
          return typeof url === "string" && /^https?:/.test(url) ? message : undefined;
        }),
    ),
});

/** Gemma's template, and those of the first Mistrals. */
const ROLES_ALTERNATE: Rule = {
  id: "roles-alternate",
  kind: "order",
  dialect: CHAT,
  models: /gemma/,
  source: `${ISSUES}/idiap/sdialog/issues/122; ${ISSUES}/ggml-org/llama.cpp/issues/21879`,
  check: (asked) => {
    const roles = messagesOf(asked).map(({ role }) => role);
    return roles.some((role, m) => m > 0 && role === "user" && roles[m - 1] === "user")
      ? {
        status: 500,
        message: "Jinja Exception: Conversation roles must alternate user/assistant/user/assistant/...",
      }
      : undefined;
  },
};

export const OLLAMA: readonly Rule[] = [
  systemFirst(`field report A4; ${ISSUES}/ggml-org/llama.cpp/issues/27367`, jinja(500)),
  {
    id: "responses-tool-kinds",
    kind: "tools",
    dialect: "openai-responses",
    source: `field report A3; ${ISSUES}/ollama/ollama/issues/17618`,
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ type }) =>
          type === "function"
            ? undefined
            : { status: 500, message: `Failed to parse tools: Unsupported tool type: {"type":"${type}"}` },
      ),
  },
  {
    id: "responses-item-kinds",
    kind: "tools",
    dialect: "openai-responses",
    source: `${ISSUES}/openai/codex/issues/24612`,
    check: (asked) =>
      first(
        messagesOf(asked),
        ({ type = "message" }, i) =>
          ["message", "reasoning", "function_call", "function_call_output"].includes(type)
            ? undefined
            : `input[${i}]: unknown input item type: "${type}"`,
      ),
  },
  noImageUrls(`${ISSUES}/posit-dev/chatlas/issues/20`, "invalid image input"),
];

const needProperties = (dialect: Rule["dialect"]): Rule => ({
  id: "tool-properties",
  kind: "schemas",
  ...(dialect === undefined ? {} : { dialect }),
  source: `${ISSUES}/lmstudio-ai/lmstudio-bug-tracker/issues/2254`,
  check: (asked) =>
    first(
      toolsOf(asked),
      ({ type, schema, index }) =>
        type !== "function" || (schema?.type === "object" && isObject(schema.properties)) ? undefined : {
          message: "Invalid input",
          param: asked.dialect === CHAT ? `tools.${index}.function.parameters.properties` : `tools.${index}`,
          code: "custom",
        },
    ),
});

export const LMSTUDIO: readonly Rule[] = [
  ROLES_ALTERNATE,
  systemFirst(`${ISSUES}/lmstudio-ai/lmstudio-bug-tracker/issues/2298`, jinja(500)),
  needProperties(CHAT),
  needProperties("openai-responses"),
  {
    id: "responses-tool-kinds",
    kind: "tools",
    dialect: "openai-responses",
    source: `field report A3; ${ISSUES}/lmstudio-ai/lmstudio-bug-tracker/issues/1810`,
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ type, index }) =>
          ["function", "mcp"].includes(type)
            ? undefined
            : { message: "Invalid", param: `tools.${index}.type`, code: "invalid_string" },
      ),
  },
  textResultsOnly(
    `${ISSUES}/QwenLM/qwen-code/issues/3616`,
    "Invalid 'messages' in payload. Please check the structure of your 'messages' and try again.",
  ),
  noImageUrls(
    `${ISSUES}/lmstudio-ai/lmstudio-bug-tracker/issues/1120`,
    "Invalid 'url' field. Only base64 encoded images are supported.",
  ),
];

/** Templates that think begin the answer themselves: no other beginning fits. */
const noPrefill = (models: RegExp): Rule => ({
  id: "prefill",
  kind: "order",
  models,
  source: `${ISSUES}/anomalyco/opencode/issues/27920; ${ISSUES}/ggml-org/llama.cpp/issues/20861`,
  check: (asked) =>
    messagesOf(asked).at(-1)?.role === "assistant" &&
      asked.body.chat_template_kwargs?.enable_thinking !== false
      ? "Assistant response prefill is incompatible with enable_thinking."
      : undefined,
});

export const LLAMACPP: readonly Rule[] = [
  ROLES_ALTERNATE,
  noPrefill(/qwen|gpt-oss/i),
  {
    id: "words-or-thinking",
    kind: "thinking",
    models: /gpt-oss/,
    source: `${ISSUES}/ggml-org/llama.cpp/issues/17040`,
    check: (asked) =>
      messagesOf(asked).some(({ role, content, reasoning_content, tool_calls }) => {
          const types = partsOf(content).map(({ type }) => type);
          const calls = list(tool_calls).length > 0 || types.includes("tool_use");
          const thinks = Boolean(reasoning_content) || types.includes("thinking");
          const says = partsOf(content).some(({ text }) => typeof text === "string" && text !== "");
          return role === "assistant" && calls && thinks && says;
        })
        ? {
          status: 500,
          message:
            "Cannot pass both content and thinking in an assistant message with tool calls! Put the analysis message in one or the other, but not both.",
        }
        : undefined,
  },
  systemFirst(`${ISSUES}/ggml-org/llama.cpp/issues/27367`, jinja(500)),
  {
    id: "tool-kinds",
    kind: "tools",
    dialect: CHAT,
    source: `${ISSUES}/ggml-org/llama.cpp/issues/20156`,
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ type }) =>
          type === "function" ? undefined : { status: 500, message: "'type' of tool must be 'function'" },
      ),
  },
];

export const VLLM: readonly Rule[] = [
  noPrefill(QWEN),
  argumentsAreJson(
    `${ISSUES}/vllm-project/vllm/issues/43995`,
    () => "Expecting ',' delimiter: line 1 column 54 (char 53)",
  ),
  systemFirst(`${ISSUES}/QwenLM/Qwen3.8/issues/244`, { message: "System message must be at the beginning." }),
  {
    id: "developer-role",
    kind: "roles",
    dialect: CHAT,
    models: QWEN,
    source: `${ISSUES}/red-hat-data-services/agentic-starter-kits/pull/251`,
    check: (asked) =>
      messagesOf(asked).some(({ role }) => role === "developer") ? "Unexpected message role." : undefined,
  },
  {
    id: "namespace-tools",
    kind: "tools",
    dialect: "openai-responses",
    models: /gpt-oss/,
    source: `${ISSUES}/vllm-project/vllm/issues/49493`,
    check: (asked) =>
      toolsOf(asked).some(({ type }) => type === "namespace")
        ? "tool type namespace not supported"
        : undefined,
  },
  {
    id: "responses-tool-kinds",
    kind: "tools",
    dialect: "openai-responses",
    source: `field report A3; ${ISSUES}/vllm-project/vllm/issues/42475`,
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ type, index }) =>
          /^(function|custom|namespace|mcp|web_search.*|code_interpreter|image_generation|local_shell|shell|apply_patch|file_search|computer.*)$/
              .test(type)
            ? undefined
            : `[{'type': 'literal_error', 'loc': ('body', 'tools', ${index}, 'type'), 'msg': "Input should be 'function'", 'input': '${type}'}]`,
      ),
  },
  textResultsOnly(
    `${ISSUES}/vllm-project/vllm/issues/43203`,
    "Only text content is supported in tool messages.",
  ),
  imageDetail(`${ISSUES}/farion1231/cc-switch/issues/7555`, CHAT),
];

/** Gateways of one's own: what nearly every copy of Chat and Messages refuses. */
export const GATEWAY: readonly Rule[] = [
  {
    id: "developer-role",
    kind: "roles",
    source: "field report A2",
    check: (asked) =>
      messagesOf(asked).some(({ role }) => role === "developer") ? "Unexpected message role." : undefined,
  },
  systemFirst("field report A4", { status: 500, message: "System message must be at the beginning" }),
  {
    id: "results-in-one-text",
    kind: "media",
    dialect: CHAT,
    source: `${ISSUES}/Neroued/ninfer/issues/56; ${ISSUES}/strands-agents/harness-sdk/pull/1878`,
    check: (asked) =>
      first(
        messagesOf(asked),
        ({ role, content }, m) =>
          role === "tool" && typeof content !== "string"
            ? `messages[${m}].content must be a string`
            : undefined,
      ),
  },
];
