/** A request under way, as a stop sees it: it can be cut at any moment, and ends properly. */
import type { Target } from "../model/target.ts";
import type { Exchange } from "./exchange.ts";
import type { Relay } from "./relay/relay.ts";
import type { InFlight } from "./state.ts";

export class InFlightRequest implements InFlight {
  readonly id: string;
  readonly since: number;
  readonly route: string;
  target?: Target;
  /** Why it was cut; undefined: it was not. */
  reason: string | undefined;
  /** The client hung up, or the flight was cut before its answer began. */
  stopped = false;
  #onStop: (() => void) | undefined;
  #controller: AbortController | undefined;
  #relay: Relay | undefined;

  constructor({ id, time, plan, signal }: Exchange) {
    this.id = id;
    this.since = time;
    this.route = plan.route;
    if (signal.aborted) this.stopped = true;
    else signal.addEventListener("abort", () => this.#stop(), { once: true });
  }

  /** Calls this when the flight is {@link stopped}, at once where it is already. There is one such call: the latest. */
  whenStopped(call: (() => void) | undefined): void {
    this.#onStop = call;
    if (this.stopped) call?.();
  }

  /** Aborts when the flight is {@link stopped}. Made for who asks: few have to wait for what only a signal can end. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.stopped) this.#controller.abort();
    return this.#controller.signal;
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
    else this.#stop();
  }

  #stop(): void {
    this.stopped = true;
    this.#controller?.abort();
    this.#onStop?.();
  }
}
