/**
 * Live events for open dashboards, as server-sent events
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html): `requests` as they end, `state` when it changed.
 * While no dashboard is open, a request costs one increment.
 */
import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";
import type { RequestEnd } from "../../model/request-end.ts";
import { logged, type LoggedRequest } from "../../ledger/row.ts";

/** Dashboards that may listen at once; others poll. */
export const MOST_LISTENERS = 16;
/** Messages that a listener may leave unread before it is disconnected. */
const MOST_UNREAD = 64;
/** Requests in one message; when more end, it says how many it skips. */
const MOST_ROWS = 50;
const LOOK_MS = 1000;
const HEARTBEAT_MS = 15_000;
/** Milliseconds for which another worker's page gets what ends here; it asks once a second. */
const FEED_MS = 5000;

export interface LiveOptions {
  /** The state as JSON. */
  readonly state: () => string;
  /** Milliseconds for which requests are collected into one message. @default 250 */
  readonly gatherMs?: number;
  /** Receives what is sent to the pages here, for the pages of other workers, while {@link Live.feed} asks for it. */
  readonly others?: ((batch: Batch) => void) | undefined;
}

/** Requests that have ended, for the page; `skipped`: how many more have. */
export interface Batch {
  readonly rows: readonly LoggedRequest[];
  readonly skipped: number;
}

interface Listener {
  readonly send: (bytes: Uint8Array) => boolean;
  readonly close: () => void;
  readonly still: () => boolean;
}

export class Live {
  /** Requests that have ended so far. */
  ended = 0;
  readonly #state: () => string;
  readonly #gatherMs: number;
  readonly #listeners = new Set<Listener>();
  readonly #encoder = new TextEncoder();
  #rows: LoggedRequest[] = [];
  #skipped = 0;
  #gather: NodeJS.Timeout | undefined;
  #look: NodeJS.Timeout | undefined;
  #lastState = "";
  #lastBeat = 0;
  readonly #others: ((batch: Batch) => void) | undefined;
  #feedUntil = 0;

  constructor({ state, gatherMs = 250, others }: LiveOptions) {
    this.#state = state;
    this.#gatherMs = gatherMs;
    this.#others = others;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Takes a request that is over. */
  add(end: RequestEnd): void {
    this.ended++;
    if (this.#listeners.size === 0 && !this.#feeds()) return;
    this.#rows.push(logged(end));
    if (this.#rows.length > MOST_ROWS) {
      this.#rows.shift();
      this.#skipped++;
    }
    this.#gather ??= setTimeout(() => this.#flush(), this.#gatherMs);
  }

  /** A page of another worker is open: it gets what ends here too, for some seconds. */
  feed(): void {
    this.#feedUntil = performance.now() + FEED_MS;
  }

  /** Takes requests that have ended in another worker. */
  take(batch: Batch): void {
    this.ended += batch.rows.length + batch.skipped;
    this.#send(this.#event("requests", JSON.stringify(batch)));
  }

  /**
   * A stream of the events from now on; undefined: too many are listening. `still`: whether the listener may still
   * receive them; called once a second.
   */
  listen(still: () => boolean): ReadableStream<Uint8Array> | undefined {
    if (this.#listeners.size >= MOST_LISTENERS) return undefined;
    let listener: Listener;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        listener = {
          still,
          send: (bytes) => {
            if ((controller.desiredSize ?? 0) < -MOST_UNREAD) return false;
            controller.enqueue(bytes);
            return true;
          },
          close: () => controller.close(),
        };
        this.#listeners.add(listener);
        this.#lastState = this.#state();
        listener.send(this.#event("state", this.#lastState));
        if (this.#look === undefined) {
          this.#lastBeat = performance.now();
          this.#look = setInterval(() => this.#looked(), LOOK_MS).unref();
        }
      },
      cancel: () => this.#forget(listener),
    });
  }

  /** Ends every stream. */
  close(): void {
    for (const listener of [...this.#listeners]) this.#drop(listener);
  }

  #flush(): void {
    this.#gather = undefined;
    const rows = this.#rows;
    const skipped = this.#skipped;
    this.#rows = [];
    this.#skipped = 0;
    this.#send(this.#event("requests", JSON.stringify({ rows, skipped })));
    if (this.#feeds()) this.#others?.({ rows, skipped });
  }

  #feeds(): boolean {
    return this.#feedUntil > 0 && performance.now() < this.#feedUntil;
  }

  #looked(): void {
    for (const listener of [...this.#listeners]) if (!listener.still()) this.#drop(listener);
    if (this.#listeners.size === 0) return;
    const state = this.#state();
    if (state !== this.#lastState) this.#send(this.#event("state", this.#lastState = state));
    const now = performance.now();
    if (now - this.#lastBeat < HEARTBEAT_MS) return;
    this.#lastBeat = now;
    this.#send(this.#encoder.encode(": still here\n\n"));
  }

  #event(name: string, data: string): Uint8Array {
    return this.#encoder.encode(`event: ${name}\ndata: ${data}\n\n`);
  }

  #send(bytes: Uint8Array): void {
    for (const listener of [...this.#listeners]) if (!listener.send(bytes)) this.#drop(listener);
  }

  #drop(listener: Listener): void {
    this.#forget(listener);
    try {
      listener.close();
    } catch { /* closed already */ }
  }

  #forget(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    clearInterval(this.#look);
    this.#look = undefined;
    if (this.#feeds()) return;
    clearTimeout(this.#gather);
    this.#gather = undefined;
    this.#rows = [];
    this.#skipped = 0;
  }
}
