/** A bound on requests in flight, with a bounded queue: first come, first served. */

/** Thrown by {@link Gate.enter} when the queue is full as well. */
export class GateFull extends Error {
  override name = "GateFull";
}

interface Waiting {
  readonly enter: () => void;
  readonly leave: (reason: unknown) => void;
}

export class Gate {
  #inside = 0;
  #waiting = new Set<Waiting>();

  /** `places`: how many may be inside at once; `queue`: how many may wait. Both can change while in use. */
  constructor(public places: number, public queue: number) {}

  get inside(): number {
    return this.#inside;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Takes a place at once (true), or returns a promise of one. Who got in must {@link leave}.
   * @throws GateFull when nobody more may wait; the signal's reason when it aborts first.
   */
  enter(signal: AbortSignal): true | Promise<void> {
    if (this.#inside < this.places) {
      this.#inside++;
      return true;
    }
    if (this.#waiting.size >= this.queue) {
      throw new GateFull(`${this.#inside} in flight, ${this.#waiting.size} waiting`);
    }
    signal.throwIfAborted();
    return new Promise<void>((resolve, reject) => {
      const aborted = () => waiting.leave(signal.reason);
      const waiting: Waiting = {
        enter: () => {
          signal.removeEventListener("abort", aborted);
          resolve();
        },
        leave: (reason) => {
          this.#waiting.delete(waiting);
          reject(reason);
        },
      };
      this.#waiting.add(waiting);
      signal.addEventListener("abort", aborted, { once: true });
    });
  }

  leave(): void {
    if (this.#inside <= this.places) {
      for (const next of this.#waiting) {
        this.#waiting.delete(next);
        next.enter(); // the place changes hands: `inside` stays
        return;
      }
    }
    this.#inside--;
  }
}
