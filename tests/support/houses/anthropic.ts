/** What Anthropic's Messages endpoint refuses, and the parts of it that others share. */
import type { Json } from "../../../src/model/json.ts";
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

const DOCS = "https://platform.claude.com/docs/en";
const THINKING = `${DOCS}/build-with-claude/extended-thinking`;
const MIGRATION = `${DOCS}/about-claude/models/migration-guide`;
const MESSAGES = `${DOCS}/api/messages`;
const TOOL_USE = `${DOCS}/agents-and-tools/tool-use/implement-tool-use`;
const ISSUES = "https://github.com/anthropics/claude-code/issues";

/** `claude-haiku-4-5` is 405, `anthropic/claude-opus-4.8` 408, `claude-opus-5` 500; 0: no Claude. */
function claudeVersion(model: string): number {
  const [, major, minor] = /claude-(?:[a-z]+-)?(\d+)(?:[-.](\d{1,2}))?(?!\d)/.exec(model) ?? [];
  return major === undefined ? 0 : Number(major) * 100 + Number(minor ?? 0);
}

interface Block {
  readonly block: Json;
  /** `messages.3.content.0`. */
  readonly at: string;
}

/** The images of all messages and of the results in them. */
function imagesOf(asked: Asked): { readonly source: Json; readonly at: string }[] {
  return blocksOf(asked).flatMap(({ block, at }) => [
    ...(block?.type === "image" ? [{ source: block.source, at }] : []),
    ...(block?.type === "tool_result" ? list(block.content) : []).flatMap((part, i) =>
      part?.type === "image" ? [{ source: part.source, at: `${at}.tool_result.content.${i}` }] : []
    ),
  ]);
}

/** The blocks of all messages, with their places. */
export function blocksOf(asked: Asked): Block[] {
  return messagesOf(asked).flatMap((message, m) =>
    partsOf(message?.content).map((block, b) => ({ block, at: `messages.${m}.content.${b}` }))
  );
}

interface Turn {
  readonly role: string;
  readonly at: number;
  readonly blocks: readonly Block[];
}

/** The turns as the endpoint sees them: neighbours of one role are one turn, system messages are none. */
function turnsOf(asked: Asked): Turn[] {
  const turns: { role: string; at: number; blocks: Block[] }[] = [];
  messagesOf(asked).forEach((message, m) => {
    if (message?.role === "system") return;
    const blocks = partsOf(message?.content).map((block, b) => ({ block, at: `messages.${m}.content.${b}` }));
    const last = turns.at(-1);
    if (last?.role === message?.role) last!.blocks.push(...blocks);
    else turns.push({ role: message?.role, at: m, blocks });
  });
  return turns;
}

const ids = (blocks: readonly Block[], type: string, key: string): string[] =>
  blocks.filter(({ block }) => block?.type === type).map(({ block }) => block[key]);

