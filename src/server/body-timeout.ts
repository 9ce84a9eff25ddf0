/** A time limit for request bodies: a client that never sends the rest of one must not hold its place forever. */
import { clearInterval, setInterval } from "node:timers";

interface Arrival {
  /** Milliseconds, monotonic. */
  readonly until: number;
  readonly late: (error: BodyLate) => void;
}

/** The body did not come in time. */
export class BodyLate extends Error {
  override name = "BodyLate";
}

/** How often late bodies are looked for. Milliseconds. */
const LOOK_MS = 1000;

/** One timer for all bodies: a timer each would slow every request, and nearly all bodies are complete at once. */
const arrivals = new Set<Arrival>();
let look: ReturnType<typeof setInterval> | undefined;

/** The result of `reading` if it comes within `ms` milliseconds. @throws BodyLate otherwise */
export function inTime<T>(reading: Promise<T>, ms: number): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const arrival: Arrival = { until: performance.now() + ms, late: reject };
    arrivals.add(arrival);
    look ??= setInterval(endLate, LOOK_MS).unref();
    reading.then((value) => {
      arrivals.delete(arrival);
      resolve(value);
    }, (error) => {
      arrivals.delete(arrival);
      reject(error);
    });
  });
}

function endLate(): void {
  const now = performance.now();
  for (const arrival of arrivals) {
    if (arrival.until > now) continue;
    arrivals.delete(arrival);
    arrival.late(new BodyLate());
  }
  if (arrivals.size > 0) return;
  clearInterval(look);
  look = undefined;
}
