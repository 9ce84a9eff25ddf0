/** Ids of tool calls: legal (`^[a-zA-Z0-9_-]+$`) and each its own, as Anthropic demands it. */

const ILLEGAL = /[^a-zA-Z0-9_-]/g;

/** Gives out the ids of one request. */
export class CallIds {
  readonly #given = new Set<string>();

  /** A call's id: its own where it is legal and free. The caller remembers it for the call's result. */
  next(id: string): string {
    const legal = id.replace(ILLEGAL, "_") || "call";
    let free = legal;
    for (let n = 2; this.#given.has(free); n++) free = `${legal}_${n}`;
    this.#given.add(free);
    return free;
  }
}
