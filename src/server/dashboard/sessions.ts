/** Who is signed in to the dashboard: random ids in memory, gone with the program. The key itself is in no cookie. */
import { createHash, randomBytes } from "node:crypto";

/** Milliseconds that a session lasts. */
export const SESSION_MS = 12 * 3_600_000;
/** Sessions at once; the oldest give way. */
const MOST_SESSIONS = 100;
/** Wrong keys that may be tried in a minute, by everybody together. */
const MOST_TRIES = 5;
const MINUTE = 60_000;

interface Session {
  /** The label of the key that opened it. */
  readonly key: string;
  readonly until: number;
}

/** The clock is an argument everywhere: epoch milliseconds. */
export class Sessions {
  /** By the digest of the id: looking one up tells nothing about the others. */
  readonly #sessions = new Map<string, Session>();
  #wrong: number[] = [];

  /** Opens a session for a key's label. Returns its id, for the cookie. */
  open(key: string, now: number): string {
    for (const [digest, { until }] of this.#sessions) if (until <= now) this.#sessions.delete(digest);
    for (const digest of this.#sessions.keys()) {
      if (this.#sessions.size < MOST_SESSIONS) break;
      this.#sessions.delete(digest);
    }
    const id = randomBytes(32).toString("base64url");
    this.#sessions.set(digestOf(id), { key, until: now + SESSION_MS });
    return id;
  }

  /** The label of the key that opened a session; undefined: there is no such session (any more). */
  keyOf(id: string | undefined, now: number): string | undefined {
    if (id === undefined) return undefined;
    const session = this.#sessions.get(digestOf(id));
    return session !== undefined && session.until > now ? session.key : undefined;
  }

  end(id: string | undefined): void {
    if (id !== undefined) this.#sessions.delete(digestOf(id));
  }

  /** Notes a wrong key. */
  wrong(now: number): void {
    this.#wrong.push(now);
  }

  /** Seconds until another key may be tried; 0: now. */
  wait(now: number): number {
    this.#wrong = this.#wrong.filter((at) => at > now - MINUTE);
    if (this.#wrong.length < MOST_TRIES) return 0;
    return Math.max(1, Math.ceil((this.#wrong[0]! + MINUTE - now) / 1000));
  }
}

function digestOf(id: string): string {
  return createHash("sha256").update(id).digest("base64url");
}
