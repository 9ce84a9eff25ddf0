/** The time limits of one attempt. One timer at a time, moved only when it fires: a chunk costs nothing. */
import type { Timeouts } from "../config/config.ts";
import type { Clock } from "./exchange.ts";

/** The phase whose time ran out. */
export type Expired = "connect" | "first_token" | "idle" | "total";

const WORDS: Readonly<Record<Expired, string>> = {
  connect: "no connection",
  first_token: "no output",
  idle: "silent",
  total: "not finished",
};

export class Deadline {
  /** The phase that ran out; undefined: none did. */
  expired: Expired | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #phase: "first_token" | "idle" = "first_token";
  #since: number;
  #end: number;
  #limits: Timeouts;
  #clock: Clock;
  #onExpire: () => void;

  /** `totalLeft`: milliseconds that the whole request still has. `onExpire` is called once. */
  constructor(limits: Timeouts, totalLeft: number, clock: Clock, onExpire: () => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onExpire = onExpire;
    this.#since = clock.mono();
    this.#end = this.#since + totalLeft;
    this.#arm();
  }

  /** The first output came: from now on silence is what counts. */
  output(): void {
    this.#phase = "idle";
    this.#since = this.#clock.mono();
    clearTimeout(this.#timer);
    this.#arm();
  }

  /** Something came. */
  touch(): void {
    if (this.#phase === "idle") this.#since = this.#clock.mono();
  }

  /** The connection could not be made in time. */
  expire(phase: Expired): void {
    if (this.expired !== undefined) return;
    this.expired = phase;
    this.stop();
    this.#onExpire();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** In words: `silent for 120 s`. */
  describe(): string {
    const phase = this.expired ?? "total";
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

  #arm(): void {
    const limit = this.#phase === "idle" ? this.#limits.idle : this.#limits.firstToken;
    const due = Math.min(this.#since + limit, this.#end);
    // setTimeout takes at most 2^31 - 1 milliseconds.
    this.#timer = setTimeout(
      () => this.#fired(),
      Math.min(Math.max(due - this.#clock.mono(), 0), 2_147_483_647),
    );
  }

  #fired(): void {
    const now = this.#clock.mono();
    const limit = this.#phase === "idle" ? this.#limits.idle : this.#limits.firstToken;
    // Timers may fire a millisecond early.
    if (now + 1 >= this.#end) this.expire("total");
    else if (now + 1 >= this.#since + limit) this.expire(this.#phase);
    else this.#arm();
  }
}
