/** Bounds on what becomes a label: clients may name any model, and every name would be a time series for ever. */

/** What stands for all names beyond the limit. */
export const OTHER = "other";

/** What stands for a name that is not there: no target answered. */
export const NONE = "none";

export class Names {
  readonly #known = new Set<string>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The name itself while there is room, else {@link OTHER}. */
  label(name: string): string {
    if (this.#known.has(name)) return name;
    if (this.#known.size >= this.#limit) return OTHER;
    this.#known.add(name);
    return name;
  }
}
