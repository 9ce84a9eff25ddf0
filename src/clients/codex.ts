/** Codex, as its requests show it. Observed on the wire with 0.169.0. */
import { isRecord, parsedRecord, stringOf } from "../json/shape.ts";
import type { Json } from "../model/json.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import { type Agent, type ClientRequest, type Form, present, type SessionFacts } from "./agent.ts";

/** Headings before the user's words, after what the editor or the app shows. */
const REQUEST_MARKS = ["## My request for Codex:", "## My request:"];

/** "You've hit your usage limit. MESSAGE, or try again at TIME." */
const USED_UP: Form = {
  status: 429,
  code: "usage_limit_reached",
  resetsAt: "resets_at",
  messageHeader: "x-codex-promo-message",
};

export const CODEX: Agent = {
  name: "codex",
  userAgents: ["codex"],
  headers: [
    "originator",
    "version",
    "thread-id",
    "x-client-request-id",
    "x-codex-",
    "x-openai-memgen-request",
    "x-openai-subagent",
  ],
  isSender: (headers) =>
    headers["x-codex-turn-metadata"] !== undefined || headers.originator?.startsWith("codex") === true,
  session,
  injected: {
    elements: [
      "environment_context",
      "user_instructions",
      "permissions instructions",
      "skills_instructions",
      "collaboration_mode",
      "multi_agent_role",
      "multi_agent_mode",
      "user_shell_command",
      "turn_aborted",
      "subagent_notification",
      "recommended_plugins",
      "app-context",
      "in-app-browser-context",
    ],
    blocks: [
      { starts: "# AGENTS.md instructions for " },
      { starts: "<INSTRUCTIONS>" },
      { starts: "Another language model started to solve this problem" },
      { starts: "<image name=" },
      { starts: "<image>" },
      { starts: "</image>" },
      { starts: "<skill>", within: "<name>" },
    ],
    preambles: [
      { starts: "# Context from my IDE setup:", marks: REQUEST_MARKS },
      { starts: "# Files mentioned by the user:", marks: REQUEST_MARKS },
      { starts: "## My request for Codex:", marks: REQUEST_MARKS },
      { starts: "## My request:", marks: REQUEST_MARKS },
    ],
  },
  refusals: {
    version: "0.169.0",
    source:
      "429 with Retry-After is waited for, without ends the turn; usage_limit_reached ends it with resets_at and the header " +
      "x-codex-promo-message; 5xx is tried 30 times; at a 400 the raw body is shown, at a stream that fails with " +
      "invalid_prompt its message (github.com/openai/codex, codex-api; seen)",
    longestWait: 10,
    final: {
      quota_exhausted: USED_UP,
      rate_limited: USED_UP,
      context_overflow: {},
    },
    finalElse: { as: "bad_request", streamed: true },
  },
  housekeeping: [
    {
      why: "title",
      tools: 0,
      system: [
        "You are a helpful assistant. You will be presented with a user prompt, and your job is to provide a short title",
      ],
    },
    { why: "compaction", prompt: ["You are performing a CONTEXT CHECKPOINT COMPACTION"] },
  ],
};

type Purpose = RequestFacts["hints"]["kind"];

/** `request_kind` of the turn metadata. */
const REQUEST_KINDS: Readonly<Record<string, Purpose>> = {
  turn: "turn",
  compaction: "compaction",
  compact: "compaction",
  prewarm: "prewarm",
  memory: "memory",
  title: "title",
};
/** `thread_source`; says more than `turn`. */
const THREAD_SOURCES: Readonly<Record<string, Purpose>> = {
  thread_title: "title",
  memory: "memory",
  memory_consolidation: "memory",
};
/** `x-openai-subagent` and `subagent_kind`, where they name housekeeping rather than an agent at work. */
const SUBAGENTS: Readonly<Record<string, Purpose>> = {
  compact: "compaction",
  memory_consolidation: "memory",
  guardian: "helper",
};

/** The turn metadata are a header, and in the body's `client_metadata` where a gateway dropped headers. */
function session({ body, headers }: ClientRequest): SessionFacts {
  const inBody: Record<string, Json> = isRecord(body.client_metadata) ? body.client_metadata : {};
  const turn = parsedRecord(headers["x-codex-turn-metadata"] ?? inBody["x-codex-turn-metadata"]);
  const subagent = stringOf(headers["x-openai-subagent"]) ?? stringOf(inBody["x-openai-subagent"]) ??
    stringOf(turn.subagent_kind);
  const kind = known(SUBAGENTS, subagent) ?? known(THREAD_SOURCES, turn.thread_source) ??
    known(REQUEST_KINDS, turn.request_kind);
  const isSubagent = subagent !== undefined || turn.thread_source === "subagent";
  return {
    session: stringOf(turn.session_id) ?? headers["session-id"] ?? headers.session_id ??
      stringOf(inBody.session_id) ?? stringOf(body.prompt_cache_key),
    hints: present({
      kind,
      subagent: isSubagent || undefined,
      agent: isSubagent ? stringOf(turn.thread_id) ?? headers["thread-id"] : undefined,
      threadSource: stringOf(turn.thread_source),
      parent: headers["x-codex-parent-thread-id"] ?? stringOf(turn.parent_thread_id),
    }),
  };
}

function known(table: Readonly<Record<string, Purpose>>, key: unknown): Purpose {
  return typeof key === "string" && Object.hasOwn(table, key) ? table[key] : undefined;
}
