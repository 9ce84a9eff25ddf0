/** Passes on what the workers of one program say to each other, and keeps what those counted that have ended. */
import type { Family } from "../../../server/metrics/families.ts";
import { residentMemory } from "../../../server/metrics/gauges.ts";
import { METRICS, remains, together } from "../../../server/metrics/merge.ts";
import type { SiblingMessage } from "../../../server/siblings.ts";

/** A worker as the switchboard reaches it. */
export interface Extension {
  send(message: SiblingMessage): void;
}

/** Milliseconds in which a worker answers; who asked gets what came until then. */
const PATIENCE_MS = 1000;

interface Question {
  readonly waiting: Set<Extension>;
  readonly values: unknown[];
  readonly what: string;
  readonly done: () => void;
}

export class Switchboard {
  readonly #patienceMs: number;
  readonly #connected = new Set<Extension>();
  readonly #questions = new Map<number, Question>();
  /** The metrics that each worker said last. */
  readonly #metrics = new WeakMap<Extension, readonly Family[]>();
  /** What workers that have ended counted. */
  #past: readonly Family[] = [];
  #last = 0;

  constructor(patienceMs = PATIENCE_MS) {
    this.#patienceMs = patienceMs;
  }

  /** A worker is up. */
  connect(worker: Extension): void {
    this.#connected.add(worker);
  }

  /** A worker has ended: what it counted, as far as it was asked, stays. */
  disconnect(worker: Extension): void {
    this.#connected.delete(worker);
    const counted = this.#metrics.get(worker);
    if (counted !== undefined) this.#past = together([this.#past, remains(counted)]);
    for (const question of this.#questions.values()) {
      if (question.waiting.delete(worker) && question.waiting.size === 0) question.done();
    }
  }

  /** A worker says something for the others. */
  take(worker: Extension, message: SiblingMessage): void {
    switch (message.kind) {
      case "ask":
        this.#note(worker, message.what, message.own);
        this.#ask(worker, message.id, message.what);
        break;
      case "answer": {
        const question = this.#questions.get(message.id);
        if (question === undefined || !question.waiting.delete(worker)) return;
        this.#note(worker, question.what, message.value);
        question.values.push(message.value);
        if (question.waiting.size === 0) question.done();
        break;
      }
      case "tell":
        for (const other of this.#connected) if (other !== worker) other.send(message);
    }
  }

  #ask(asker: Extension, id: number, what: string): void {
    const number = ++this.#last;
    const others = [...this.#connected].filter((other) => other !== asker);
    const values: unknown[] = [];
    const done = () => {
      clearTimeout(timer);
      this.#questions.delete(number);
      if (what === METRICS) values.push(this.#past, [residentMemory()]);
      asker.send({ kind: "answers", id, values });
    };
    const timer = setTimeout(done, this.#patienceMs);
    if (others.length === 0) return done();
    this.#questions.set(number, { waiting: new Set(others), values, what, done });
    for (const other of others) other.send({ kind: "ask", id: number, what });
  }

  #note(worker: Extension, what: string, value: unknown): void {
    if (what === METRICS && Array.isArray(value)) this.#metrics.set(worker, value as readonly Family[]);
  }
}
