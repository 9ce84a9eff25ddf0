/** Who sends a request, in which session, and what for: read from headers and from the metadata that the clients send along. */
import { isRecord, stringOf } from "../json/shape.ts";
import type { Json } from "../model/json.ts";
import type { HeaderMap, RequestFacts } from "../model/request-facts.ts";
import { beginning } from "../text/format.ts";
import type { Agent, ClientRequest, SessionFacts } from "./agent.ts";
import { AGENTS } from "./agents.ts";
import { inPlanMode } from "./plan-mode.ts";

/** Characters of a session's id. It lives longer than the request. */
const LONGEST_SESSION = 200;

/** The parts of the facts that describe the client. */
export type ClientFacts = Pick<RequestFacts, "client" | "session" | "hints">;

/**
 * @param headers names in lower case.
 * @param system the request's system texts, where a client's headers do not name it.
 * @param messages the first user texts are where OpenClaw puts its session line.
 */
export function clientFacts(
  body: Json,
  headers: HeaderMap,
  system: readonly string[],
  messages: RequestFacts["messages"],
): ClientFacts {
  const agent = agentOf(headers, system);
  const request: ClientRequest = { body: isRecord(body) ? body : {}, headers, system, messages };
  const { session, hints } = (agent?.session ?? sessionOf)(request);
  return {
    client: agent?.name ?? "unknown",
    session: session === undefined ? undefined : beginning(session, LONGEST_SESSION),
    hints: inPlanMode(messages) ? { ...hints, mode: "plan" } : hints,
  };
}

/** `claude-code`, `codex`, … or "unknown". */
export function clientName(headers: HeaderMap, system: readonly string[]): string {
  return agentOf(headers, system)?.name ?? "unknown";
}

/** The agent by a sign of its own, else by what it calls itself, else by its user agent. */
function agentOf(headers: HeaderMap, system: readonly string[]): Agent | undefined {
  for (const agent of SIGNED) if (agent.isSender!(headers, system)) return agent;
  const title = headers["x-title"];
  const titled = title && startingWith(TITLES, title.toLowerCase().replaceAll(" ", ""));
  return titled || startingWith(USER_AGENTS, (headers["user-agent"] ?? "").toLowerCase());
}

type Starts = readonly (readonly [start: string, agent: Agent])[];

const SIGNED = AGENTS.filter(({ isSender }) => isSender !== undefined);
const TITLES: Starts = AGENTS.flatMap((agent) => agent.titles?.map((start) => [start, agent] as const) ?? []);
const USER_AGENTS: Starts = AGENTS.flatMap((agent) =>
  agent.userAgents?.map((start) => [start, agent] as const) ?? []
);

function startingWith(table: Starts, text: string): Agent | undefined {
  for (const [start, agent] of table) if (text.startsWith(start)) return agent;
  return undefined;
}

/** Where most clients put their session, and the parent of a subagent's. */
function sessionOf({ body, headers }: ClientRequest): SessionFacts {
  const parent = headers["x-parent-session-id"];
  const session = headers["x-session-id"] ?? headers["x-session-affinity"] ?? headers["session-id"] ??
    stringOf(body.prompt_cache_key);
  return { session, hints: parent === undefined ? {} : { subagent: true, parent } };
}