/** Calls whose results are not in the next message. */
const callsWithoutResults: Rule = {
  id: "calls-without-results",
  kind: "order",
  dialect: "anthropic-messages",
  source: `${ISSUES}/8210`,
  check: (asked) => {
    const turns = turnsOf(asked);
    return first(turns, (turn, t) => {
      const answered = new Set(ids(turns[t + 1]?.blocks ?? [], "tool_result", "tool_use_id"));
      const open = ids(turn.blocks, "tool_use", "id").filter((id) => !answered.has(id));
      return open.length === 0
        ? undefined
        : `messages.${turn.at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${
          open.join(", ")
        }. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
    });
  },
};

const resultsWithoutCalls: Rule = {
  id: "results-without-calls",
  kind: "order",
  dialect: "anthropic-messages",
  source: `${ISSUES}/18947`,
  check: (asked) => {
    const turns = turnsOf(asked);
    return first(turns, (turn, t) => {
      const called = new Set(ids(turns[t - 1]?.blocks ?? [], "tool_use", "id"));
      return first(
        turn.blocks,
        ({ block, at }) =>
          block?.type === "tool_result" && !called.has(block.tool_use_id)
            ? `${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`
            : undefined,
      );
    });
  },
};

const resultsFirst: Rule = {
  id: "results-first",
  kind: "order",
  dialect: "anthropic-messages",
  source: `${TOOL_USE}#handling-results-from-client-tools`,
  check: (asked) =>
    first(turnsOf(asked), ({ blocks, at }) => {
      const last = blocks.findLastIndex(({ block }) => block?.type === "tool_result");
      const other = blocks.findIndex(({ block }) => block?.type !== "tool_result");
      return last === -1 || other === -1 || other > last
        ? undefined
        : `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${
          blocks[last]!.block.tool_use_id
        }. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
    }),
};

/** The order that the endpoint itself and its stricter copies want. */
const MESSAGES_ORDER: readonly Rule[] = [callsWithoutResults, resultsWithoutCalls, resultsFirst];

const ROLES: readonly Rule[] = [
  {
    id: "first-is-user",
    kind: "order",
    source: `${MESSAGES}#body-messages`,
    check: (asked) => {
      const [first] = messagesOf(asked);
      // A compacted history may begin (https://platform.claude.com/docs/en/build-with-claude/compaction-on-demand).
      return first?.role === "user" || partsOf(first?.content)[0]?.type === "compaction"
        ? undefined
        : 'messages: first message must use the "user" role';
    },
  },
  {
    id: "roles",
    kind: "roles",
    source: `${MESSAGES}#body-messages`,
    check: (asked) =>
      first(
        messagesOf(asked),
        ({ role }) =>
          ["user", "assistant", "system"].includes(role)
            ? undefined
            : `messages: Unexpected role "${role}". Allowed roles are "user" or "assistant"`,
      ),
  },
  {
    id: "system-role",
    kind: "roles",
    source: "https://github.com/anthropics/claude-agent-sdk-typescript/issues/350",
    check: (asked) => {
      const takes = /opus|fable|mythos/.test(asked.model) ? 408 : 505;
      return claudeVersion(asked.model) < takes && messagesOf(asked).some(({ role }) => role === "system")
        ? 'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.'
        : undefined;
    },
  },
  {
    id: "system-after-user",
    kind: "order",
    source: `${DOCS}/build-with-claude/mid-conversation-system-messages`,
    check: (asked) =>
      first(
        messagesOf(asked),
        ({ role }, m) =>
          role === "system" && messagesOf(asked)[m - 1]?.role !== "user"
            ? `messages.${m}: role 'system' must follow a user message`
            : undefined,
      ),
  },
  {
    id: "prefill",
    kind: "order",
    source: MIGRATION,
    check: (asked) =>
      claudeVersion(asked.model) >= 406 && messagesOf(asked).at(-1)?.role === "assistant"
        ? "This model does not support assistant message prefill. The conversation must end with a user message."
        : undefined,
  },
];

const IDS: readonly Rule[] = [
  {
    id: "tool-use-id-pattern",
    kind: "ids",
    source: "field report B3",
    check: (asked) =>
      first(blocksOf(asked), ({ block, at }) => {
        const key = block?.type === "tool_use"
          ? "id"
          : block?.type === "tool_result"
          ? "tool_use_id"
          : undefined;
        return key === undefined || /^[a-zA-Z0-9_-]+$/.test(String(block[key]))
          ? undefined
          : `${at}.${block.type}.${key}: String should match pattern '^[a-zA-Z0-9_-]+$'`;
      }),
  },
  {
    id: "tool-use-id-unique",
    kind: "ids",
    source: "field report B3",
    check: (asked) => {
      const seen = new Set<string>();
      return first(blocksOf(asked), ({ block, at }) => {
        if (block?.type !== "tool_use") return undefined;
        if (seen.has(block.id)) return `${at}: \`tool_use\` ids must be unique`;
        seen.add(block.id);
        return undefined;
      });
    },
  },
  {
    id: "server-tool-use-id",
    kind: "ids",
    source: "field report B1",
    check: (asked) =>
      first(blocksOf(asked), ({ block, at }) => {
        const id = block?.type === "server_tool_use"
          ? block.id
          : /_tool_result$/.test(block?.type) && block.type !== "mcp_tool_result"
          ? block.tool_use_id
          : undefined;
        return id === undefined || /^srvtoolu_[a-zA-Z0-9_]+$/.test(id)
          ? undefined
          : `${at}.${block.type}.id: String should match pattern '^srvtoolu_[a-zA-Z0-9_]+$'`;
      }),
  },
];

/** The type of the last assistant turn's first block, where a tool loop goes on. */
export function loopBegin(asked: Asked): { block: Json; turn: Turn; at: string } | undefined {
  const turns = turnsOf(asked);
  const last = turns.at(-1);
  const before = turns.at(-2);
  if (last?.role !== "user" || before === undefined) return undefined;
  if (!last.blocks.some(({ block }) => block?.type === "tool_result")) return undefined;
  const begin = before.blocks[0];
  return begin === undefined ? undefined : { ...begin, turn: before };
}

const isThinking = (block: Json) => block?.type === "thinking" || block?.type === "redacted_thinking";

/** Signatures are bound to the model that made them. */
export const THINKING_SIGNATURES: readonly Rule[] = [
  {
    id: "thinking-signature",
    kind: "signatures",
    dialect: "anthropic-messages",
    source: "https://github.com/vybestack/llxprt-code/issues/2335",
    check: (asked) =>
      first(
        blocksOf(asked),
        ({ block, at }) =>
          block?.type === "thinking" &&
            !asked.seals.made(block.signature, asked.model, String(block.thinking))
            ? `${at}: Invalid \`signature\` in \`thinking\` block`
            : undefined,
      ),
  },
  {
    id: "redacted-thinking",
    kind: "signatures",
    dialect: "anthropic-messages",
    source: THINKING,
    check: (asked) =>
      first(
        blocksOf(asked),
        ({ block, at }) =>
          block?.type === "redacted_thinking" && asked.seals.open(block.data, asked.model) === undefined
            ? `${at}: Invalid \`data\` in \`redacted_thinking\` block`
            : undefined,
      ),
  },
];

/** A compacted history with a signature is checked against its words. */
const COMPACTION: Rule = {
  id: "compaction-signature",
  kind: "signatures",
  dialect: "anthropic-messages",
  source: "https://github.com/vercel/ai/issues/21263",
  check: (asked) =>
    first(
      blocksOf(asked),
      ({ block, at }) =>
        block?.type === "compaction" && block.signature !== undefined &&
          !asked.seals.made(block.signature, "compaction", String(block.content))
          ? `${at}: Invalid \`signature\` in \`compaction\` block`
          : undefined,
    ),
};

const enabled = (asked: Asked) => asked.body.thinking?.type === "enabled";
const thinks = (asked: Asked) => enabled(asked) || asked.body.thinking?.type === "adaptive";

const THINKING_MODES: readonly Rule[] = [
  {
    id: "thinking-first",
    kind: "thinking",
    source: "https://github.com/pydantic/pydantic-ai/issues/2075",
    check: (asked) => {
      if (!enabled(asked)) return undefined;
      const begin = loopBegin(asked);
      return begin === undefined || isThinking(begin.block)
        ? undefined
        : `${begin.at}.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${begin.block?.type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable \`thinking\`.`;
    },
  },
  {
    id: "thinking-enabled-gone",
    kind: "thinking",
    source: "https://github.com/NousResearch/hermes-agent/pull/11145",
    check: (asked) =>
      enabled(asked) && claudeVersion(asked.model) >= 407
        ? '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
        : undefined,
  },
  {
    id: "thinking-adaptive-new",
    kind: "thinking",
    source: `${DOCS}/build-with-claude/adaptive-thinking`,
    check: (asked) =>
      asked.body.thinking?.type === "adaptive" && claudeVersion(asked.model) < 406
        ? "adaptive thinking is not supported on this model"
        : undefined,
  },
  {
    id: "thinking-budget",
    kind: "thinking",
    source: `${THINKING}#max-tokens-and-context-window-size`,
    check: ({ body, headers }) => {
      const budget = body.thinking?.budget_tokens;
      if (body.thinking?.type !== "enabled") return undefined;
      if (!(budget >= 1024)) {
        return "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024";
      }
      return budget >= body.max_tokens && !/interleaved-thinking/.test(headers["anthropic-beta"] ?? "")
        ? "`max_tokens` must be greater than `thinking.budget_tokens`."
        : undefined;
    },
  },
  {
    id: "thinking-forced-tool",
    kind: "thinking",
    source: `${THINKING}#extended-thinking-with-tool-use`,
    check: (asked) =>
      thinks(asked) && ["any", "tool"].includes(asked.body.tool_choice?.type)
        ? "Thinking may not be enabled when tool_choice forces tool use."
        : undefined,
  },
];

const SETTINGS: readonly Rule[] = [
  {
    id: "sampling-while-thinking",
    kind: "settings",
    source: `${THINKING}#feature-compatibility`,
    check: (asked) => {
      if (!thinks(asked)) return undefined;
      const { temperature, top_k, top_p } = asked.body;
      if (temperature !== undefined && temperature !== 1) {
        return "`temperature` may only be set to 1 when thinking is enabled.";
      }
      if (top_k !== undefined) return "`top_k` must be unset when thinking is enabled.";
      return top_p !== undefined && top_p < 0.95
        ? "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled."
        : undefined;
    },
  },
  {
    id: "temperature-and-top-p",
    kind: "settings",
    source: "https://github.com/BerriAI/litellm/issues/15097",
    check: ({ body, model }) =>
      claudeVersion(model) >= 401 && body.temperature !== undefined && body.top_p !== undefined
        ? "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
        : undefined,
  },
  {
    id: "sampling-gone",
    kind: "settings",
    source: "https://github.com/NousResearch/hermes-agent/pull/11145",
    check: ({ body, model }) => {
      const set = ["temperature", "top_p", "top_k"].find((key) =>
        body[key] !== undefined && !(key !== "top_k" && body[key] === 1)
      );
      return claudeVersion(model) >= 407 && set !== undefined
        ? `\`${set}\` is deprecated for this model.`
        : undefined;
    },
  },
  {
    id: "temperature-range",
    kind: "settings",
    source: `${MESSAGES}#body-temperature`,
    check: ({ body }) =>
      body.temperature > 1 ? "temperature: Input should be less than or equal to 1" : undefined,
  },
  {
    id: "effort",
    kind: "settings",
    source: `${DOCS}/build-with-claude/effort`,
    check: ({ body, model }) => {
      const effort = body.output_config?.effort;
      if (effort === undefined || effort === null) return undefined;
      const version = claudeVersion(model);
      if (version < 405 || (version === 405 && !model.includes("opus"))) {
        return "This model does not support the effort parameter.";
      }
      const known = version >= 407
        ? ["low", "medium", "high", "xhigh", "max"]
        : version >= 406
        ? ["low", "medium", "high", "max"]
        : ["low", "medium", "high"];
      return known.includes(effort)
        ? undefined
        : `output_config.effort: Input should be ${known.map((one) => `'${one}'`).join(", ")}`;
    },
  },
  {
    id: "max-tokens",
    kind: "settings",
    source: `${DOCS}/about-claude/models/overview`,
    check: ({ body, model }) => {
      if (!(body.max_tokens >= 1)) return "max_tokens: Field required";
      const version = claudeVersion(model);
      const most = version >= 500 || (version >= 406 && model.includes("opus")) ? 128_000 : 64_000;
      return body.max_tokens > most
        ? `max_tokens: ${body.max_tokens} > ${most}, which is the maximum allowed number of output tokens for ${model}`
        : undefined;
    },
  },
  {
    id: "stop-sequences",
    kind: "settings",
    source: `${MESSAGES}#body-stop-sequences`,
    check: ({ body }) =>
      list(body.stop_sequences).some((one) => !/\S/.test(one))
        ? "stop_sequences: each stop sequence must contain non-whitespace"
        : undefined,
  },
  {
    id: "tool-choice-alone",
    kind: "tools",
    source: `${MESSAGES}#body-tool-choice`,
    check: ({ body }) =>
      body.tool_choice !== undefined && list(body.tools).length === 0
        ? "tool_choice: tool_choice may only be specified while providing tools"
        : undefined,
  },
];

const EMPTY: readonly Rule[] = [
  {
    id: "empty-text",
    kind: "empty",
    source: `${MESSAGES}#body-messages`,
    check: (asked) => {
      const system = list(asked.body.system).findIndex((block) => !/\S/.test(String(block?.text)));
      if (system !== -1) return `system.${system}: text content blocks must be non-empty`;
      return first(
        blocksOf(asked),
        ({ block, at }) =>
          block?.type === "text" && !/\S/.test(String(block.text))
            ? `messages: text content blocks must ${
              block.text === "" ? "be non-empty" : "contain non-whitespace text"
            } (${at})`
            : undefined,
      );
    },
  },
  {
    id: "empty-message",
    kind: "empty",
    source: `${MESSAGES}#body-messages`,
    check: (asked) => {
      const messages = messagesOf(asked);
      return first(
        messages,
        ({ role, content }, m) =>
          partsOf(content).length > 0 && content !== "" || (role === "assistant" && m === messages.length - 1)
            ? undefined
            : `messages.${m}: all messages must have non-empty content except for the optional final assistant message`,
      );
    },
  },
  {
    id: "trailing-space",
    kind: "empty",
    source: `${DOCS}/build-with-claude/prompt-engineering/prefill-claudes-response`,
    check: (asked) => {
      const last = messagesOf(asked).at(-1);
      const text = last?.role === "assistant" ? partsOf(last.content).at(-1)?.text : undefined;
      return typeof text === "string" && /\s$/.test(text)
        ? "messages: final assistant content cannot end with trailing whitespace"
        : undefined;
    },
  },
  {
    id: "input-object",
    kind: "tools",
    source: "field report D2",
    check: (asked) =>
      first(
        blocksOf(asked),
        ({ block, at }) =>
          block?.type === "tool_use" && !isObject(block.input)
            ? `${at}.tool_use.input: Input should be a valid dictionary`
            : undefined,
      ),
  },
];

/** Forms of older drafts of JSON Schema. */
const isOfOldDraft = (schema: Json): boolean =>
  typeof schema.exclusiveMinimum === "boolean" || typeof schema.exclusiveMaximum === "boolean" ||
  Array.isArray(schema.items) || typeof schema.required === "boolean" ||
  (typeof schema.type === "string" &&
    !["null", "boolean", "object", "array", "number", "string", "integer"].includes(schema.type));

const TOOLS: readonly Rule[] = [
  {
    id: "schema-draft",
    kind: "schemas",
    source:
      "https://github.com/Dokploy/mcp/issues/74; https://github.com/homeassistant-ai/ha-mcp/issues/2361; https://github.com/anthropics/claude-code/issues/63673",
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ schema, index }) =>
          walkSchema(schema, (inner) =>
            isOfOldDraft(inner)
              ? `tools.${index}.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.claude.com/en/docs/tool-use.`
              : undefined),
      ),
  },
  {
    id: "property-keys",
    kind: "schemas",
    source:
      "https://github.com/beautyfree/appstore-connect-mcp/issues/1; https://github.com/twilio-labs/mcp/issues/58; https://github.com/freee/freee-mcp/issues/15",
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ schema, index }) =>
          Object.keys(schema?.properties ?? {}).some((key) => !/^[a-zA-Z0-9_.-]{1,64}$/.test(key))
            ? `tools.${index}.custom.input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'`
            : undefined,
      ),
  },
  {
    id: "tool-names",
    kind: "tools",
    source: `${MESSAGES}#body-tools`,
    check: (asked) => {
      const seen = new Set<string>();
      return first(toolsOf(asked), ({ name, index, type }) => {
        if (type !== "function" && type !== "custom") return undefined;
        if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
          return `tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`;
        }
        if (seen.has(name)) return "tools: Tool names must be unique.";
        seen.add(name);
        return undefined;
      });
    },
  },
  {
    id: "input-schema",
    kind: "schemas",
    source: "https://github.com/makenotion/notion-mcp-server/issues/340",
    check: (asked) =>
      first(toolsOf(asked), ({ schema, index, type }) => {
        if (type !== "function" && type !== "custom") return undefined;
        if (
          schema?.type !== "object"
        ) return `tools.${index}.custom.input_schema.type: Input should be 'object'`;
        return ["oneOf", "allOf", "anyOf"].some((key) => key in schema)
          ? `tools.${index}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`
          : undefined;
      }),
  },
  {
    id: "tool-types",
    kind: "tools",
    source: `${MESSAGES}#body-tools`,
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ type, tool, index }) =>
          tool?.type === undefined || tool.type === "custom" || /_\d{8}$|^mcp_toolset$/.test(type)
            ? undefined
            : `tools.${index}: Input tag '${type}' found using 'type' does not match any of the expected tags`,
      ),
  },
];

