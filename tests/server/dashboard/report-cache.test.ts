import assert from "node:assert/strict";
import { test } from "node:test";
import { Ledger } from "../../../src/ledger/ledger.ts";
import type { Report, ReportQuery } from "../../../src/ledger/report.ts";
import { ReportCache } from "../../../src/server/dashboard/report-cache.ts";
import { anEnd } from "../../ledger/sample.ts";
import { closing } from "../../support/disposable.ts";

test("a report is kept while no request ends, else fifty times as long as it took", async () => {
  let asked = 0;
  let mono = 0;
  class SlowLedger extends Ledger {
    override report(query: ReportQuery): Report {
      asked++;
      mono += 10;
      return super.report(query);
    }
  }
  using ledger = closing(new SlowLedger({ path: ":memory:" }));
  const now = new Date(2026, 10, 18, 12).getTime();
  ledger.add(anEnd({ time: now - 3 * 86_400_000 }));
  ledger.add(anEnd({ time: now }));
  const cache = new ReportCache();
  const clock = { now: () => now, mono: () => mono };
  const figures = (ended: number) => cache.reportOf(ledger, "today", ended, clock);

  const first = await figures(1);
  assert.equal(first.againIn, undefined);
  assert.equal(first.report.requests, 1);
  assert.equal(first.savings.requests, 2);
  const reports = asked;
  await figures(1);
  assert.equal(asked, reports, "nothing happened: nothing is asked");

  ledger.add(anEnd({ time: now }));
  const stale = await figures(2);
  assert.equal(asked, reports);
  assert.ok(stale.againIn! > 0, "it says when to ask again");
  mono += stale.againIn!;
  const fresh = await figures(2);
  assert.equal(fresh.report.requests, 2);
  assert.equal(fresh.savings.requests, 3);
  assert.equal(asked, reports + 1, "what was before today is not asked again");
});
