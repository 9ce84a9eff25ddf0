import assert from "node:assert/strict";
import { toCsv } from "../../src/ledger/report-csv.ts";
import { anEnd, NOON } from "./sample.ts";
import { onEachStore } from "./stores.ts";

onEachStore(
  "CSV has a line for the total and for each part, and no cell that a spreadsheet would run",
  async (open) => {
    const ledger = await open();
    ledger.add(anEnd({ client: `=cmd|' /C calc'!A0`, model: `a "model", dear` }));
    const lines = toCsv(await ledger.report({ since: 0, series: "day" })).split("\r\n");
    assert.equal(lines.pop(), "");
    assert.match(lines[0]!, /^by,name,requests,failures,fallbacks,cancelled,input_tokens,/);
    const sums = "1,0,0,0,1000,200,50,300,40,0.01,0.04,0.03,0.75,0,0,0,0.16,420,420,0,0,0,0,0";
    const figures = `${sums},,`;
    const reliable = `${sums},1,0`;
    assert.deepEqual(lines.slice(1), [
      `total,,${figures}`,
      `route,think,${figures}`,
      `model,"a ""model"", dear",${reliable}`,
      `provider,openrouter,${reliable}`,
      `client,'=cmd|' /C calc'!A0,${figures}`,
      `time,${new Date(NOON).toISOString()},${figures}`,
    ]);
    assert.ok(lines.every((line) => line.replace(/"(""|[^"])*"/g, "").split(",").length === 28));
  },
);
