/**
 * The time limits of one attempt. One timer at a time, set for the first moment at which something can be due and moved
 * only when it fires: most attempts set it once, and a chunk costs nothing.
 */
import type { Timeouts } from "../../config/config.ts";
import type { Clock } from "../../runtime/clock.ts";

/** The phase whose time ran out. */
export type Expired = "connect" | "first_token" | "idle" | "total";

const WORDS: Readonly<Record<Expired, string>> = {
  connect: "no connection",
  first_token: "no output",
  idle: "silent",
  total: "not finished",
};

/**
 * A timer that fires this late shows that the whole process was stopped, or the machine asleep: what came meanwhile has not
 * been read yet. Milliseconds.
 */
const STOOD_STILL = 1000;
/** The least time that a request still has after such a stop. Milliseconds. */
const AFTERWARDS = 5000;

/** `setTimeout` takes at most this many milliseconds. */
const LONGEST = 2_147_483_647;

export interface DeadlineOptions {
  readonly limits: Timeouts;
  /** Milliseconds that the whole request still has. */
  readonly totalLeft: number;
  readonly clock: Pick<Clock, "mono">;
  /** Called once, when a limit ran out. */
  readonly onExpire: () => void;
  /** Called when no headers came within the time for connecting, to find out whether there is a connection at all. */
  readonly onSlow: () => void;
}

export class Deadline {
  /** The phase that ran out; undefined: none did. */
  expired: Expired | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer fires. */
  #armed = 0;
  /** The last firing was late; the next one counts. */
  #stoodStill = false;
  #phase: "first_token" | "idle" = "first_token";
  #since: number;
  #started: number;
  #end: number;
  /** When the connection is tested, unless it answered before. */
  #look: number;
  #connection: "waiting" | "looked_at" | "answered" = "waiting";
  #limits: Timeouts;
  #clock: Pick<Clock, "mono">;
  #onExpire: () => void;
  #onSlow: () => void;

  constructor({ limits, totalLeft, clock, onExpire, onSlow }: DeadlineOptions) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onExpire = onExpire;
    this.#onSlow = onSlow;
    this.#since = clock.mono();
    this.#started = this.#since;
    this.#end = this.#since + totalLeft;
    this.#look = this.#since + limits.connect;
    this.#arm(this.#since);
  }

  /** The headers came. */
  answered(): void {
    this.#connection = "answered";
  }

  /** The first output came: from now on silence is what counts. */
  output(): void {
    this.#phase = "idle";
    this.#since = this.#clock.mono();
    if (this.#due() >= this.#armed) return;
    clearTimeout(this.#timer);
    this.#arm(this.#since);
  }

  /** Something came. */
  touch(): void {
    if (this.#phase === "idle") this.#since = this.#clock.mono();
  }

  /** There is no connection. That does not matter once the headers came. */
  unreachable(): void {
    if (this.#connection !== "answered" && this.#timer !== undefined) this.#expire("connect");
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Milliseconds since the last sign of the provider; since the beginning where the whole request took too long. */
  waited(): number {
    return this.#clock.mono() - (this.expired === "total" ? this.#started : this.#since);
  }

  /** The limit that ran out, in words: `silent for 120 s`; undefined: none did. */
  describe(): string | undefined {
    const phase = this.expired;
    if (phase === undefined) return undefined;
    const ms = phase === "connect"
      ? this.#limits.connect
      : phase === "first_token"
      ? this.#limits.firstToken
      : phase === "idle"
      ? this.#limits.idle
      : this.#limits.total;
    return `${WORDS[phase]} ${phase === "idle" ? "for" : "after"} ${
      ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`
    }`;
  }

  #due(): number {
    const limit = this.#phase === "idle" ? this.#limits.idle : this.#limits.firstToken;
    const due = Math.min(this.#since + limit, this.#end);
    return this.#connection === "waiting" ? Math.min(due, this.#look) : due;
  }

  #arm(now: number): void {
    this.#armed = this.#due();
    this.#timer = setTimeout(() => this.#fired(), Math.min(Math.max(this.#armed - now, 0), LONGEST));
  }

  #fired(): void {
    const now = this.#clock.mono();
    const lost = now - this.#armed;
    if (lost > STOOD_STILL && !this.#stoodStill) {
      this.#stoodStill = true;
      this.#since = now;
      this.#end = Math.max(this.#end + lost, now + AFTERWARDS);
      return this.#arm(now);
    }
    this.#stoodStill = false;
    const late = now + 1; // timers may fire a millisecond early
    const limit = this.#phase === "idle" ? this.#limits.idle : this.#limits.firstToken;
    if (late >= this.#end) return this.#expire("total");
    if (late >= this.#since + limit) return this.#expire(this.#phase);
    if (this.#connection === "waiting" && late >= this.#look) {
      this.#connection = "looked_at";
      this.#onSlow();
    }
    this.#arm(now);
  }

  #expire(phase: Expired): void {
    if (this.expired !== undefined) return;
    this.expired = phase;
    this.stop();
    this.#onExpire();
  }
}

/**
 * A whole answer's first byte comes when the last token is written, so that it gets five times as long as a stream's
 * first token (with the defaults: ten minutes, the total).
 */
export function limitsOf(timeouts: Timeouts, stream: boolean): Timeouts {
  return stream ? timeouts : { ...timeouts, firstToken: timeouts.firstToken * 5 };
}
