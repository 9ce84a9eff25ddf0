/**
 * `deno task fuzz [AREA …] [--seconds N] [--seed S]`: changes known inputs at random and hands them to the parts that read what
 * strangers write. A finding is an exception that nobody expects there, or an input that takes two seconds of the processor; it is printed
 * with its seed and kept in tests/fixtures/fuzz/AREA, from where every later run begins. Ends with 1 at the first.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { AREAS } from "./fuzz/areas.ts";
import { CORPUS, corpusOf } from "./fuzz/corpus.ts";
import { changed, type Random, randomFrom } from "./fuzz/change.ts";

/** Milliseconds of processor time that one input may take. */
const MOST_MS = 2000;

/** What is wrong with an input; undefined: nothing. */
async function problemOf(area: string, input: string): Promise<string | undefined> {
  const before = process.cpuUsage();
  try {
    await AREAS[area]!.work(input);
  } catch (error) {
    return error instanceof Error ? error.stack ?? error.message : String(error);
  }
  const { user, system } = process.cpuUsage(before); // in microseconds; other programs do not count
  const took = (user + system) / 1000;
  return took > MOST_MS ? `took ${Math.round(took)} ms` : undefined;
}

/** Tries one area. @returns how many inputs were tried, and the first finding */
async function fuzz(area: string, seconds: number, random: Random) {
  const corpus = corpusOf(area);
  const end = performance.now() + seconds * 1000;
  let tries = 0;
  for (; tries < corpus.length || performance.now() < end; tries++) {
    const input = corpus[tries] ?? changed(corpus, random);
    const problem = await problemOf(area, input);
    if (problem !== undefined) return { tries, problem, input };
  }
  return { tries };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: "string", default: "300" }, seed: { type: "string" } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const unknown = positionals.filter((area) => AREAS[area] === undefined);
if (unknown.length > 0 || !(Number(values.seconds) > 0) || !Number.isInteger(seed)) {
  console.error(
    `usage: deno task fuzz [AREA …] [--seconds N] [--seed S]; areas: ${Object.keys(AREAS).join(", ")}`,
  );
  process.exit(2);
}
let failed = false;
for (const area of positionals.length > 0 ? positionals : Object.keys(AREAS)) {
  const found = await fuzz(area, Number(values.seconds), randomFrom(seed));
  if (found.problem === undefined) {
    console.log(`${area}: ${found.tries} inputs, no finding (seed ${seed})`);
    continue;
  }
  failed = true;
  const name = createHash("sha256").update(found.input).digest("hex").slice(0, 12);
  mkdirSync(join(CORPUS, area), { recursive: true });
  writeFileSync(join(CORPUS, area, `finding-${name}.txt`), found.input);
  console.log(
    `${area}: finding after ${found.tries} inputs (seed ${seed}), kept as finding-${name}.txt\n${found.problem}`,
  );
}
process.exit(failed ? 1 : 0);
