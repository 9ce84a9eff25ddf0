/**
 * How fast the proxy is, and what it costs. `deno task bench [parts] [--quick] [--json]`; without parts, all of them but
 * `peers`, which installs other gateways from npm.
 * docs/performance.md explains the numbers. Everything runs on loopback, and ends within seven minutes (quick: two) on
 * a machine that has nothing else to do.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { ensureNodeModules } from "../scripts/bun.ts";
import { dayPart } from "./day.ts";
import { decidePart } from "./decide-part.ts";
import { ownPart } from "./own-part.ts";
import { peersPart } from "./peers/part.ts";
import { startPart } from "./start-part.ts";
import { streamsPart } from "./streams.ts";
import { whole, wholeTable } from "./whole.ts";

export interface Part {
  readonly name: string;
  readonly title: string;
  /** The results as data, and as a text for people. */
  readonly run: (options: { folder: string; quick: boolean }) => Promise<{ data: unknown; text: string }>;
  /** It runs only when it is named: it takes minutes, or installs other programs. @default false */
  readonly onlyNamed?: boolean;
}

const PARTS: readonly Part[] = [
  { name: "decide", title: "Inspect, classify and route: µs a request, parsing left out", run: decidePart },
  { name: "own", title: "The proxy's own code, without sockets", run: ownPart },
  {
    name: "whole",
    title: "The whole proxy under load",
    run: async (options) => {
      const results = await whole(options);
      return typeof results === "string"
        ? { data: { skipped: results }, text: results }
        : { data: results, text: wholeTable(results) };
    },
  },
  { name: "streams", title: "Streams", run: streamsPart },
  { name: "start", title: "Starting", run: startPart },
  { name: "day", title: "Memory over a day of agents' traffic", run: dayPart, onlyNamed: true },
  { name: "peers", title: "Other gateways under the same load", run: peersPart, onlyNamed: true },
];

const args = process.argv.slice(2);
const quick = args.includes("--quick");
const asJson = args.includes("--json");
const names = args.filter((arg) => !arg.startsWith("--"));
const unknown = names.find((name) => !PARTS.some((part) => part.name === name));
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}"; the parts are ${PARTS.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}

ensureNodeModules();
const folder = mkdtempSync(join(tmpdir(), "terraphim-bench-"));
const results: Record<string, unknown> = {};
try {
  for (const { name, title, run, onlyNamed = false } of PARTS) {
    if (names.length > 0 ? !names.includes(name) : onlyNamed) continue;
    if (!asJson) console.log(`\n${title}\n`);
    const { data, text } = await run({ folder: join(folder, name), quick });
    results[name] = data;
    if (!asJson) console.log(text);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (asJson) console.log(JSON.stringify(results, undefined, 2));
