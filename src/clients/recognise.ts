/**
 * Who is asking, in which session, and what for: read from headers and from the metadata that the clients send along.
 * The tables are data; a new client is a new line.
 */
import type { HeaderMap, RequestFacts } from "../model/request-facts.ts";
import type { Json } from "../model/json.ts";
import { isRecord, stringOf } from "../json/shape.ts";

/** The parts of the facts that tell of the client. */
export type ClientFacts = Pick<RequestFacts, "client" | "session" | "hints">;

/** Client names by what their user agent starts with, lower case. */
const USER_AGENTS: readonly (readonly [start: string, client: string])[] = [
  ["claude-cli/", "claude-code"],
  ["claude-code/", "claude-code"],
  ["codex", "codex"],
  ["openclaw", "openclaw"],
  ["opencode", "opencode"],
  ["geminicli", "gemini-cli"],
  ["qwencode", "qwen-code"],
  ["cline", "cline"],
  ["roocode", "roo-code"],
  ["kilo-code", "kilo-code"],
  ["githubcopilot", "copilot"],
  ["zed/", "zed"],
  ["cursor", "cursor"],
  ["crush", "crush"],
  ["goose", "goose"],
  ["litellm", "litellm"],
  ["open-webui", "open-webui"],
  ["ai-sdk", "ai-sdk"],
  ["ai/", "ai-sdk"],
  ["anthropic/", "anthropic-sdk"],
  ["asyncanthropic/", "anthropic-sdk"],
  ["openai/", "openai-sdk"],
  ["asyncopenai/", "openai-sdk"],
  ["curl/", "curl"],
  ["wget/", "wget"],
  ["httpie/", "httpie"],
  ["postmanruntime/", "postman"],
  ["python-requests/", "python"],
  ["python-httpx/", "python"],
];

/** Names that applications give themselves in `X-Title`, lower case, without spaces. */
const TITLES: readonly (readonly [start: string, client: string])[] = [
  ["cline", "cline"],
  ["roocode", "roo-code"],
  ["kilocode", "kilo-code"],
  ["opencode", "opencode"],
  ["openclaw", "openclaw"],
  ["aider", "aider"],
];

/** OpenClaw calls through the official SDKs and shows itself in its system prompt only. */
const OPENCLAW_SYSTEM = ["<!-- openclaw:", "You are a personal assistant running inside OpenClaw"];

type Hint = RequestFacts["hints"]["kind"];

/** Codex: `request_kind` of its turn metadata. */
const CODEX_REQUEST_KINDS: Readonly<Record<string, Hint>> = {
  turn: "turn",
  compaction: "compaction",
  compact: "compaction",
  prewarm: "prewarm",
  memory: "memory",
  title: "title",
};
/** Codex: `thread_source`; says more than `turn`. */
const CODEX_THREAD_SOURCES: Readonly<Record<string, Hint>> = {
  thread_title: "title",
  memory: "memory",
  memory_consolidation: "memory",
};
/** Codex: `x-openai-subagent` and `subagent_kind`, where they name housekeeping rather than an agent at work. */
const CODEX_SUBAGENTS: Readonly<Record<string, Hint>> = {
  compact: "compaction",
  memory_consolidation: "memory",
  guardian: "helper",
};

/**
 * @param headers names in lower case.
 * @param system the request's system texts, where a client's headers do not name it.
 * @param messages first user texts are where OpenClaw puts its session line; see {@link openClaw}.
 */
export function clientFacts(
  body: Json,
  headers: HeaderMap,
  system: readonly string[],
  messages: RequestFacts["messages"],
): ClientFacts {
  const client = clientName(headers, system);
  if (client === "claude-code") return claudeCode(body, headers, system);
  if (client === "codex") return codex(body, headers);
  if (client === "openclaw") return openClaw(system, messages);
  const parent = headers["x-parent-session-id"];
  const session = headers["x-session-id"] ?? headers["x-session-affinity"] ?? headers["session-id"] ??
    (isRecord(body) ? stringOf(body.prompt_cache_key) : undefined);
  return { client, session, hints: parent === undefined ? {} : { subagent: true } };
}

