/** A request under way, as a stop sees it: it can be cut at any moment, and ends properly. */
import type { Target } from "../config/config.ts";
import type { Exchange } from "./exchange.ts";
import type { Relay } from "./relay.ts";
import type { InFlight } from "./state.ts";

export class Flight implements InFlight {
  readonly id: string;
  readonly since: number;
  readonly route: string;
  target?: Target;
  /** Why it was cut; undefined: it was not. */
  reason: string | undefined;
  #stop = new AbortController();
  #relay: Relay | undefined;

  constructor({ id, time, plan, signal }: Exchange) {
    this.id = id;
    this.since = time;
    this.route = plan.route;
    if (signal.aborted) this.#stop.abort();
    else signal.addEventListener("abort", () => this.#stop.abort(), { once: true });
  }

  /** Aborts when the client hangs up, or the flight is cut before its answer began. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** A streamed answer has begun: from now on it is what a cut ends. */
  get streaming(): boolean {
    return this.#relay !== undefined;
  }

  began(relay: Relay): void {
    this.#relay = relay;
    if (this.reason !== undefined) relay.cut(this.reason);
  }

  cut(reason: string): void {
    this.reason = reason;
    if (this.#relay !== undefined) this.#relay.cut(reason);
    else this.#stop.abort();
  }
}
