/** Every command on a terminal of 40 columns. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { COMMANDS } from "../../src/cli/registry.ts";
import { widthOf } from "../../src/text/width.ts";
import { KEYS, ledgerIn, withLedger } from "./ledgers.ts";
import { inFolder, run } from "./terminal.ts";

const WIDTH = 40;
const PUBLISHED = readFileSync(new URL("../../examples/published.toml", import.meta.url), "utf8");

function assertFits(out: string): void {
  for (const line of out.split("\n")) assert.ok(widthOf(line) <= WIDTH, `${widthOf(line)} columns: ${line}`);
}

describe("no line is wider than 40 columns", () => {
  test("of any help", async () => {
    for (const args of [["--help"], ...COMMANDS.map(({ name }) => [name, "--help"])]) {
      const { out } = await run(args, { columns: WIDTH });
      // The library lays out the synopsis and the table of options.
      assertFits(out.replace(/^Usage: [^]*?\n\n/, "").replace(/^( {2}-| {9}).*$/gm, ""));
    }
  });

  const commands: readonly (readonly string[])[] = [
    ["check"],
    ["route", "plan implementation of the webhook handler in Node.js with Express"],
    ["models"],
    ["stats"],
    ["stats", "--since", "all"],
    ["log"],
    ["setup"],
    ["doctor", "--offline"],
    ["status", "--url", "http://127.0.0.1:1"],
  ];
  for (const args of commands) {
    test(`of ${args.slice(0, 2).join(" ")}`, () =>
      inFolder({
        "config.toml": PUBLISHED.replace("port = 3456", "port = 0") +
          '[ledger]\npath = "./l.sqlite"\n[[budgets]]\nname = "tiny"\nlimit = 0.1\n',
      }, async (cwd) => {
        ledgerIn(cwd, [{}, { unpriced: true, model: "mystery" }], "l.sqlite");
        const { out, err } = await run(args, { cwd, env: { ...KEYS, HOME: "/home/you" }, columns: WIDTH });
        assert.ok(out.length + err.length > 0, "it says something");
        assertFits(out + err);
      }));
  }
});

test("a ledger without requests says so in 40 columns", () =>
  inFolder({ "config.toml": withLedger() }, async (cwd) => {
    const { out } = await run(["log", "-c", "config.toml"], { cwd, env: KEYS, columns: WIDTH });
    assertFits(out);
  }));
