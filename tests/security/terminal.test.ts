/** Names and messages of strangers cannot steer a terminal, forge a line or turn the direction of a text. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openLog } from "../../src/log/logtape.ts";
import { KEYS, ledgerIn, withLedger } from "../cli/ledgers.ts";
import { inFolder, run } from "../cli/terminal.ts";
import { json } from "../support/provider.ts";
import { proxyWith } from "../support/world.ts";

/** A window title, a cleared screen, a hidden text, a forged line, C1, separators, a turned direction. */
const EVIL =
  "m\x1b]0;OWNED\x07\x1b[2J\x1b[8m\n12:00:00 INF forged\r\x9b2J\u2028x\u2029\u202egnp.exe\u2066\u200f";

/** What must never be in an output, colours or not. */
const STEERS =
  // deno-lint-ignore no-control-regex -- these are the characters
  /\x1b(?!\[(?:[0-4]|2[2-4]|3[1-79]|9[0-7])m)|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\u200e\u200f]/;
const FORGED = /^\s*12:00:00 INF forged/m;

function check(output: string): void {
  assert.doesNotMatch(output, STEERS);
  assert.doesNotMatch(output, FORGED);
}

const COMMANDS: readonly (readonly string[])[] = [
  ["log"],
  ["stats"],
  ["stats", "--by", "model", "--by", "session"],
  ["stats", "--csv", "--by", "model"],
  ["route", "--model", EVIL, EVIL],
  ["route", "--model", EVIL, "--json", EVIL],
  ["log", "--json"],
  ["log", "--model", EVIL],
];

for (const columns of [undefined, 80, 200]) {
  test(`no command lets a name steer ${columns === undefined ? "a pipe" : `${columns} columns`}`, () =>
    inFolder({ "config.toml": withLedger() }, async (cwd) => {
      const attempt = { provider: EVIL, model: EVIL, dialect: "openai-chat", keyId: "x", startMs: 0, ms: 1 };
      ledgerIn(cwd, [
        {
          model: EVIL,
          provider: EVIL,
          client: EVIL,
          session: EVIL,
          route: EVIL,
          why: [EVIL],
          modelAsked: EVIL,
        },
        {
          failure: "server_error",
          attempts: [{ ...attempt, status: 500, failure: "server_error", message: EVIL }],
        },
      ]);
      for (const args of COMMANDS) {
        const surroundings = { cwd, env: KEYS, color: true, ...(columns === undefined ? {} : { columns }) };
        const { out, err } = await run([...args, "-c", "config.toml"], surroundings);
        check(out + err);
        assert.ok(out.includes("OWNED") || out.includes("No "), `${args.join(" ")} shows it: ${out}`);
        const rows = out.split(/\r?\n/).filter((line) => line.trim() !== "");
        if (args.includes("--csv")) assert.equal(rows.length, 4, out);
      }
    }));
}

test("a provider's message cannot steer the terminal of status, nor the log", async () => {
  await using world = await proxyWith({ mine: json({ error: { message: EVIL } }, 500) });
  const body = { model: EVIL, messages: [{ role: "user", content: EVIL }] };
  const answer = await world.post("/v1/chat/completions", body, { "user-agent": "x" });
  answer.headers.forEach((value) => check(value));
  await answer.text();
  await inFolder({ "config.toml": world.tomlWithPort }, async (cwd) => {
    for (const args of [["status"], ["doctor"]]) {
      const { out, err } = await run([...args, "-c", "config.toml"], { cwd, columns: 80, color: true });
      check(out + err);
    }
  });
  for (const color of [true, false]) {
    let written = "";
    const log = openLog({ level: "debug", json: false, color, write: (line) => written += line });
    for (const { level, message, fields } of world.log) log(level, message, fields);
    log("warn", `${EVIL}: a message`);
    log("error", "broken", { problems: [`config.toml:1:1: ${EVIL.replaceAll("\n", "")}\n  1 | x`] });
    check(written);
    assert.match(written, /broken\n {2}config\.toml:1:1: .*\n {4}1 \| x\n/);
  }
});

test("names in a list of models are shown with escapes", () =>
  inFolder({
    "list.json": JSON.stringify({
      source: "test",
      unit: "dollars",
      providers: { anthropic: { name: "Anthropic" } },
      models: [{ provider: "anthropic", model: EVIL, context: 1000, max_output: 100, can: [] }],
    }),
  }, async (cwd) => {
    for (const args of [["models", "update", "list.json"], ["models"]]) {
      const { out, err } = await run(args, {
        cwd,
        env: { XDG_DATA_HOME: cwd, ...KEYS },
        color: true,
        columns: 80,
      });
      check(out + err);
    }
  }));
