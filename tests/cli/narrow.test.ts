/** Every command on a terminal of 40 columns. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { runCli } from "../../src/cli/cli.ts";
import { COMMANDS } from "../../src/cli/registry.ts";
import { widthOf } from "../../src/text/width.ts";
import { KEYS, ledgerIn, withLedger } from "./ledgers.ts";
import { inFolder, run, session } from "./terminal.ts";

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

test("the banner fits 40 columns, and no target is cut", () =>
  inFolder({ "config.toml": PUBLISHED }, async (cwd) => {
    const server = session(["serve", "-c", "config.toml", "--port", "0"], { cwd, env: KEYS, columns: WIDTH });
    const ended = runCli(server.io);
    await server.says(/without \/v1\)[^]*\n\n/);
    server.signal("SIGTERM");
    assert.equal(await ended, 0);
    assertFits(server.out());
    assert.match(server.out(), /^ {2}think\n {4}openrouter,anthropic\/claude-3-opus$/m);
    assert.doesNotMatch(server.out(), /…/);
  }));

test("the demonstration fits 40 columns, and no prompt, route or model is cut", async () => {
  const demo = session(["demo", "--port", "0"], { columns: WIDTH });
  const ended = runCli(demo.io);
  await demo.says(/logged here/);
  demo.signal("SIGTERM");
  assert.equal(await ended, 0);
  assertFits(demo.out());
  assert.match(demo.out(), /^ {2}plan_implementation\n {2}anthropic\/claude-3\.5-haiku$/m);
  assert.doesNotMatch(demo.out(), /…/);
  const [, command = ""] = /^ (curl -i [^]*?\}'\n)/m.exec(demo.out()) ?? [];
  assert.deepEqual(JSON.parse(/-d '([^']*)'/.exec(command)?.[1] ?? ""), {
    model: "auto",
    max_tokens: 500,
    messages: [{ role: "user", content: "plan the architecture" }],
  });
});

test("a ledger without requests says so in 40 columns", () =>
  inFolder({ "config.toml": withLedger() }, async (cwd) => {
    const { out } = await run(["log", "-c", "config.toml"], { cwd, env: KEYS, columns: WIDTH });
    assertFits(out);
  }));
