/**
 * What is remembered of a session from one of its requests to the next: numbers and names, no texts. Types, and the name
 * under which a session is remembered.
 */
import type { RequestFacts } from "./request-facts.ts";
import type { Target } from "./target.ts";

/** The beginning of a conversation that a target has read. */
export interface Prefix {
  readonly target: Target;
  /** The id of the credential that it was read with: caches belong to accounts. Undefined: it is not known. */
  readonly key?: string;
  /** Tokens from the beginning on. */
  readonly tokens: number;
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
  /** Its requests so far. */
  readonly requests: number;
  /** Those of them that serve the latest prompt. */
  readonly turnRequests: number;
  /** One target served all of them. */
  readonly oneTarget: boolean;
}

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