/** `claude-code`, `codex`, … or "unknown". */
export function clientName(headers: HeaderMap, system: readonly string[]): string {
  if (headers["x-claude-code-session-id"] !== undefined) return "claude-code";
  if (headers["x-codex-turn-metadata"] !== undefined || headers.originator?.startsWith("codex")) {
    return "codex";
  }
  for (const text of system.slice(0, 2)) {
    if (OPENCLAW_SYSTEM.some((start) => text.startsWith(start))) return "openclaw";
  }
  const title = headers["x-title"];
  const titled = title && lookUp(TITLES, title.toLowerCase().replaceAll(" ", ""));
  return titled || lookUp(USER_AGENTS, (headers["user-agent"] ?? "").toLowerCase()) || "unknown";
}

function lookUp(table: readonly (readonly [string, string])[], text: string): string | undefined {
  for (const [start, client] of table) if (text.startsWith(start)) return client;
  return undefined;
}

/** Session from a header, or from `metadata.user_id`: JSON today, `user_…_session_<id>` before. */
function claudeCode(body: Json, headers: HeaderMap, system: readonly string[]): ClientFacts {
  // The first system block is a pseudo-header: `x-anthropic-billing-header: …; cc_is_subagent=true;`.
  const subagent = headers["x-claude-code-agent-id"] !== undefined ||
    (system[0]?.startsWith("x-anthropic-billing-header") &&
      system[0].slice(0, 500).includes("cc_is_subagent=true"));
  const hints = subagent ? { subagent: true } : {};
  const session = headers["x-claude-code-session-id"];
  if (session !== undefined) return { client: "claude-code", session, hints };
  const user = isRecord(body) && isRecord(body.metadata) ? stringOf(body.metadata.user_id) : undefined;
  const old = user?.split("_session_")[1];
  return { client: "claude-code", session: old ?? stringOf(parsed(user).session_id), hints };
}

/** The turn metadata come as a header, and in the body's `client_metadata` where a gateway dropped headers. */
function codex(body: Json, headers: HeaderMap): ClientFacts {
  const inBody: Record<string, Json> = isRecord(body) && isRecord(body.client_metadata)
    ? body.client_metadata
    : {};
  const turn = parsed(headers["x-codex-turn-metadata"] ?? inBody["x-codex-turn-metadata"]);
  const subagent = stringOf(headers["x-openai-subagent"]) ?? stringOf(inBody["x-openai-subagent"]) ??
    stringOf(turn.subagent_kind);
  const kind = known(CODEX_SUBAGENTS, subagent) ?? known(CODEX_THREAD_SOURCES, turn.thread_source) ??
    known(CODEX_REQUEST_KINDS, turn.request_kind);
  const session = stringOf(turn.session_id) ?? headers["session-id"] ?? headers.session_id ??
    stringOf(inBody.session_id) ?? (isRecord(body) ? stringOf(body.prompt_cache_key) : undefined);
  const isSubagent = subagent !== undefined || turn.thread_source === "subagent";
  return {
    client: "codex",
    session,
    hints: { ...(kind && { kind }), ...(isSubagent && { subagent: true }) },
  };
}

/** `Runtime: agent=main | session=agent:main:main | sessionId=…` ends the system prompt or the first user message. */
function openClaw(system: readonly string[], messages: RequestFacts["messages"]): ClientFacts {
  const first = messages.find((message) => message.role === "user")?.texts[0];
  for (const text of [first, system.at(-1)]) {
    const tail = text?.slice(-2000) ?? "";
    const at = tail.lastIndexOf("Runtime: agent=");
    if (at < 0) continue;
    const fields = tail.slice(at).split(/ \| |\n/);
    const field = (name: string) => fields.find((part) => part.startsWith(name))?.slice(name.length);
    const key = field("session=");
    const hints = key?.includes(":subagent:") ? { subagent: true } : {};
    return { client: "openclaw", session: field("sessionId=") ?? key, hints };
  }
  return { client: "openclaw", hints: {} };
}

function known(table: Readonly<Record<string, Hint>>, key: unknown): Hint {
  return typeof key === "string" && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** A JSON object in a string; empty where it is none. */
function parsed(json: unknown): Record<string, Json> {
  if (typeof json !== "string" || !json.startsWith("{") || json.length > 65_536) return {};
  try {
    const value: Json = JSON.parse(json);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
