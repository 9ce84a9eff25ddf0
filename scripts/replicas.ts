/**
 * Two replicas on one database behind a balancer: `deno task replicas [--seconds 60] [--runtime deno|bun] [--seed N]
 * [--streams 200]`. While clients stream and providers fail, a replica is killed, and the database is stopped, started and cut
 * off. Needs PostgreSQL's server, as Debian installs it.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { withoutPostgres } from "../tests/support/postgres.ts";
import { commandFor } from "./chaos/command.ts";
import { judge } from "./replicas/judge.ts";
import { replicas } from "./replicas/run.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    runtime: { type: "string", default: "deno" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    streams: { type: "string", default: "200" },
  },
});

if (withoutPostgres !== false) {
  console.error(withoutPostgres);
  process.exit(1);
}
console.log(`${values.seconds} s, ${values.streams} streams, ${values.runtime}, --seed ${values.seed}`);
const checks = judge(
  await replicas({
    command: commandFor(values.runtime),
    seconds: Math.min(600, Math.max(10, Number(values.seconds))),
    seed: Number(values.seed),
    streams: Number(values.streams),
    onEvent: (line) => console.error(line),
  }),
);
for (const { name, ok, detail } of checks) console.log(`${ok ? "passed" : "FAILED"}  ${name} (${detail})`);
const failed = checks.filter(({ ok }) => !ok).length;
console.log(`\n${checks.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
