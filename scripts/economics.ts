/**
 * What sessions cost with the proxy, and what the proxy says that they cost: `deno task economics TRACES [--json]
 * [--config FILE]`. Replays token traces in virtual time through the router, the accounting and the ledger, with every
 * provider's cache modelled. docs/economics.md describes the figures. Without `--config`: examples/quality-first.toml.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { economics, worldOf } from "./economics/economics.ts";
import { page } from "./economics/page.ts";
import { readTraces } from "./economics/traces.ts";

const USAGE = "Usage: deno task economics TRACES [--json] [--config FILE]";
const PROFILE = fileURLToPath(new URL("../examples/quality-first.toml", import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    config: { type: "string", default: PROFILE },
  },
});

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

const [path] = positionals;
if (path === undefined || positionals.length > 1) fail(USAGE);
let text: string;
try {
  text = readFileSync(path, "utf8");
} catch (error) {
  fail(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
}
const world = worldOf(values.config);
if ("problem" in world) fail(world.problem);
const { sessions, unread } = readTraces(text);
if (unread.length > 0) console.error(`${path}: no session in line ${unread.join(", ")}: skipped.`);
const found = economics(world, sessions);
console.log(values.json ? JSON.stringify(found.figures, null, 2) : page(found));
