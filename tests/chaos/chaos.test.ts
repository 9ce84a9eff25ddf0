/** The storm of `deno task chaos`, short and always the same: see scripts/chaos.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../../scripts/chaos/judge.ts";
import { chaos } from "../../scripts/chaos/run.ts";
import { fromSource } from "../support/program.ts";

test("in a storm of faults and hang-ups every request gets one answer or one clear error", async () => {
  const run = await chaos({ command: fromSource(), seconds: 6, seed: 20_261_122, streams: 60 });
  const failed = judge(run).filter(({ ok }) => !ok).map(({ name, detail }) => `${name} (${detail})`);
  assert.deepEqual(failed, []);
});
