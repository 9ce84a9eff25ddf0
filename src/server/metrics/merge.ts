/** The metrics of several workers as those of one program. */
import type { Family, Sample } from "./families.ts";

/** The question by which workers ask each other for their families. */
export const METRICS = "metrics";

/** The families of all workers together: each sample of the same name and labels once, as its family says. */
export function together(all: readonly (readonly Family[])[]): Family[] {
  const families = new Map<string, { family: Family; samples: Map<string, Sample> }>();
  for (const family of all.flat()) {
    let known = families.get(family.name);
    if (known === undefined) families.set(family.name, known = { family, samples: new Map() });
    for (const sample of family.values) {
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      const before = known.samples.get(key);
      const value = before === undefined
        ? sample.value
        : COMBINED[known.family.workers](before.value, sample.value);
      known.samples.set(key, { ...sample, value });
    }
  }
  return [...families.values()].map(({ family, samples }) => ({ ...family, values: [...samples.values()] }));
}

const COMBINED = {
  sum: (one: number, other: number) => one + other,
  max: Math.max,
  min: Math.min,
} as const;

/** What a worker that has ended leaves behind: its counts, so that no counter of the program goes back. */
export const remains = (families: readonly Family[]): Family[] =>
  families.filter(({ type, workers }) => type !== "gauge" && workers === "sum");
