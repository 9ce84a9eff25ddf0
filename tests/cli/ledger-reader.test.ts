import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CliError } from "../../src/cli/command.ts";
import { type CommandLedger, usingLedger, withLedger } from "../../src/cli/ledger-reader.ts";
import { UnreadableLedger } from "../../src/ledger/file.ts";
import { good } from "../config/support.ts";
import { ledgerIn } from "./ledgers.ts";
import { inFolder } from "./terminal.ts";

/** Reads the ledger of a folder. */
const read = <T>(
  folder: string,
  work: (ledger: CommandLedger) => Promise<T>,
  through = usingLedger,
): Promise<T> =>
  through({ env: { HOME: folder } }, good(`[ledger]\npath = "${join(folder, "ledger.sqlite")}"\n`), work);

test("a file is read while nobody runs: its figures, its rows, what was spent, and the newest", () =>
  inFolder({}, async (folder) => {
    const path = ledgerIn(folder, [{ cost: 0.5, clientKey: "alice" }, { cost: 0.25 }]);
    await read(folder, async (ledger) => {
      assert.equal(ledger.place, path);
      assert.equal((await ledger.report({ since: 0 })).requests, 2);
      assert.deepEqual((await ledger.recent({ limit: 1 })).map(({ id }) => id), ["req_2"]);
      assert.equal(await ledger.spent(0), 0.75);
      assert.equal(await ledger.spent(0, { keys: ["alice"] }), 0.5);
      assert.equal(await ledger.newest(), 2);
    });
  }));

test("a file that is not there is an empty ledger", () =>
  inFolder({}, (folder) =>
    read(folder, async (ledger) => {
      assert.equal((await ledger.report({ since: 0 })).requests, 0);
      assert.deepEqual([await ledger.newest(), await ledger.spent(0)], [0, 0]);
    })));

test("a damaged file ends a command with its reason, and may be passed over by one", () =>
  inFolder({}, async (folder) => {
    writeFileSync(join(folder, "ledger.sqlite"), "garbage ".repeat(100));
    const figures = (ledger: CommandLedger) => ledger.report({ since: 0 });
    await assert.rejects(() => read(folder, figures), UnreadableLedger);
    await assert.rejects(() => read(folder, figures, withLedger), (error: Error) => {
      assert.match(error.message, /^the ledger .* cannot be read: it is damaged .*\.$/);
      return error instanceof CliError;
    });
  }));

test("what the work itself throws stays what it is", () =>
  inFolder({}, async (folder) => {
    await assert.rejects(
      () => read(folder, () => Promise.reject(new TypeError("mine")), withLedger),
      TypeError,
    );
  }));
