import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { failureTable, withTable } from "../../../scripts/failover-doc.ts";

test("the table in docs/failover.md is what the code says; scripts/failover-doc.ts writes it", () => {
  const page = readFileSync(new URL("../../../docs/failover.md", import.meta.url), "utf8");
  assert.equal(page, withTable(page));
  assert.ok(page.includes(failureTable()));
});
