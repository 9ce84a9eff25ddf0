/** A histogram that costs one walk over a few numbers to add to. */

export class Histogram {
  /** Upper bounds, smallest first; what is over the last is only in the count. */
  readonly bounds: readonly number[];
  /** For each bound, the values up to it that are over the bound before. */
  readonly counts: number[];
  count = 0;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = bounds.map(() => 0);
  }

  add(value: number): void {
    const { bounds } = this;
    this.count++;
    this.sum += value;
    for (let i = 0; i < bounds.length; i++) {
      if (value <= bounds[i]!) {
        this.counts[i]!++;
        return;
      }
    }
  }
}
