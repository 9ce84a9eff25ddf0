/**
 * The real program in a storm: `deno task chaos [--seconds 60] [--runtime deno|bun] [--seed N] [--streams 200]`.
 *
 * Hundreds of clients stream in all dialects while providers fail in every way that tests/support/faults.ts knows, go
 * down and come up again, the configuration file is rewritten every second, sometimes with nonsense, and clients hang
 * up. What came of every single request is compared with what it must be.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { commandFor } from "./chaos/command.ts";
import { judge } from "./chaos/judge.ts";
import { chaos } from "./chaos/run.ts";
import { summary } from "./chaos/summary.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    runtime: { type: "string", default: "deno" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    streams: { type: "string", default: "200" },
  },
});

const seconds = Math.min(600, Math.max(3, Number(values.seconds)));
const result = await chaos({
  command: commandFor(values.runtime),
  seconds,
  seed: Number(values.seed),
  streams: Number(values.streams),
  onSecond: (line) => console.error(line),
});
console.log(summary(result, values.runtime));
const checks = judge(result);
for (const { name, ok, detail } of checks) console.log(`${ok ? "passed" : "FAILED"}  ${name} (${detail})`);
const failed = checks.filter(({ ok }) => !ok).length;
console.log(`\n${checks.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
