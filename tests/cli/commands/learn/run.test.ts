import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { writeFeedback } from "../../../../src/server/learning/files.ts";
import { ledgerIn } from "../../ledgers.ts";
import { inFolder, run } from "../../terminal.ts";
import { configuration, proxyWith, type WorldSetting } from "../../../support/world.ts";

const PROMPTS = [
  "write the changelog of the zeppelin service",
  "zeppelin: tidy up the imports",
  "the zeppelin tests, run them",
  "rename the zeppelin folder",
];

interface World {
  readonly run: (...args: string[]) => Promise<Awaited<ReturnType<typeof run>>>;
  readonly cwd: string;
  /** Asks, and gives the id of the request and its route. */
  readonly ask: (prompt: string) => Promise<{ readonly id: string; readonly route: string }>;
  /** Stops the proxy and starts another one on the same data folder. */
  readonly restart: () => Promise<void>;
}

async function withProxy(work: (world: World) => Promise<void>): Promise<void> {
  const setting: WorldSetting = {
    router: 'think = "main,big"\ndefault = "main,small" # for the rest',
    toml: "[learning]\nenabled = true",
  };
  await inFolder({
    "config.toml": `# Mine.\n${configuration({}, { main: { url: "http://127.0.0.1:9" } }, setting)}`,
  }, async (cwd) => {
    const dataFolder = join(cwd, "terraphim-llm-proxy");
    await using world = await proxyWith({ main: {} }, { ...setting, dataFolder });
    const ask = async (prompt: string) => {
      const body = { model: "auto", messages: [{ role: "user", content: prompt }] };
      const answer = await world.post("/v1/chat/completions", body);
      await answer.text();
      return { id: answer.headers.get("x-request-id")!, route: answer.headers.get("x-route")! };
    };
    await work({
      cwd,
      ask,
      restart: () => world.restart(),
      run: (...args) => {
        const asking = ["prefer"].includes(args[0]!) || ["undo", "reset"].includes(args[1]!);
        const url = asking ? ["--url", world.url] : [];
        return run([...args, ...url], {
          cwd,
          env: { XDG_DATA_HOME: cwd, TERRAPHIM_CONFIG: "config.toml" },
        });
      },
    });
  });
}

test("a correction after a restart is taken, shown and undone", () =>
  withProxy(async ({ ask, restart, run }) => {
    assert.match((await run("learn", "show")).out, /Nothing was learned/);
    const { id } = await ask("write the release notes for the payments service");
    await restart();
    const preferred = await run("prefer", id, "think");
    assert.match(
      preferred.out,
      new RegExp(`^${id} should have been think, not \\w+\\. To take it back: .*learn undo$`, "m"),
    );
    assert.match((await run("prefer", id, "--down")).out, /^Thumb down for req_/);
    const { out } = await run("learn", "show");
    assert.match(out, /background\s+think\s+–\s+1\s+100/);
    assert.match(out, /main,\w+\s+background\s+–\s+0\s+1/);
    assert.match((await run("learn", "undo", id)).out, /taken back/);
    assert.match((await run("learn", "reset")).out, /^1 correction forgotten\.$/m);
    assert.match((await run("learn", "show")).out, /Nothing was learned/);
  }));

test("what is kept holds no word of a prompt", () =>
  withProxy(async ({ ask, cwd, run }) => {
    const { id } = await ask("write the release notes for the zeppelin service");
    await run("prefer", id, "think");
    for (const name of ["decisions.jsonl", "learned.json"]) {
      const text = readFileSync(join(cwd, "terraphim-llm-proxy", name), "utf8");
      assert.match(text, new RegExp(id));
      assert.doesNotMatch(text, /zeppelin|release|notes/);
    }
    const { out } = await run("learn", "export");
    assert.equal(JSON.parse(out).corrections[0].to, "think");
  }));

test("a request that is not known, or a route that is not one, is an error that says so", () =>
  withProxy(async ({ ask, run }) => {
    const { id } = await ask("hello");
    const unknown = await run("prefer", "req_0", "think");
    assert.equal(unknown.code, 1);
    assert.match(unknown.err, /No decision about a request "req_0" is remembered/);
    assert.match((await run("prefer", id, "thinking")).err, /one of think, plan_implementation/);
  }));

test("corrections that repeat become a rule, as a difference that keeps comments", () =>
  withProxy(async ({ ask, cwd, run }) => {
    for (const prompt of PROMPTS) await run("prefer", (await ask(prompt)).id, "think");
    assert.match((await run("learn", "propose")).out, /No rule to propose: it needs a known word/);
    const words = join(cwd, "prompts.txt");
    writeFileSync(words, PROMPTS.join("\n"));
    const proposed = await run("learn", "propose", "--words", "prompts.txt");
    assert.match(proposed.out, /^\+when = \{ any = \["zeppelin"\] \}$/m, proposed.err);
    assert.match(proposed.out, /^\+route = "think"$/m);
    const before = readFileSync(join(cwd, "config.toml"), "utf8");
    assert.equal((await run("learn", "propose", "--words", "prompts.txt", "--write")).code, 0);
    const after = readFileSync(join(cwd, "config.toml"), "utf8");
    assert.ok(after.startsWith(before.trimEnd()));
    assert.match((await run("route", "zeppelin, once more")).out, /rule "learned: zeppelin"/);
    assert.match((await run("learn", "propose", "--words", "prompts.txt")).out, /No rule to propose/);
  }));

test("eval --from-ledger judges the latest decisions by the corrections", () =>
  inFolder({
    "config.toml": `[router]\nthink = "groq,big"\ndefault = "groq,m"\n[ledger]\npath = "./l.sqlite"\n`,
  }, async (cwd) => {
    ledgerIn(cwd, [{ kind: "build" }, { kind: "build" }, { kind: "default" }, { kind: "think" }], "l.sqlite");
    mkdirSync(join(cwd, "terraphim-llm-proxy"));
    const none = { hashes: new Uint32Array(), values: new Uint8Array() };
    const scores = [0.2, 0.2, 0.2, 0.2, 0.2];
    const target = { provider: "groq", model: "m" };
    writeFeedback(join(cwd, "terraphim-llm-proxy", "learned.json"), {
      corrections: [
        { id: "req_2", time: 1, from: "build", to: "think", by: "feedback", features: none, scores },
        { id: "req_9", time: 1, from: "build", to: "think", by: "feedback", features: none, scores },
      ],
      thumbs: [{ id: "req_3", time: 1, up: true, kind: "default", target }],
    });
    const env = { XDG_DATA_HOME: cwd, GROQ_API_KEY: "g" };
    const evaluate = (...args: string[]) => run(["eval", "-c", "config.toml", ...args], { cwd, env });
    const { out, err } = await evaluate("--from-ledger", "--misses");
    assert.match(out, /^1 correction and 1 up, 0 down of thumbs for these decisions/, err);
    assert.match(out, /75 % right: 3 of 4 prompts/);
    assert.match(out, /Loss {3}1 of 2/);
    assert.match(out, /build, right is think\n {2}req_2/);
    const json = JSON.parse((await evaluate("--from-ledger", "--json")).out);
    assert.deepEqual([json.prompts, json.right, json.corrections, json.thumbs], [4, 3, 1, {
      up: 1,
      down: 0,
    }]);
    assert.equal((await evaluate()).code, 2);
  }));
