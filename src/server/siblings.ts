/**
 * What the workers of one program say to each other, through the supervisor that started them: a worker asks the others for
 * something (metrics, health) or tells them something (requests that ended, alerts that were sent). Nothing waits for a worker
 * that does not answer.
 */

/** What a worker says for the others, or hears from them. Values are JSON. */
export type SiblingMessage =
  /** To the supervisor: ask the others. `own`: what this worker would answer itself. From it: answer. */
  | { readonly kind: "ask"; readonly id: number; readonly what: string; readonly own?: unknown }
  /** To the supervisor. */
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  /** From the supervisor: what came in time. */
  | { readonly kind: "answers"; readonly id: number; readonly values: readonly unknown[] }
  /** Both ways. */
  | { readonly kind: "tell"; readonly topic: string; readonly value: unknown };

export class Siblings {
  readonly #say: (message: SiblingMessage) => void;
  readonly #answers = new Map<string, () => unknown>();
  readonly #listeners = new Map<string, (value: unknown) => void>();
  readonly #asked = new Map<number, (values: readonly unknown[]) => void>();
  readonly #said = new Map<string, readonly unknown[]>();
  #last = 0;
  #isOrphan = false;

  /** @param say sends a message to the supervisor */
  constructor(say: (message: SiblingMessage) => void) {
    this.#say = say;
  }

  /** What the others answer to a question, in no order; those that do not answer in time are missing. Never rejects. */
  ask(what: string, own?: unknown): Promise<readonly unknown[]> {
    if (this.#isOrphan) return Promise.resolve([]);
    const id = ++this.#last;
    return new Promise((resolve) => {
      this.#asked.set(id, (values) => {
        this.#said.set(what, values);
        resolve(values);
      });
      this.#say({ kind: "ask", id, what, ...(own === undefined ? {} : { own }) });
    });
  }

  /** What the others answered when they were last asked. */
  said(what: string): readonly unknown[] {
    return this.#said.get(what) ?? [];
  }

  /** Answers the question `what` of the others from now on. */
  answer(what: string, by: () => unknown): void {
    this.#answers.set(what, by);
  }

  /** Tells all others. */
  tell(topic: string, value: unknown): void {
    this.#say({ kind: "tell", topic, value });
  }

  /** Calls `listener` with what the others tell about a topic from now on. */
  on(topic: string, listener: (value: unknown) => void): void {
    this.#listeners.set(topic, listener);
  }

  /** Takes a message from the supervisor. */
  take(message: SiblingMessage): void {
    switch (message.kind) {
      case "ask":
        this.#say({ kind: "answer", id: message.id, value: this.#answers.get(message.what)?.() });
        break;
      case "answers":
        this.#asked.get(message.id)?.(message.values);
        this.#asked.delete(message.id);
        break;
      case "tell":
        this.#listeners.get(message.topic)?.(message.value);
    }
  }

  /** The supervisor is gone: nobody answers any more. */
  orphan(): void {
    this.#isOrphan = true;
    for (const resolve of this.#asked.values()) resolve([]);
    this.#asked.clear();
  }
}
