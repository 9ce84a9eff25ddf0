/** The storm of `deno task replicas`, short and always the same: see scripts/replicas.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../../scripts/replicas/judge.ts";
import { replicas } from "../../scripts/replicas/run.ts";
import { withoutPostgres } from "../support/postgres.ts";
import { fromSource } from "../support/program.ts";

test(
  "two replicas lose nothing when one is killed and the database is away",
  { skip: withoutPostgres },
  async () => {
    const run = await replicas({ command: fromSource(), seconds: 20, seed: 20_261_127, streams: 20 });
    const failed = judge(run).filter(({ ok }) => !ok).map(({ name, detail }) => `${name} (${detail})`);
    assert.deepEqual(failed, []);
  },
);
