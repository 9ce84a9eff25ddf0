import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runCli } from "../../../../src/cli/cli.ts";
import { Ledger } from "../../../../src/ledger/ledger.ts";
import { anAttempt, anEnd } from "../../../ledger/sample.ts";
import { type Asked, KEYS, ledgerIn, withLedger } from "../../ledgers.ts";
import { inFolder, run, session } from "../../terminal.ts";
import { closing } from "../../../support/disposable.ts";

const BACKUP = { provider: "groq", model: "llama-3.1-8b-instant", route: "background", client: "codex" };
const REFUSED = {
  ...anAttempt,
  status: 429,
  failure: "quota_exhausted" as const,
  message: "You have reached your monthly limit",
};

const THREE: readonly Asked[] = [
  { id: "first", cost: 0.45 },
  {
    id: "second",
    ...BACKUP,
    fellBack: true,
    attempts: [REFUSED, { ...anAttempt, provider: "groq" }],
    cost: 0.001,
  },
  {
    id: "third",
    status: 429,
    failure: "quota_exhausted",
    attempts: [REFUSED],
    provider: undefined,
    model: undefined,
    usage: undefined,
    session: "s9",
    cost: 0,
  } as Asked,
];

const withThree = (work: (cwd: string) => Promise<void>) =>
  inFolder({ "config.toml": withLedger() }, async (cwd) => {
    ledgerIn(cwd, THREE);
    await work(cwd);
  });

const log = (cwd: string, args: readonly string[] = [], columns?: number) =>
  run(["log", "--config", "config.toml", ...args], {
    cwd,
    env: KEYS,
    ...(columns === undefined ? {} : { columns }),
  });

const ids = (json: { requests: { id: string }[] }) => json.requests.map(({ id }) => id);

describe("log", () => {
  test("shows the newest last, a line each with the reasons below, within 80 columns", () =>
    withThree(async (cwd) => {
      const { code, out } = await log(cwd, [], 80);
      assert.equal(code, 0);
      const lines = out.trimEnd().split("\n");
      for (const line of lines) assert.ok(line.length <= 80, line);
      assert.match(lines[0] ?? "", /^Time +Route +Answered by +Cost$/);
      assert.match(lines[1] ?? "", /^\d\d:\d\d:\d\d {2}think +openrouter,anthropic\/claude-3-opus +\$0\.45$/);
      assert.match(lines[2] ?? "", /^ +claude-code, 1\.3k in, 300 out, 2\.4 s: the word “plan”/);
      assert.match(out, /background +groq,llama-3\.1-8b-instant +\$0\.0010\n/);
      assert.match(
        out.replace(/\s+/g, " "),
        /openrouter,anthropic\/claude-3-opus: 429 quota exhausted \(You have reached your monthly limit\)/,
      );
      assert.match(out, /think +failed: 429 quota exhausted +\$0\.00\n/);
    }));

  test("in a pipe each request is one line with the whole moment, and the reasons at its end", () =>
    withThree(async (cwd) => {
      const lines = (await log(cwd)).out.trimEnd().split("\n");
      assert.equal(lines.length, 4);
      assert.match(lines[0] ?? "", /^Time .* Why$/);
      assert.match(lines[1] ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d .* 200 +1\.3k\+300 .*“plan” without an/);
      assert.match(lines[3] ?? "", / 429 .*monthly limit\)$/);
    }));

  test("--json has every field of the requests, the newest last", () =>
    withThree(async (cwd) => {
      const json = (await log(cwd, ["--json"])).json();
      assert.deepEqual(ids(json), ["first", "second", "third"]);
      const [first] = json.requests;
      assert.equal(first.cost_usd, 0.45);
      assert.equal(first.at, new Date(first.time).toISOString());
      assert.deepEqual(first.why, ["the word “plan” without an implementation word"]);
    }));

  const filters: readonly (readonly [args: string[], found: string[]])[] = [
    [["-n", "2"], ["second", "third"]],
    [["--route", "background"], ["second"]],
    [["--model", "llama-3.1-8b-instant"], ["second"]],
    [["--provider", "openrouter"], ["first"]],
    [["--client", "codex"], ["second"]],
    [["--session", "s9"], ["third"]],
    [["--failed"], ["third"]],
    [["--since", "1h", "-n", "1"], ["third"]],
    [["--route", "think", "--failed"], ["third"]],
  ];
  for (const [args, found] of filters) {
    test(`${args.join(" ")} finds ${found.join(", ")}`, () =>
      withThree(async (cwd) => assert.deepEqual(ids((await log(cwd, [...args, "--json"])).json()), found)));
  }

  test("a name that no request has is reported, with the one that was probably meant", () =>
    withThree(async (cwd) => {
      const { code, out } = await log(cwd, ["--model", "llama-3.1-8b-instnat"]);
      assert.equal(code, 0);
      assert.equal(
        out,
        'No requests with model "llama-3.1-8b-instnat". Did you mean "llama-3.1-8b-instant"?\n',
      );
      assert.match((await log(cwd, ["--client", "zed"])).out, /Known: .*codex/);
      assert.match((await log(cwd, ["--client", "codex", "--failed"])).out, /^No matching requests\.$/m);
    }));

  test("an older day gets a line of its own on a terminal", () =>
    inFolder({ "config.toml": withLedger() }, async (cwd) => {
      ledgerIn(cwd, [{ time: new Date(2026, 0, 5, 12, 30).getTime() }, {}]);
      const { out } = await log(cwd, [], 130);
      assert.match(
        out,
        /^2026-01-05\n12:30:00 +think +openrouter,.* 200 +1\.3k\+300 +\$0\.01 +2\.4 s +claude-code$/m,
      );
    }));

  test("an empty ledger is a friendly line, and a number below zero is refused", () =>
    inFolder({ "config.toml": withLedger() }, async (cwd) => {
      assert.match((await log(cwd)).out, /^No requests yet\./);
      assert.deepEqual((await log(cwd, ["--json"])).json(), { requests: [] });
      assert.equal((await log(cwd, ["-n", "-1"])).code, 2);
      assert.equal((await log(cwd, ["--since", "never"])).code, 2);
    }));
});