/** Fields that only a beta allows, with the beta's name. */
const BETA_FIELDS: readonly [field: string, beta: RegExp][] = [
  ["context_management", /context-management|compact/],
  ["mcp_servers", /mcp-client/],
  ["container", /code-execution|skills|files-api/],
  ["safeguards", /dangerous-tool-use/],
  ["output_format", /structured-outputs/],
  ["speed", /fast-mode/],
];

// deno-fmt-ignore
const FIELDS = [
  "model", "messages", "max_tokens", "system", "metadata", "stop_sequences", "stream", "temperature", "top_p", "top_k",
  "tools", "tool_choice", "thinking", "service_tier", "output_config", "cache_control", "inference_geo",
];

// deno-fmt-ignore
const TOOL_FIELDS = [
  "name", "description", "input_schema", "type", "cache_control", "strict", "eager_input_streaming",
];

const BLOCK_FIELDS: Readonly<Record<string, readonly string[]>> = {
  text: ["text", "cache_control", "citations"],
  image: ["source", "cache_control"],
  document: ["source", "cache_control", "title", "context", "citations"],
  tool_use: ["id", "name", "input", "cache_control", "caller"],
  tool_result: ["tool_use_id", "content", "is_error", "cache_control"],
  thinking: ["thinking", "signature"],
  redacted_thinking: ["data"],
};

