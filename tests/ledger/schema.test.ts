import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { recentRequests } from "../../src/ledger/recent.ts";
import { report } from "../../src/ledger/report.ts";
import { openStore } from "../../src/ledger/store.ts";
import { inFolder, NOON } from "./sample.ts";
import { closing } from "../support/disposable.ts";

const LABELS =
  "client, client_key, client_dialect, operation, kind, route, provider, model, provider_dialect, baseline_model";

/** A ledger as version 0.2 wrote it, with one request. */
function ledgerOf02(path: string): void {
  using db = closing(new DatabaseSync(path));
  db.exec(`
    CREATE TABLE labels (
      label INTEGER PRIMARY KEY,
      ${LABELS.split(", ").map((name) => `${name} TEXT NOT NULL`).join(", ")},
      UNIQUE (${LABELS})
    ) STRICT;
    CREATE TABLE requests (
      seq INTEGER PRIMARY KEY, label INTEGER NOT NULL, time INTEGER NOT NULL, id TEXT NOT NULL, session TEXT,
      stream INTEGER NOT NULL, model_asked TEXT NOT NULL, why TEXT NOT NULL, attempts TEXT NOT NULL, input INTEGER,
      cache_read INTEGER, cache_write INTEGER, cache_write_1h INTEGER, output INTEGER, reasoning INTEGER,
      estimated INTEGER NOT NULL, cost INTEGER, baseline INTEGER, reported_cost INTEGER, status INTEGER NOT NULL,
      failure TEXT, failed INTEGER NOT NULL, cancelled INTEGER NOT NULL, fallback INTEGER NOT NULL,
      first_token_ms INTEGER, duration_ms INTEGER NOT NULL, overhead_us INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX requests_figures ON requests (
      label, time, cost, baseline, input, cache_read, cache_write, output, reasoning,
      failed, fallback, cancelled, estimated, first_token_ms
    );
    CREATE VIEW spending AS SELECT seq FROM requests;
    INSERT INTO labels VALUES (1, 'codex', '', 'openai-responses', 'generate', 'build', 'build', 'groq', 'm', '', 'a,b');
    INSERT INTO requests VALUES (
      1, 1, ${NOON}, 'r1', 's1', 1, 'auto', '[]', '[]', 10, 0, 0, 0, 5, 0, 0, 1000000000, 4000000000, NULL, 200,
      NULL, 0, 0, 0, 100, 200, 30
    );
    PRAGMA user_version = 1;
    PRAGMA application_id = 1953263736;
  `);
}

test("rows of an older version keep their baseline, and are marked", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    ledgerOf02(path);
    const [row] = recentRequests(path);
    assert.deepEqual([row?.baseline_usd, row?.saved_usd, row?.baseline_basis], [4, 3, "tokens"]);
    assert.deepEqual([row?.lost_by_switching_usd, row?.on_plan], [null, false]);
    assert.deepEqual(row?.rules, []);
    const { saved_usd, old_baseline_requests } = report(path, { since: 0 });
    assert.deepEqual([saved_usd, old_baseline_requests], [3, 1]);
  }));

test("the view for other programs says what a baseline comes from", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    ledgerOf02(path);
    using store = closing(openStore(path));
    const row = store.db.prepare(
      "SELECT saved_usd, lost_by_switching_usd, baseline_basis, on_plan FROM spending",
    )
      .get();
    assert.deepEqual({ ...row }, {
      saved_usd: 3,
      lost_by_switching_usd: null,
      baseline_basis: "tokens",
      on_plan: 0,
    });
  }));
