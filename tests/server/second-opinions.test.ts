import assert from "node:assert/strict";
import { test } from "node:test";
import type { Classification, Kind } from "../../src/classifier/classification.ts";
import { changeClientKeys, type ClientKey, newKey } from "../../src/config/client-keys.ts";
import { classify } from "../../src/classifier/classify.ts";
import { assistant, requestFacts, user } from "../support/request-facts.ts";
import { configOf } from "../support/proxy.ts";
import { type Answer, json } from "../support/provider.ts";
import { builtinCatalog } from "../../src/catalog/catalog.ts";
import { withOverrides } from "../../src/config/priced-catalog.ts";
import { isDoubtful } from "../../src/router/turn.ts";
import { SecondOpinions } from "../../src/server/second-opinions.ts";
import { proxyWith, type ProxyWorld, type WorldSetting } from "../support/world.ts";
import { tempFolder } from "../support/disposable.ts";

const says = (text: string): Answer =>
  json({
    id: "x",
    object: "chat.completion",
    model: "small",
    choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
  });
const never: Answer = () => {};

/** A proxy whose doubts a model decides. */
const judged = (
  answer: Answer,
  { timeout = 5000, ...setting }: WorldSetting & { readonly timeout?: number } = {},
) =>
  proxyWith({ judge: { answer, key: "judge-key" }, main: { answer, key: "main-key" } }, {
    router: `think = "main,think"
build = "main,build"
background = "main,background"
default = "main,default"
[router.judge]
target = "judge,small"
timeout_ms = ${timeout}`,
    ...setting,
  });

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
const asking = (world: ProxyWorld, set: Partial<Classification> = {}, facts = {}) =>
  world.context.opinions.of({
    facts: requestFacts({ messages: [assistant("Shall I?"), user("look at the cache")], ...facts }),
    classification: { ...words, ...set },
    config: configOf(world.toml),
    catalog,
  });

test("the model is asked once a turn, in its provider's dialect, and its word is the opinion", async () => {
  await using world = await judged(says("Build."));
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(await asking(world), { kind: "build", by: "judge,small" });
  }
  assert.equal(world.judge.arrived.length, 1);
  const [asked] = world.judge.arrived;
  assert.equal(asked?.path, "/v1/chat/completions");
  assert.equal(asked?.headers["authorization"], "Bearer judge-key");
  assert.equal(asked?.json.model, "small");
  assert.match(JSON.stringify(asked?.json.messages), /look at the cache[^]*/);
  assert.match(JSON.stringify(asked?.json.messages), /Shall I\?/);
  await asking(world, { prompt: "another turn" });
  assert.equal(world.judge.arrived.length, 2);
});

const PRICE = { input: 0.25, cacheRead: 0, cacheWrite: 0, output: 0.25, total: 0.5 };

