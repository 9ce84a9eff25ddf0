/** What Mistral refuses. */
import { argumentsAreJson, chatOrderFault, IMAGE_DETAIL, noFields, noKeys } from "./openai.ts";
import { first, list, messagesOf, type Rule, toolsOf, type Violation } from "./rules.ts";

const ISSUES = "https://github.com";

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
        return before === undefined || !(role in MISTRAL_NEXT) ||
            (MISTRAL_NEXT[before] ?? [role]).includes(role)
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
      return !["user", "tool"].includes(last?.role) && last?.prefix !== true
        ? misordered(
          `Expected last role User or Tool (or Assistant with prefix True) for serving but got ${last?.role}`,
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
  {
    id: "tool-choice",
    kind: "tools",
    source: "https://docs.mistral.ai/api/endpoint/chat",
    check: ({ body: { tool_choice: choice } }) =>
      choice === undefined || ["auto", "none", "any", "required"].includes(choice) ||
        choice?.type === "function"
        ? undefined
        : forbidden(["tool_choice", "type"]),
  },
  argumentsAreJson(
    `${ISSUES}/mistralai/mistral-vibe/pull/615`,
    () => "Expecting ',' delimiter: line 1 column 54 (char 53)",
  ),
  IMAGE_DETAIL,
];
