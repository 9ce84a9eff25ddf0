/** Conversations that change their provider at every turn, between every two providers that refuse what the real ones do. */
import assert from "node:assert/strict";
import { test } from "node:test";
import process from "node:process";
import { cross, DIALECTS, startWorld } from "./worlds.ts";

const COUNT = Number(process.env.CROSSING_COUNT ?? 5000);
const SEED = Number(process.env.CROSSING_SEED ?? 1);

/** What went wrong in the conversation of a seed, if anything. */
async function fault(
  world: Awaited<ReturnType<typeof startWorld>>,
  seed: number,
): Promise<string | undefined> {
  const { refusals, differences, failed, excused, pair } = await cross(world, seed);
  const unexplained = failed !== undefined && refusals.length + excused.length === 0 ? [failed] : [];
  const found = [...refusals.map(({ id, message }) => `${id}: ${message}`), ...differences, ...unexplained];
  return found.length === 0 ? undefined : `seed ${seed}, ${pair.join(" and ")}: ${found.join("; ")}`;
}

/** Each test plays so many seeds at most: on a busy machine, too, it is over within a minute. */
const PARTS = 2;

for (const stream of [true, false]) {
  for (const dialect of DIALECTS) {
    for (let part = 0; part < PARTS; part++) {
      const how = `${stream ? "streamed" : "whole"}, part ${part + 1}`;
      test(`${dialect} conversations cross between any two providers, ${how}`, async (t) => {
        await using world = await startWorld();
        const faults: string[] = [];
        // Six seeds in a row have the same providers: each client and way once.
        const first = SEED + (stream ? 0 : 3) + DIALECTS.indexOf(dialect) + part * 6;
        const step = PARTS * 6;
        let played = 0;
        for (let seed = first; seed < SEED + COUNT; seed += step, played++) {
          const found = await fault(world, seed);
          if (found !== undefined) faults.push(found);
        }
        t.diagnostic(`${played} conversations, seeds ${first}, ${first + step}, … below ${SEED + COUNT}`);
        const shown = faults.slice(0, 20).join("\n");
        assert.equal(faults.length, 0, `${faults.length} of ${played} went wrong:\n${shown}`);
      });
    }
  }
}
