/**
 * Two thousand slow streams held at once: `deno task endurance [--streams 2000] [--seconds 30] [--runtime deno|bun]`.
 * Without `--runtime` both are measured, one after the other.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { commandFor } from "./chaos/command.ts";
import { hold, type HoldResult } from "./chaos/hold.ts";

const { values } = parseArgs({
  options: {
    streams: { type: "string", default: "2000" },
    seconds: { type: "string", default: "30" },
    runtime: { type: "string" },
  },
});

/** Kilobytes of a stream that would be a leak or a needless copy. */
const MOST_KB = 512;

let [passed, failed] = [0, 0];
for (const runtime of values.runtime === undefined ? ["deno", "bun"] : [values.runtime]) {
  const result = await hold({
    command: commandFor(runtime),
    streams: Number(values.streams),
    seconds: Math.min(60, Number(values.seconds)),
    pause: 3000,
  });
  console.log(report(runtime, result));
  for (const [name, ok] of checks(result)) {
    console.log(`${ok ? "passed" : "FAILED"}  ${runtime}: ${name}`);
    ok ? passed++ : failed++;
  }
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function report(runtime: string, result: HoldResult): string {
  const { streams, limit, inFlight, complete, memory, processor, delays, wrong } = result;
  const { before, open, after } = memory;
  const mb = (value: number | undefined) => value === undefined ? "?" : `${value.toFixed(0)} MB`;
  const each = before === undefined || open === undefined
    ? "unknown"
    : `${((open - before) * 1024 / streams).toFixed(1)} KB a stream`;
  const at = (share: number) => `${(delays[Math.floor(share * (delays.length - 1))] ?? NaN).toFixed(1)} ms`;
  return [
    `${runtime}: ${streams} streams, half of them translated; ${inFlight} in flight at once, ${complete} complete`,
    ...(limit === undefined
      ? []
      : [`  the system allows no more than ${limit} open files: that is all it can hold`]),
    `  memory: ${mb(before)} before, ${mb(open)} with all of them open, ${mb(after)} after: ${each}`,
    `  processor: ${
      processor === undefined ? "?" : `${(processor * 100).toFixed(1)} % of one`
    } while they were open`,
    `  a word's way to its client: half within ${at(0.5)}, 95 % within ${at(0.95)}, all within ${
      at(1)
    } (${delays.length} words)`,
    ...wrong.slice(0, 5).map((words) => `  ${words}`),
  ].join("\n");
}

function checks({ streams, inFlight, complete, memory, left }: HoldResult): [name: string, ok: boolean][] {
  const { before = 0, open = 0 } = memory;
  return [
    ["all streams were open at once", inFlight === streams],
    ["every stream came whole, with its own words", complete === streams],
    [`a stream takes less than ${MOST_KB} KB`, (open - before) * 1024 / streams < MOST_KB],
    ["nothing is in flight afterwards", left.inFlight === 0],
  ];
}
