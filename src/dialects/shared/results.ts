/**
 * The results of a conversation's calls. Agents that were interrupted leave calls without results, a compaction leaves
 * results without calls, and some clients use an id again in a later turn.
 */

/** What the model reads where a call has no result. */
export const NO_RESULT = "No result: the tool call was interrupted.";

/** What precedes a result whose call is gone: it goes on as the user's words. */
export const orphanMark = (id: string): string => `[Result of the tool call ${id}]`;

/** What one message or item holds. */
export interface Exchanged<R> {
  readonly calls?: readonly string[];
  readonly results?: readonly { readonly id: string; readonly result: R }[];
}

/** The results, to be found by their calls. */
export class ResultPool<R> {
  readonly #results = new Map<string, { readonly at: number; readonly result: R }[]>();
  readonly #calls = new Map<string, number[]>();
  readonly #taken = new Set<R>();

  /** Of each message or item, in order. */
  constructor(list: Iterable<Exchanged<R>>) {
    let at = 0;
    for (const { calls = [], results = [] } of list) {
      for (const id of calls) listIn(this.#calls, id).push(at);
      for (const { id, result } of results) listIn(this.#results, id).push({ at, result });
      at++;
    }
  }

  /** The first free result after the call's place, up to the next place that calls under the same id. */
  take(id: string, at: number): R | undefined {
    const end = this.#calls.get(id)?.find((other) => other > at) ?? Infinity;
    const found = this.#results.get(id)
      ?.find((one) => one.at > at && one.at <= end && !this.#taken.has(one.result))?.result;
    if (found !== undefined) this.#taken.add(found);
    return found;
  }

  wasTaken(result: R): boolean {
    return this.#taken.has(result);
  }
}

function listIn<T>(map: Map<string, T[]>, key: string): T[] {
  let list = map.get(key);
  if (list === undefined) map.set(key, list = []);
  return list;
}