/** Starts `log --follow` on a ledger that is being written. */
async function following(
  args: readonly string[],
  work: (
    tools: { add: (asked: Asked) => void; says: (words: RegExp) => Promise<unknown>; cwd: string },
  ) => Promise<void>,
): Promise<{ code: number; out: string; err: string }> {
  let result = { code: -1, out: "", err: "" };
  await inFolder({ "config.toml": withLedger() }, async (cwd) => {
    const path = ledgerIn(cwd, [{ id: "old", route: "old-route" }]);
    const { io, says, signal, out, err } = session(["log", "--follow", "-c", "config.toml", ...args], {
      cwd,
      env: KEYS,
      columns: 100,
    });
    // It listens for signals once it has seen where the ledger ends.
    const { promise: started, resolve } = Promise.withResolvers<void>();
    const running = runCli({
      ...io,
      onSignal(name, listener) {
        resolve();
        return io.onSignal(name, listener);
      },
    });
    await started;
    const add = (asked: Asked) => {
      using ledger = closing(new Ledger({ path }));
      ledger.add(anEnd({ time: Date.now(), ...asked }));
    };
    try {
      await work({ add, says, cwd });
    } finally {
      signal("SIGINT");
      result = { code: await running, out: out(), err: err() };
    }
  });
  return result;
}

describe("log --follow", () => {
  test("shows what is there, then each request as it comes, and ends at Ctrl-C", async () => {
    const { code, out } = await following([], async ({ add, says }) => {
      await says(/old-route/);
      add({ route: "new-one" });
      await says(/new-one/);
      add({ route: "new-two" });
      await says(/new-two/);
    });
    assert.equal(code, 0);
    assert.deepEqual(out.match(/old-route|new-one|new-two/g), ["old-route", "new-one", "new-two"]);
    assert.equal(out.match(/Answered by/g)?.length, 1, "one head");
  });

  test("-n 0 shows only what comes; filters hold; --json is an object a line", async () => {
    const { out } = await following(["-n", "0", "--route", "wanted", "--json"], async ({ add, says }) => {
      add({ route: "other" });
      add({ route: "wanted" });
      await says(/"wanted"/);
    });
    assert.deepEqual(out.trimEnd().split("\n").map((line) => JSON.parse(line).route), ["wanted"]);
  });

  test("follows the new file when the ledger is replaced", async () => {
    const { code, out } = await following([], async ({ add, says, cwd }) => {
      await says(/old-route/);
      add({ route: "second-row" });
      await says(/second-row/);
      for (const end of ["", "-wal", "-shm"]) rmSync(join(cwd, `ledger.sqlite${end}`), { force: true });
      add({ route: "fresh-row" });
      await says(/fresh-row/);
    });
    assert.equal(code, 0);
    assert.match(out, /fresh-row/);
  });
});

test("the help of the commands that show the proxy fits a terminal of 80 by 24", async () => {
  for (const command of ["stats", "log", "status", "doctor", "setup", "models"]) {
    const { out } = await run([command, "--help"], { columns: 80 });
    const lines = out.trimEnd().split("\n");
    assert.ok(lines.length <= 23, `${command}: ${lines.length} lines`);
    for (const line of lines) assert.ok(line.length <= 80, line);
  }
});