test("an opinion is a request of its own in the ledger, on the route judge", async () => {
  const answer = json({
    id: "x",
    object: "chat.completion",
    model: "small",
    choices: [{ index: 0, message: { role: "assistant", content: "build" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 300, completion_tokens: 2, total_tokens: 302 },
  });
  await using world = await judged(answer);
  await new SecondOpinions(world.context.dispatch).of({
    facts: requestFacts({ messages: [user("x")] }),
    classification: words,
    config: configOf(world.toml),
    catalog: { ...catalog, cost: () => PRICE },
  });
  const [end] = world.records;
  assert.equal(end?.route, "judge");
  assert.deepEqual([end.provider, end.model, end.status], ["judge", "small", 200]);
  assert.deepEqual([end.usage?.input, end.usage?.output], [300, 2]);
  assert.deepEqual([end.costs.cost, end.costs.saved], [0.5, -0.5]);
});

test("requests of a turn that come together wait for the same answer", async () => {
  await using world = await judged(says("background"));
  const opinions = await Promise.all([1, 2, 3].map(() => asking(world)));
  assert.deepEqual(opinions.map((one) => one?.kind), ["background", "background", "background"]);
  assert.equal(world.judge.arrived.length, 1);
});

test("a token count asks nobody", async () => {
  await using world = await judged(says("build"));
  assert.equal(await asking(world, {}, { operation: "count_tokens" }), undefined);
  assert.equal(world.judge.arrived.length, 0);
});

for (
  const [what, answer, timeout, why] of [
    ["an answer that does not come in time", never, 20, /no answer within/],
    ["a refusal", json({ error: { message: "no" } }, 500), 5000, /it answered with 500/],
    ["an answer without a kind", says("I cannot say"), 5000, /names no kind of work/],
  ] as const
) {
  test(`${what} is not an opinion: one warning, and no second try in the turn`, async () => {
    await using world = await judged(answer, { timeout });
    const config = configOf(world.toml);
    const facts = requestFacts({ messages: [user("x")] });
    const question = { facts, classification: words, config, catalog };
    assert.equal(await world.context.opinions.of(question), undefined);
    assert.equal(await world.context.opinions.of(question), undefined);
    assert.equal(world.judge.arrived.length, 1);
    const said = world.log.filter(({ level }) => level === "warn");
    assert.equal(said.length, 1);
    assert.match(said[0]!.message, why);
    assert.match(said[0]!.message, /^no second opinion from judge,small: /);
  });
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

/** A proxy with a key named alice, which may use `models`; undefined: all. */
async function named(toml = "", models?: readonly string[]) {
  const folder = tempFolder();
  const { key, secret } = newKey();
  const alice: ClientKey = {
    name: "alice",
    role: "client",
    created: 0,
    secrets: [secret],
    ...(models && { models: [...models] }),
  };
  changeClientKeys(folder.at("keys.json"), () => [alice]);
  return Object.assign(await judged(says("build"), { toml, dataFolder: folder }), { key });
}

/** Asks to its end, as the key's client. */
async function askAs(world: ProxyWorld, key: string, prompt: string): Promise<Response> {
  const response = await world.ask("openai-chat", prompt, { headers: { "x-proxy-key": key } });
  await response.text();
  return response;
}

test("a doubtful turn goes where the opinion says, with the reason, and a clear one asks nobody", async () => {
  const doubtful = doubtfulPrompt();
  const kinds: readonly Kind[] = ["build", "background"];
  const other = kinds.find((kind) => kind !== kindOf(doubtful).kind)!;
  await using world = await judged(says(other));
  const ask = async (prompt: string) => {
    const response = await world.post("/v1/chat/completions", {
      model: "auto",
      messages: [{ role: "user", content: prompt }],
    });
    await response.text();
    return response.headers;
  };
  const headers = await ask(doubtful);
  assert.equal(headers.get("x-route"), other);
  assert.match(headers.get("x-route-reason")!, new RegExp(`judge,small says ${other}`));
  assert.equal(world.judge.arrived.filter(({ json }) => json.model === "small").length, 1);
  assert.equal((await ask("plan the architecture")).get("x-route"), "think");
  assert.equal(world.judge.arrived.filter(({ json }) => json.model === "small").length, 1);
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
    await using world = await named(toml, models);
    world.context.budgets()?.add(1, { route: "think", client: "x" }, Date.now());
    assert.equal((await askAs(world, world.key, doubtfulPrompt())).status, status);
    assert.deepEqual([world.judge.arrived.length, world.main.arrived.length], [0, 0]);
  }
});

test("an opinion counts for the key of the client whose turn it is about", async () => {
  await using world = await named();
  assert.equal((await askAs(world, world.key, doubtfulPrompt())).status, 200);
  assert.equal(world.judge.arrived.filter(({ json }) => json.model === "small").length, 1);
  const rows = (await world.context.ledger()?.recent({ limit: 5 })) ?? [];
  assert.deepEqual(rows.map(({ client_key }) => client_key), ["alice", "alice"]);
  assert.ok(rows.some(({ route }) => route === "judge"));
});
