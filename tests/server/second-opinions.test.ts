import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Classification, Kind } from "../../src/classifier/classification.ts";
import { changeClientKeys, type ClientKey, newKey } from "../../src/config/client-keys.ts";
import { classify } from "../../src/classifier/classify.ts";
import { assistant, requestFacts, user } from "../support/request-facts.ts";
import { configOf, startProxy, type TestProxy } from "../support/proxy.ts";
import { type Answer, type FakeProvider, fakeProvider, json } from "../support/provider.ts";
import { builtinCatalog } from "../../src/catalog/catalog.ts";
import { withOverrides } from "../../src/config/priced-catalog.ts";
import { isDoubtful } from "../../src/router/turn.ts";
import { SecondOpinions } from "../../src/server/second-opinions.ts";

const says = (text: string): Answer =>
  json({
    id: "x",
    object: "chat.completion",
    model: "small",
    choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
  });
const never: Answer = () => {};

const tomlOf = (judge: FakeProvider, timeout = 5000) =>
  `[router]
think = "main,think"
build = "main,build"
background = "main,background"
default = "main,default"
[router.judge]
target = "judge,small"
timeout_ms = ${timeout}
[[providers]]
name = "judge"
api_base_url = "${judge.url}/v1"
api_key = "judge-key"
[[providers]]
name = "main"
api_base_url = "${judge.url}/main/v1"
api_key = "main-key"
`;

async function withJudge(
  answer: Answer,
  timeout: number,
  work: (proxy: TestProxy, judge: FakeProvider) => Promise<void>,
) {
  await using judge = await fakeProvider(answer);
  await using proxy = startProxy(tomlOf(judge, timeout));
  await work(proxy, judge);
}

const words: Classification = {
  kind: "think",
  next: "build",
  scores: { think: 0.5, build: 0.45, plan_implementation: 0.05, background: 0, default: 0 },
  matched: [],
  prompt: "look at the cache",
  complexity: 0,
  isHousekeeping: false,
  isSubagent: false,
  continuesTurn: false,
  why: "→ think",
};
const catalog = withOverrides(builtinCatalog, configOf(`[router]\ndefault = "groq,x"`));
const asking = (proxy: TestProxy, judge: FakeProvider, set: Partial<Classification> = {}, facts = {}) =>
  proxy.context.opinions.of({
    facts: requestFacts({ messages: [assistant("Shall I?"), user("look at the cache")], ...facts }),
    classification: { ...words, ...set },
    config: configOf(tomlOf(judge)),
    catalog,
  });

test("the model is asked once a turn, in its provider's dialect, and its word is the opinion", () =>
  withJudge(says("Build."), 5000, async (proxy, judge) => {
    for (let i = 0; i < 3; i++) {
      assert.deepEqual(await asking(proxy, judge), { kind: "build", by: "judge,small" });
    }
    assert.equal(judge.arrived.length, 1);
    const [asked] = judge.arrived;
    assert.equal(asked?.path, "/v1/chat/completions");
    assert.equal(asked?.headers["authorization"], "Bearer judge-key");
    assert.equal(asked?.json.model, "small");
    assert.match(JSON.stringify(asked?.json.messages), /look at the cache[^]*/);
    assert.match(JSON.stringify(asked?.json.messages), /Shall I\?/);
    await asking(proxy, judge, { prompt: "another turn" });
    assert.equal(judge.arrived.length, 2);
  }));

const PRICE = { input: 0.25, cacheRead: 0, cacheWrite: 0, output: 0.25, total: 0.5 };

