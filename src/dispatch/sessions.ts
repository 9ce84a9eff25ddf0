/** Remembers sessions from one request to the next, as many as were used last. Without a store nothing outlives the process. */
import type { RequestEnd } from "../model/request-end.ts";
import { isCompacted, KEEP_WARM, type Prefix, prefixAt, type Session } from "../model/session.ts";
import { remember } from "../runtime/remember.ts";

/** Sessions that are remembered: some hundred bytes each. */
const MOST_SESSIONS = 4000;
/** Targets that are remembered of a session. */
const MOST_PREFIXES = 6;

export class Sessions {
  readonly #known = new Map<string, Session>();
  readonly #most: number;
  readonly #onChange: (name: string, session: Session) => void;

  /**
   * @param most sessions that are remembered
   * @param onChange called when a request has changed a session
   */
  constructor(most = MOST_SESSIONS, onChange: (name: string, session: Session) => void = () => {}) {
    this.#most = most;
    this.#onChange = onChange;
  }

  /** How many are known. */
  get size(): number {
    return this.#known.size;
  }

  /** The session of a name (`sessionName`); undefined: it is not known. */
  of(name: string | undefined): Session | undefined {
    return name === undefined ? undefined : this.#known.get(name);
  }

  /** Takes a request that is over. One that no target read, or whose tokens nobody knows, changes nothing. */
  add(end: RequestEnd): void {
    const { conversation: name } = end;
    if (name === undefined) return;
    const next = sessionAfter(this.#known.get(name), end);
    if (next === undefined) return;
    remember(this.#known, name, next, this.#most);
    this.#onChange(name, next);
  }

  /** Takes a session as another replica saw it, unless it is newer here. Returns whether it was taken. */
  take(name: string, session: Session): boolean {
    const known = this.#known.get(name);
    if (known !== undefined && known.time >= session.time) return false;
    remember(this.#known, name, session, this.#most);
    return true;
  }
}

/** A session whose cache was read and written again; nothing else of it changes. */
function keptWarm(
  before: Session | undefined,
  prefix: Prefix | undefined,
  time: number,
): Session | undefined {
  if (before === undefined || prefix === undefined) return undefined;
  const [first, ...rest] = before.prefixes.map((one) => one === prefix ? { ...one, time } : one);
  return { ...before, prefixes: [first!, ...rest] };
}

/** A session after a request; undefined: the request says nothing of it. Pure. */
export function sessionAfter(before: Session | undefined, end: RequestEnd): Session | undefined {
  const { provider, model, usage, operation } = end;
  if (operation !== "generate" || provider === undefined || model === undefined || usage === undefined) {
    return undefined;
  }
  const context = usage.input + usage.cacheRead + usage.cacheWrite;
  if (context === 0) return undefined;
  const target = { provider, model };
  const earlier = before === undefined ? undefined : prefixAt(before, target);
  if (end.kind === KEEP_WARM) return keptWarm(before, earlier, end.time);
  const time = end.time + (end.firstTokenMs ?? 0);
  const prefix: Prefix = {
    target,
    ...(end.key === undefined ? {} : { key: end.key }),
    tokens: context,
    marked: usage.cacheRead + usage.cacheWrite,
    time,
    ...((usage.cacheWrite1h ?? 0) > 0 || earlier?.forAnHour === true ? { forAnHour: true } : {}),
  };
  // What other targets have read is not what the conversation begins with after a compaction.
  const isContinued = before !== undefined && !isCompacted(before, { time, context });
  const others = !isContinued
    ? []
    : before.prefixes.filter((one) => one !== earlier).slice(0, MOST_PREFIXES - 1);
  return {
    prefixes: [prefix, ...others],
    context,
    perEstimate: end.approxTokens === undefined ? 1 : context / Math.max(1, end.approxTokens),
    time,
    kind: end.kind,
    route: end.route,
    started: before?.started ?? end.time,
    requests: (before?.requests ?? 0) + 1,
    turnRequests: end.continuesTurn === true ? (before?.turnRequests ?? 0) + 1 : 1,
    oneTarget: before === undefined || (before.oneTarget && earlier !== undefined),
  };
}
