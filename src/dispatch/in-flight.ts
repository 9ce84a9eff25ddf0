/** A request in flight, as a stop of the proxy sees it: it can be cut at any moment, and ends properly. */
import type { Target } from "../model/target.ts";

/** A streamed answer that has begun. */
interface Ending {
  /** Ends it with an error event. */
  cut(reason: string): void;
}

export class InFlightRequest {
  readonly id: string;
  /** Epoch milliseconds of its arrival. */
  readonly since: number;
  readonly route: string;
  /** The target that is being tried, or that answers. */
  target?: Target;
  /** Why it was cut; undefined: it was not. */
  reason: string | undefined;
  /** The client hung up, or the request was cut before its answer began. */
  stopped = false;
  #onStop: (() => void) | undefined;
  #controller: AbortController | undefined;
  #answer: Ending | undefined;

  /** `signal` aborts when the client hangs up. */
  constructor({ id, time, route, signal }: {
    readonly id: string;
    readonly time: number;
    readonly route: string;
    readonly signal: AbortSignal;
  }) {
    this.id = id;
    this.since = time;
    this.route = route;
    if (signal.aborted) this.stopped = true;
    else signal.addEventListener("abort", () => this.#stop(), { once: true });
  }

  /** Calls this when the request is {@link stopped}, at once if it is already. Only the latest such call counts. */
  whenStopped(call: (() => void) | undefined): void {
    this.#onStop = call;
    if (this.stopped) call?.();
  }

  /** Aborts when the request is {@link stopped}. Made on demand: few have to wait for what only a signal can end. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.stopped) this.#controller.abort();
    return this.#controller.signal;
  }

  /** A streamed answer has begun: from now on it is what a cut ends. */
  get streaming(): boolean {
    return this.#answer !== undefined;
  }

  began(answer: Ending): void {
    this.#answer = answer;
    if (this.reason !== undefined) answer.cut(this.reason);
  }

  /** Ends it; its client gets an error event or an error answer with this reason. */
  cut(reason: string): void {
    this.reason = reason;
    if (this.#answer !== undefined) this.#answer.cut(reason);
    else this.#stop();
  }

  #stop(): void {
    this.stopped = true;
    this.#controller?.abort();
    this.#onStop?.();
  }
}
