/** When a worker that has ended is started again. */

/** Milliseconds after which a worker counts as one that works. */
const WORKS_MS = 10_000;
/** Milliseconds before the first restart, and at most before a later one. */
const FIRST_MS = 100;
const LONGEST_MS = 30_000;
/** Ends before a worker was ever up, after which the program gives up. */
export const MOST_AT_START = 3;

/** How often one worker ended early, one time after the other. */
export class Restarts {
  #early = 0;

  /**
   * It has ended.
   * @param livedMs how long it ran. Milliseconds
   * @returns milliseconds to wait before it is started again: twice as many after each early end
   */
  ended(livedMs: number): number {
    this.#early = livedMs < WORKS_MS ? this.#early + 1 : 0;
    return this.#early === 0 ? FIRST_MS : Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#early - 1));
  }

  /** Whether it has ended early so often that it will not start. */
  get isHopeless(): boolean {
    return this.#early >= MOST_AT_START;
  }
}