const extra = (field: string): Violation => ({ message: `${field}: Extra inputs are not permitted` });

const STRICT_FIELDS: readonly Rule[] = [
  {
    id: "fields",
    kind: "fields",
    source: MESSAGES,
    check: ({ body }) => {
      const beta = BETA_FIELDS.map(([field]) => field);
      const unknown = Object.keys(body).find((key) => !FIELDS.includes(key) && !beta.includes(key));
      return unknown === undefined ? undefined : extra(unknown);
    },
  },
  {
    id: "beta-fields",
    kind: "headers",
    source: "https://github.com/anthropics/claude-code/issues/21612",
    check: ({ body, headers }) =>
      first(
        BETA_FIELDS,
        ([field, beta]) =>
          field in body && !beta.test(headers["anthropic-beta"] ?? "") ? extra(field) : undefined,
      ),
  },
  {
    id: "beta-tool-fields",
    kind: "headers",
    source: "field report A1",
    check: (asked) =>
      first(toolsOf(asked), ({ tool, index, type }) => {
        if (tool?.type !== undefined && type !== "custom") return undefined;
        const allowed = /advanced-tool-use|tool-search|mcp-client/.test(asked.headers["anthropic-beta"] ?? "")
          ? [...TOOL_FIELDS, "defer_loading", "input_examples", "allowed_callers"]
          : TOOL_FIELDS;
        const unknown = Object.keys(tool ?? {}).find((key) => !allowed.includes(key));
        return unknown === undefined ? undefined : extra(`tools.${index}.custom.${unknown}`);
      }),
  },
  {
    id: "message-fields",
    kind: "fields",
    source: "field report A1",
    check: (asked) =>
      first(messagesOf(asked), (message, m) => {
        const perTurn = /per-turn-control/.test(asked.headers["anthropic-beta"] ?? "")
          ? ["output_config"]
          : [];
        const unknown = Object.keys(message).find((key) => !["role", "content", ...perTurn].includes(key));
        return unknown === undefined ? undefined : extra(`messages.${m}.${unknown}`);
      }),
  },
  {
    id: "block-fields",
    kind: "fields",
    source: "https://github.com/Wei-Shaw/sub2api/issues/225",
    check: (asked) =>
      first(blocksOf(asked), ({ block, at }) => {
        const known = BLOCK_FIELDS[block?.type];
        const unknown = known && Object.keys(block).find((key) => key !== "type" && !known.includes(key));
        return unknown === undefined ? undefined : extra(`${at}.${block.type}.${unknown}`);
      }),
  },
  {
    id: "cache-marks",
    kind: "fields",
    source: "https://github.com/griffinmartin/opencode-claude-auth/issues/121",
    check: ({ body }) => {
      const count = JSON.stringify(body).split('"cache_control":{').length - 1;
      return count > 4
        ? `A maximum of 4 blocks with cache_control may be provided. Found ${count}.`
        : undefined;
    },
  },
  {
    id: "cache-mark-in-result",
    kind: "fields",
    source: "https://github.com/caozhiyuan/copilot-api/issues/241",
    check: (asked) =>
      first(blocksOf(asked), ({ block, at }) => {
        const inner = block?.type === "tool_result"
          ? list(block.content).findIndex((part) => part?.cache_control !== undefined)
          : -1;
        return inner === -1
          ? undefined
          : `${at}.tool_result.content.${inner}.cache_control: cache_control may not be specified within \`tool_result.content\`. Instead, place it directly on \`tool_result\``;
      }),
  },
  {
    id: "metadata",
    kind: "fields",
    source: `${MESSAGES}#body-metadata`,
    check: ({ body }) => {
      const unknown = Object.keys(body.metadata ?? {}).find((key) => key !== "user_id");
      return unknown === undefined ? undefined : extra(`metadata.${unknown}`);
    },
  },
  {
    id: "user-id",
    kind: "fields",
    source: `${MESSAGES}#body-metadata: at most 256 characters`,
    check: ({ body }) =>
      String(body.metadata?.user_id ?? "").length > 256
        ? "metadata.user_id: String should have at most 256 characters"
        : undefined,
  },
  {
    id: "well-formed",
    kind: "fields",
    source: "https://github.com/anthropics/claude-code/issues/3277",
    check: ({ body }) => {
      // `JSON.stringify` escapes the halves of pairs that have lost the other one, and nothing else of theirs.
      const at = JSON.stringify(body).search(/\\ud[89a-f]/);
      return at === -1
        ? undefined
        : `The request body is not valid JSON: no low surrogate in string: line 1 column ${at} (char ${
          at - 1
        })`;
    },
  },
  {
    id: "version-header",
    kind: "headers",
    source: `${DOCS}/api/versioning`,
    check: ({ headers }) =>
      headers["anthropic-version"] === undefined ? "anthropic-version: header is required" : undefined,
  },
];