test("an opinion is a request of its own in the ledger: its model, tokens and price, on the route judge", () => {
  const answer = json({
    id: "x",
    object: "chat.completion",
    model: "small",
    choices: [{ index: 0, message: { role: "assistant", content: "build" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 300, completion_tokens: 2, total_tokens: 302 },
  });
  return withJudge(answer, 5000, async (proxy, judge) => {
    await new SecondOpinions(proxy.context.dispatch).of({
      facts: requestFacts({ messages: [user("x")] }),
      classification: words,
      config: configOf(tomlOf(judge)),
      catalog: { ...catalog, cost: () => PRICE },
    });
    const [end] = proxy.records;
    assert.equal(end?.route, "judge");
    assert.deepEqual([end.provider, end.model, end.status], ["judge", "small", 200]);
    assert.deepEqual([end.usage?.input, end.usage?.output], [300, 2]);
    assert.deepEqual([end.costs.cost, end.costs.saved], [0.5, -0.5]);
  });
});

test("requests of a turn that come together wait for the same answer", () =>
  withJudge(says("background"), 5000, async (proxy, judge) => {
    const opinions = await Promise.all([1, 2, 3].map(() => asking(proxy, judge)));
    assert.deepEqual(opinions.map((one) => one?.kind), ["background", "background", "background"]);
    assert.equal(judge.arrived.length, 1);
  }));

test("a token count asks nobody", () =>
  withJudge(says("build"), 5000, async (proxy, judge) => {
    assert.equal(await asking(proxy, judge, {}, { operation: "count_tokens" }), undefined);
    assert.equal(judge.arrived.length, 0);
  }));

for (
  const [what, answer, timeout, why] of [
    ["an answer that does not come in time", never, 20, /no answer within/],
    ["a refusal", json({ error: { message: "no" } }, 500), 5000, /it answered with 500/],
    ["an answer without a kind", says("I cannot say"), 5000, /names no kind of work/],
  ] as const
) {
  test(`${what} is no opinion, one warning in the log, and not asked for again in the turn`, () =>
    withJudge(answer, timeout, async (proxy, judge) => {
      const config = configOf(tomlOf(judge, timeout));
      const facts = requestFacts({ messages: [user("x")] });
      const question = { facts, classification: words, config, catalog };
      assert.equal(await proxy.context.opinions.of(question), undefined);
      assert.equal(await proxy.context.opinions.of(question), undefined);
      assert.equal(judge.arrived.length, 1);
      const said = proxy.log.filter(({ level }) => level === "warn");
      assert.equal(said.length, 1);
      assert.match(said[0]!.message, why);
      assert.match(said[0]!.message, /^no second opinion from judge,small: /);
    }));
}

/** Prompts that may mean several kinds; the first that is in doubt is taken, whatever the model has learned. */
const PROMPTS = [
  "compare the two and use the better one",
  "review the code and clean up",
  "work on the architecture doc",
  "check if this scales",
  "analyse the logs",
  "consider moving this to a worker",
  "investigate the leak",
  "improve the structure",
];

const kindOf = (prompt: string) => classify(requestFacts({ messages: [user(prompt)] }));

function doubtfulPrompt(): string {
  const doubtful = PROMPTS.find((prompt) => isDoubtful(kindOf(prompt)));
  assert.ok(doubtful !== undefined, "none of the prompts is in doubt any more: add one that is");
  return doubtful;
}

interface Named {
  readonly proxy: TestProxy;
  readonly judge: FakeProvider;
  readonly ask: (prompt: string) => Promise<{ readonly status: number }>;
}

/** A proxy with a key named alice, which may use `models`; undefined: all. */
async function withNamedKey(
  more: string,
  models: string[] | undefined,
  work: (named: Named) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "opinions-"));
  try {
    const { key, secret } = newKey();
    const alice: ClientKey = {
      name: "alice",
      role: "client",
      created: 0,
      secrets: [secret],
      ...(models === undefined ? {} : { models }),
    };
    changeClientKeys(join(folder, "keys.json"), () => [alice]);
    await using judge = await fakeProvider(says("build"));
    await using proxy = startProxy(tomlOf(judge) + more, { dataFolder: folder });
    await work({
      proxy,
      judge,
      async ask(prompt) {
        const body = { model: "auto", messages: [{ role: "user", content: prompt }] };
        const response = await proxy.post("/v1/chat/completions", body, { "x-proxy-key": key });
        await response.text();
        return response;
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a doubtful turn goes where the opinion says, with the reason, and a clear one asks nobody", async () => {
  const doubtful = doubtfulPrompt();
  const kinds: readonly Kind[] = ["build", "background"];
  const other = kinds.find((kind) => kind !== kindOf(doubtful).kind)!;
  await withJudge(says(other), 5000, async (proxy, judge) => {
    const ask = async (prompt: string) => {
      const response = await proxy.post("/v1/chat/completions", {
        model: "auto",
        messages: [{ role: "user", content: prompt }],
      });
      await response.text();
      return response.headers;
    };
    const headers = await ask(doubtful);
    assert.equal(headers.get("x-route"), other);
    assert.match(headers.get("x-route-reason")!, new RegExp(`judge,small says ${other}`));
    assert.equal(judge.arrived.filter(({ json }) => json.model === "small").length, 1);
    assert.equal((await ask("plan the architecture")).get("x-route"), "think");
    assert.equal(judge.arrived.filter(({ json }) => json.model === "small").length, 1);
  });
});

test("nobody is asked about a request that a budget, a rule or its key refuses", async () => {
  const rule =
    '[[router.rules]]\nname = "stop"\nwhen = { header = { "content-type" = "*" } }\nrefuse = "no"\n';
  const budget = '[[budgets]]\nname = "all"\nlimit = 0.01\nthen = "refuse"\n';
  const none = ["no-such-*"];
  for (
    const [toml, models, status] of [[rule, undefined, 403], [budget, undefined, 429], [
      "",
      none,
      403,
    ]] as const
  ) {
    await withNamedKey(toml, models, async ({ proxy, judge, ask }) => {
      proxy.context.budgets()?.add(1, { route: "think", client: "x" }, Date.now());
      assert.equal((await ask(doubtfulPrompt())).status, status);
      assert.equal(judge.arrived.length, 0);
    });
  }
});

test("an opinion counts for the key of the client whose turn it is about", () =>
  withNamedKey("", undefined, async ({ proxy, judge, ask }) => {
    assert.equal((await ask(doubtfulPrompt())).status, 200);
    assert.equal(judge.arrived.filter(({ json }) => json.model === "small").length, 1);
    const rows = (await proxy.context.ledger()?.recent({ limit: 5 })) ?? [];
    assert.deepEqual(rows.map(({ client_key }) => client_key), ["alice", "alice"]);
    assert.ok(rows.some(({ route }) => route === "judge"));
  }));
