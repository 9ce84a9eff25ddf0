/**
 * What is remembered of a session from one of its requests to the next (numbers and names, no texts), and what caches have
 * of it. Pure.
 */
import type { CacheRules } from "./price.ts";
import type { RequestFacts } from "./request-facts.ts";
import type { Target } from "./target.ts";

/** The beginning of a conversation that a target has read. */
export interface Prefix {
  readonly target: Target;
  /** The id of the credential that it was read with: caches belong to accounts. Undefined: it is not known. */
  readonly key?: string;
  /** Tokens from the beginning on. */
  readonly tokens: number;
  /** Those of them that it read from a cache or wrote into one by the request's marks. @default all */
  readonly marked?: number;
  /** Epoch milliseconds of its last use. */
  readonly time: number;
  /** It was written for an hour, where the target's cache knows such writes. */
  readonly forAnHour?: boolean;
}

/** One conversation: a client's session, or what one of its subagents does in it. */
export interface Session {
  /** What each target that served it has read, the one that served last first; never empty, a few at most. */
  readonly prefixes: readonly [Prefix, ...Prefix[]];
  /** Tokens of its last request, cached ones included. */
  readonly context: number;
  /** {@link context} as a multiple of what was estimated before the request was sent. */
  readonly perEstimate: number;
  /** Epoch milliseconds at which the last request was read by its target. */
  readonly time: number;
  /** The kind of work of its last request, and the route that it took. */
  readonly kind: string;
  readonly route: string;
  /** Epoch milliseconds of its first request that a target read. */
  readonly started: number;
  /** Its requests so far. */
  readonly requests: number;
  /** Those of them that serve the latest prompt. */
  readonly turnRequests: number;
  /** One target served all of them. */
  readonly oneTarget: boolean;
}

/** The kind, and the route, of a request that only keeps a session's cache warm. */
export const KEEP_WARM = "keep_warm";

/** What else the name of a session is made of. */
export interface Asker {
  /** A label for the client's key: sessions of two users never meet. */
  readonly clientKey?: string | undefined;
  /** What the client's own use of the request is: `title`, `compaction`; undefined: it serves the user. */
  readonly housekeeping?: string | undefined;
}

/**
 * The name under which a request's session is remembered; undefined: the client names none. Requests that do not continue
 * the same conversation have names of their own: those of a subagent, and what a client asks for itself without any tools.
 *
 * @example
 * sessionName({ client: "codex", session: "s1", hints: {}, toolCount: 9 }, {}) // "/codex/s1"
 */
export function sessionName(
  { client, session, hints, toolCount }: Pick<RequestFacts, "client" | "session" | "hints" | "toolCount">,
  { clientKey = "", housekeeping }: Asker,
): string | undefined {
  if (session === undefined) return undefined;
  const { subagent, agent, agentType, parent } = hints;
  const name = `${clientKey}/${client}/${session}`;
  if (housekeeping !== undefined && toolCount === 0) return `${name}/for ${housekeeping}`;
  return subagent ? `${name}/by ${agent ?? agentType ?? parent ?? ""}` : name;
}

/** What is remembered of a target in a session; undefined: it never served it, or is forgotten. */
export function prefixAt(session: Session, { provider, model }: Target): Prefix | undefined {
  return session.prefixes.find(({ target }) => target.provider === provider && target.model === model);
}

/** A request that comes next in a session. */
export interface NextRequest {
  /** Epoch milliseconds. */
  readonly time: number;
  /** Tokens of all its input. */
  readonly context: number;
  /** Tokens of the part that every request of the session begins with: the system prompt and the tools. @default 0 */
  readonly system?: number;
}

/** A conversation that has shrunk below this part of what it was has been compacted: it begins differently now. */
const COMPACTED = 0.98;
/** Milliseconds that a write for an hour lives. */
const HOUR = 3_600_000;

/** Whether a request continues a conversation that was compacted since the session's last request. */
export function isCompacted(session: Session, { context }: NextRequest): boolean {
  return context < COMPACTED * session.context;
}

/**
 * How much of a request a cache would have, had its model served all of the session: the whole earlier conversation within
 * the cache's life, the system part after a compaction. Tokens.
 *
 * @param session undefined: it is the session's first request
 * @param cache undefined: nothing is kept
 */
export function shadowTokens(
  session: Session | undefined,
  cache: CacheRules | undefined,
  next: NextRequest,
): number {
  if (session === undefined || cache === undefined) return 0;
  const forAnHour = cache.kind === "marked" && session.prefixes.some((one) => one.forAnHour);
  if (next.time - session.time > lifeOf(cache, forAnHour)) return 0;
  const shared = isCompacted(session, next) ? next.system ?? 0 : session.context;
  return kept(Math.min(shared, next.context, session.context), cache);
}

/** How much of a request a target has in its cache, as far as the session knows. Tokens. */
export function warmTokens(
  session: Session,
  target: Target,
  cache: CacheRules | undefined,
  next: NextRequest,
): number {
  const prefix = cache === undefined ? undefined : prefixAt(session, target);
  if (cache === undefined || prefix === undefined || isCompacted(session, next)) return 0;
  if (next.time - prefix.time > lifeOf(cache, prefix.forAnHour === true)) return 0;
  const there = cache.kind === "marked" ? prefix.marked ?? prefix.tokens : prefix.tokens;
  return kept(Math.min(there, next.context), cache);
}

function lifeOf(cache: CacheRules, forAnHour: boolean): number {
  return cache.kind === "marked" && forAnHour ? Math.max(cache.lifeMs, HOUR) : cache.lifeMs;
}

function kept(tokens: number, { leastTokens }: CacheRules): number {
  return tokens < leastTokens ? 0 : tokens;
}