/** How the files of each type begin, in base64. */
const MAGIC: readonly [type: string, begin: RegExp][] = [
  ["image/jpeg", /^\/9j\//],
  ["image/png", /^iVBORw0KGgo/],
  ["image/gif", /^R0lGOD/],
  ["image/webp", /^UklGR/],
];

const MEDIA: readonly Rule[] = [
  {
    id: "image-is-what-it-says",
    kind: "media",
    source:
      "https://github.com/BerriAI/litellm/issues/24900; https://github.com/home-assistant/core/issues/167208",
    check: (asked) =>
      first(imagesOf(asked), ({ source, at }) => {
        const [type] = MAGIC.find(([, begin]) => begin.test(String(source.data))) ?? [];
        return source.type !== "base64" || type === undefined || type === source.media_type
          ? undefined
          : `${at}.image.source.base64: The image was specified using the ${source.media_type} media type, but the image appears to be a ${type} image`;
      }),
  },
  {
    id: "image-types",
    kind: "media",
    source: `${DOCS}/build-with-claude/vision`,
    check: (asked) =>
      first(imagesOf(asked), ({ source, at }) => {
        if (source.type !== "base64") return undefined;
        return /^image\/(jpeg|png|gif|webp)$/.test(source.media_type)
          ? undefined
          : `${at}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`;
      }),
  },
  {
    id: "block-types",
    kind: "media",
    source: MESSAGES,
    check: (asked) =>
      first(
        blocksOf(asked),
        ({ block, at }) =>
          /^(text|image|document|search_result|thinking|redacted_thinking|tool_use|tool_result|server_tool_use|mcp_tool_use|mcp_tool_result|container_upload|compaction|mid_conv_system|tool_reference|.*_tool_result)$/
              .test(String(block?.type))
            ? undefined
            : `${at}: Input tag '${block?.type}' found using 'type' does not match any of the expected tags`,
      ),
  },
];

/** Everything that Anthropic itself refuses. */
export const ANTHROPIC: readonly Rule[] = [
  ...MESSAGES_ORDER,
  ...ROLES,
  ...IDS,
  ...THINKING_SIGNATURES,
  COMPACTION,
  ...THINKING_MODES,
  ...SETTINGS,
  ...EMPTY,
  ...TOOLS,
  ...STRICT_FIELDS,
  ...MEDIA,
];
