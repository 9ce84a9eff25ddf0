/**
 * Conversations that change their provider at every turn, through the proxy to strict providers:
 * `deno task crossing [--count 5000] [--seed 1] [--report] [--show RULE]`. Each conversation follows from its own seed, so
 * that `--seed N --count 1` plays one of them again. `--report` counts the refusals by provider and rule and always succeeds;
 * `--show` prints the first refused request of a rule, such as `anthropic/thinking-signature`, or the first difference.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { HOUSES } from "../tests/support/houses/houses.ts";
import { cross, type Crossed, startWorld } from "../tests/crossing/worlds.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "5000" },
    seed: { type: "string", default: "1" },
    report: { type: "boolean", default: false },
    show: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(`Usage: deno task crossing [--count 5000] [--seed 1] [--report] [--show RULE]

Plays conversations that change their provider at every turn, through the proxy to strict providers.
Exits with 1 when one was refused, misread or broken off.

  --count N     how many (default: 5000; some 40 to 80 s)
  --seed N      the first one's seed (default: 1); --seed N --count 1 plays one again
  --report      only count, by provider and rule
  --show RULE   print the first request that a rule refused (anthropic/thinking-signature), or "difference"`);
  process.exit(0);
}

/** How often something was seen, and the first seed that showed it. */
type Tally = Map<string, { count: number; seed: number }>;

const add = (tally: Tally, key: string, seed: number): void => {
  const known = tally.get(key);
  if (known === undefined) tally.set(key, { count: 1, seed });
  else known.count++;
};

const refusals: Tally = new Map();
const kinds: Tally = new Map();
const differences: Tally = new Map();
const declined: Tally = new Map();
const failures: Tally = new Map();
let [bad, requests] = [0, 0];

/** A difference without its particulars. */
const sort = (difference: string): string =>
  difference.replace(/^step \d+: /, "").replace(/ (is|are) .*/s, "").replace(/id \S+/, "id").replace(
    /tool \S+/,
    "tool",
  );

function note(crossed: Crossed): void {
  const { seed, plan } = crossed;
  requests += crossed.sent.length;
  for (const { id, rule, message, body } of crossed.refusals) {
    add(refusals, id, seed);
    add(kinds, rule.kind, seed);
    if (values.show === id) show(id, seed, message, JSON.stringify(body, undefined, 1));
  }
  for (const one of crossed.differences) {
    add(differences, `${plan.dialect}: ${sort(one)}`, seed);
    if (values.show === "difference") show("difference", seed, one, crossed.pair.join(" and "));
  }
  if (crossed.declined !== undefined) {
    add(
      declined,
      /take this request\. (.*?)"/.exec(crossed.declined)?.[1] ?? crossed.declined.slice(0, 160),
      seed,
    );
  }
  const unexplained = crossed.failed !== undefined && crossed.refusals.length + crossed.excused.length === 0;
  if (unexplained) add(failures, crossed.failed!.slice(0, 160), seed);
  if (crossed.refusals.length > 0 || crossed.differences.length > 0 || unexplained) bad++;
}

function show(what: string, seed: number, message: string, more: string): void {
  console.log(`${what} at seed ${seed}: ${message}\n${more}`);
  process.exit(1);
}

function table(title: string, tally: Tally): void {
  if (tally.size === 0) return;
  console.log(`\n${title}`);
  for (const [key, { count, seed }] of [...tally].sort(([, a], [, b]) => b.count - a.count)) {
    console.log(`  ${String(count).padStart(6)}  ${key}  (seed ${seed})`);
  }
}

const world = await startWorld();
const [start, count] = [Number(values.seed), Number(values.count)];
const begin = performance.now();
for (let seed = start; seed < start + count; seed++) note(await cross(world, seed));
const seconds = (performance.now() - begin) / 1000;
await world[Symbol.asyncDispose]();

const rules = Object.values(HOUSES).reduce((sum, house) => sum + house.rules.length, 0);
console.log(
  `${count} conversations from seed ${start}, ${requests} requests, ${rules} rules of ${
    Object.keys(HOUSES).length
  } providers, ${seconds.toFixed(1)} s: ${bad} went wrong`,
);
table("refused, by kind", kinds);
table("refused, by provider and rule", refusals);
table("not read as said", differences);
table("not sent by the proxy", declined);
table("failed without a refusal", failures);
process.exit(values.report || bad === 0 ? 0 : 1);
