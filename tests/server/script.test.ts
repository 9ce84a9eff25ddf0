import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Facts, Opinion } from "../../examples/route.d.ts";
import type { ScriptFacts } from "../../src/model/script.ts";
import { loadScript } from "../../src/server/script.ts";
import { good } from "../support/faults.ts";
import { proxyWith } from "../support/world.ts";
import { inFolder, run } from "../cli/terminal.ts";
import { tempFolder } from "../support/disposable.ts";

const EXAMPLE = readFileSync(fileURLToPath(new URL("../../examples/route.ts", import.meta.url)), "utf8");

const FACTS: ScriptFacts = {
  prompt: "hello",
  kind: "default",
  next: null,
  confidence: 1,
  language: null,
  complexity: 0,
  client: "unknown",
  model: "auto",
  tokens: 10,
  agent: "main",
  agentType: null,
  mode: "normal",
  headers: {},
  key: null,
  sessionAgeMs: 0,
  turn: 1,
  toolsOffered: [],
  toolCalled: null,
  escalated: false,
  project: null,
  hasImages: false,
  hasDocuments: false,
  minuteOfDay: 600,
  day: 1,
};

const loaded = (body: string) =>
  loadScript({ name: "route.js", source: `export default (facts) => { ${body} }` });
/** What a script answers the second time: with the first the engine may still compile parts of itself. */
async function answerOf(body: string, facts = FACTS) {
  const script = await loaded(body);
  script.run(facts);
  return script.run(facts);
}

test("the published types are those of the program", () => {
  const facts: Facts = FACTS;
  const back: ScriptFacts = facts;
  const opinion: Opinion = { route: "think", effort: "low" };
  assert.deepEqual(Object.keys(back).length, Object.keys(FACTS).length);
  assert.ok(opinion);
});

describe("a script", () => {
  test("sees the facts, and answers with a route or an object", async () => {
    assert.deepEqual(await answerOf("return facts.prompt === 'hello' ? 'think' : null"), { answer: "think" });
    assert.deepEqual(await answerOf("return { route: facts.kind, effort: 'low' }"), {
      answer: { route: "default", effort: "low" },
    });
    assert.deepEqual(await answerOf("return undefined"), { answer: null });
  });

  test("has no file, network, environment, clock, chance or timer", async () => {
    const names = [
      "fetch",
      "process",
      "Deno",
      "Bun",
      "require",
      "std",
      "os",
      "setTimeout",
      "WebSocket",
      "Date",
    ];
    const { answer } = await answerOf(
      `return [${names.map((name) => `typeof ${name}`).join()}, typeof Math.random].join()`,
    ) as { answer: string };
    assert.deepEqual(new Set(answer.split(",")), new Set(["undefined"]));
    await assert.rejects(
      loadScript({ name: "route.js", source: 'import "node:fs"; export default () => 1' }),
      /node:fs/,
    );
  });

  for (
    const [what, body] of [
      ["a loop", "for (;;);"],
      ["built-in functions", "for (;;) [...'abc'.repeat(3000)].sort().join('')"],
      ["a regular expression", "return String(/(a+)+$/.test('a'.repeat(40) + 'b'))"],
    ] as const
  ) {
    test(`that takes too long is ended, and works again: ${what}`, async () => {
      const script = await loaded(`if (facts.prompt === "slow") { ${body} } return "think"`);
      assert.match(JSON.stringify(script.run({ ...FACTS, prompt: "slow" })), /it took more than 5 ms/);
      assert.deepEqual(script.run(FACTS), { answer: "think" });
    });
  }

  test("that takes too much memory is ended, and works again", async () => {
    const script = await loaded(
      "if (facts.prompt === 'big') { let s = 'x'; for (;;) s += s + 1; } return 'think'",
    );
    assert.match(JSON.stringify(script.run({ ...FACTS, prompt: "big" })), /failed.*InternalError/);
    assert.deepEqual(script.run(FACTS), { answer: "think" });
  });

  test("that throws says what and where", async () => {
    const script = await loadScript({
      name: "r.js",
      source: "export default () => {\n  throw new Error('no')\n}",
    });
    assert.deepEqual(script.run(FACTS), { failed: "Error: no (line 2)" });
  });

  test("that answers later, or exports no function, is refused", async () => {
    assert.match(
      JSON.stringify(await answerOf("return Promise.resolve('think')")),
      /at once, not with a promise/,
    );
    await assert.rejects(loadScript({ name: "r.js", source: "export default 1" }), /not a function/);
  });
});

const ROUTER = 'think = "big,m"\ndefault = "small,m"\n';

/** A proxy with the script of this file. */
const scripted = (path: string) =>
  proxyWith({ big: good("openai-chat", false), small: good("openai-chat", false) }, {
    dialect: "openai-chat",
    router: ROUTER,
    toml: `[router.script]\npath = ${JSON.stringify(path)}\n`,
  });

const chat = (prompt: string) =>
  JSON.stringify({ model: "auto", messages: [{ role: "user", content: prompt }] });

test("the example routes a request, and the reason is its own", async () => {
  using folder = tempFolder();
  await using world = await scripted(folder.write("route.ts", EXAMPLE));
  const answer = await world.post("/v1/chat/completions", chat("PAY-7 hello"));
  await answer.text();
  assert.equal(answer.headers.get("x-route"), "script", answer.headers.get("x-route-reason")!);
  assert.match(
    answer.headers.get("x-route-reason")!,
    /the script route\.ts leads to the route think: payments are never a quick fix/,
  );
  assert.equal(world.big.arrived.length, 1);
  const other = await world.post("/v1/chat/completions", chat("hello"));
  await other.text();
  assert.equal(other.headers.get("x-route"), "default");
});

test("a script that fails has no opinion, and the reason says so", async () => {
  using folder = tempFolder();
  await using world = await scripted(
    folder.write("route.ts", "export default () => { throw new Error('oops') }"),
  );
  const answer = await world.post("/v1/chat/completions", chat("hello"));
  await answer.text();
  assert.equal(answer.headers.get("x-route"), "default");
  assert.match(answer.headers.get("x-route-reason")!, /the script route\.ts has no opinion: Error: oops/);
});

test("a script may refuse a request with a text", async () => {
  using folder = tempFolder();
  await using world = await scripted(
    folder.write("route.ts", "export default (facts) => ({ refuse: 'Not today.' })"),
  );
  const answer = await world.post("/v1/chat/completions", chat("hello"));
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), /Not today\. \(the script\)/);
});

describe("check", () => {
  const config = `[router]\ndefault = "groq,m"\n[router.script]\npath = "route.ts"\n`;
  const check = async (text?: string) => {
    let ran: Awaited<ReturnType<typeof run>> | undefined;
    await inFolder(
      { "config.toml": config, ...(text === undefined ? {} : { "route.ts": text }) },
      async (cwd) => {
        ran = await run(["check", "-c", "config.toml"], { cwd, env: { GROQ_API_KEY: "g" } });
      },
    );
    return ran!;
  };

  test("accepts the example", async () => {
    const { code, err } = await check(EXAMPLE);
    assert.equal(code, 0, err);
  });

  test("reports a script that does not load", async () => {
    const { code, out, err } = await check("throw new Error('at once')");
    assert.equal(code, 1);
    assert.match(out + err, /the script route\.ts does not load: Error: at once/);
  });

  test("reports a script that is not TypeScript, or is not there", async () => {
    assert.match((await check("export default function (")).err, /is not TypeScript that can be run/);
    const { code, err } = await check();
    assert.equal(code, 2);
    assert.match(err, /cannot read .*route\.ts: there is no such file/);
  });
});
