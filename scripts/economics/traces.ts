/**
 * Token traces of sessions: JSON, one session a line, numbers only. A turn has the gap before it in seconds, the kind of its
 * work and its requests; a request has its input as it was billed, its output, the gap before it, and `reset` where the
 * conversation was compacted.
 */
import type { Kind } from "../../src/classifier/classification.ts";

/** One request of a session. Tokens. */
export interface TracedRequest {
  /** The turn that it belongs to, counted from 0. */
  readonly turn: number;
  readonly opensTurn: boolean;
  readonly kind: Kind;
  /** Milliseconds since the session's beginning. */
  readonly at: number;
  /** All its input, cached or not. */
  readonly context: number;
  /** Its input as it was billed. */
  readonly billed: { readonly fresh: number; readonly cacheRead: number; readonly cacheWrite: number };
  readonly output: number;
  /** How often the conversation was compacted up to here. */
  readonly compactions: number;
}

export interface TracedSession {
  readonly id: string;
  readonly agent: string;
  /** The part that every request of the session begins with. */
  readonly system: number;
  readonly requests: readonly TracedRequest[];
}

const KINDS: readonly Kind[] = ["think", "plan_implementation", "build", "background", "default"];

/** What a file of traces holds. */
export interface Traces {
  readonly sessions: readonly TracedSession[];
  /** Lines that hold no session, by their number. */
  readonly unread: readonly number[];
}

/** Reads a file of traces. Numbers that are missing or make no sense are 0, a kind that nobody knows is `default`. */
export function readTraces(text: string): Traces {
  const sessions: TracedSession[] = [];
  const unread: number[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const session = sessionIn(line, `line ${index + 1}`);
    if (session === undefined) unread.push(index + 1);
    else sessions.push(session);
  }
  return { sessions, unread };
}

type Fields = Readonly<Record<string, unknown>>;

function sessionIn(line: string, name: string): TracedSession | undefined {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof read !== "object" || read === null || Array.isArray(read)) return undefined;
  const { id, agent, systemTokens, turns } = read as Fields;
  const requests: TracedRequest[] = [];
  let at = 0;
  let compactions = 0;
  for (const [turn, { gapSeconds, kind, requests: own }] of fieldsOf(turns).entries()) {
    for (const [i, request] of fieldsOf(own).entries()) {
      at += 1000 * amount(request.gapSeconds ?? (i === 0 ? gapSeconds : 0));
      if (request.reset === true) compactions++;
      const billed = {
        fresh: amount(request.fresh),
        cacheRead: amount(request.cacheRead),
        cacheWrite: amount(request.cacheWrite),
      };
      requests.push({
        turn,
        opensTurn: i === 0,
        kind: KINDS.find((one) => one === kind) ?? "default",
        at,
        context: billed.fresh + billed.cacheRead + billed.cacheWrite,
        billed,
        output: amount(request.output),
        compactions,
      });
    }
  }
  return {
    id: typeof id === "string" ? id : name,
    agent: typeof agent === "string" ? agent : "unknown",
    system: amount(systemTokens),
    requests,
  };
}

function fieldsOf(list: unknown): readonly Fields[] {
  if (!Array.isArray(list)) return [];
  return list.filter((one) => typeof one === "object" && one !== null && !Array.isArray(one));
}

const amount = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
