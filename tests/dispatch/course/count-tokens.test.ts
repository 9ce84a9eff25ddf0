import assert from "node:assert/strict";
import { test } from "node:test";
import { json } from "../../support/provider.ts";
import { written } from "../../support/speech.ts";
import { proxyWith } from "../../support/world.ts";

const BODY = { model: "auto", messages: [{ role: "user", content: "plan the architecture" }] };
const COUNT = "/v1/messages/count_tokens";

/** A proxy whose first provider counts tokens; its second one would as well, and must not be asked to. */
const counting = () =>
  proxyWith({
    first: { answer: json({ input_tokens: 42 }), toml: "count_tokens = true" },
    second: { answer: json({ input_tokens: 7 }), toml: "count_tokens = true" },
  }, {
    dialect: "anthropic-messages",
    router: 'think = "first,opus | second,opus"\ndefault = "second,haiku"',
  });

test("tokens are counted by the target that the request itself would go to", async () => {
  await using world = await counting();
  const response = await world.post(`${COUNT}?beta=true`, BODY);
  assert.deepEqual(await response.json(), { input_tokens: 42 });
  assert.equal(response.headers.get("x-routed-model"), "opus");
  assert.equal(response.headers.get("x-route"), "think");
  const [arrived] = world.first.arrived;
  assert.equal(arrived?.path, `${COUNT}?beta=true`);
  assert.equal(arrived?.headers["x-api-key"], "key-of-first");
  assert.deepEqual(arrived?.json, { ...BODY, model: "opus" });
  assert.equal(world.second.arrived.length, 0);
});

test("where its provider cannot count, the answer is an estimate", async () => {
  await using world = await counting();
  world.first.answer(json({ error: { message: "slow down" } }, 429));
  const response = await world.post(COUNT, BODY);
  assert.equal(response.status, 200);
  assert.ok((await response.json()).input_tokens > 0);
  assert.equal(response.headers.get("x-routed-model"), "estimate");
  assert.equal(world.second.arrived.length, 0);
});

test("a count that fails starts no cooldown", async () => {
  await using world = await counting();
  world.first.next(json({ error: { message: "slow down" } }, 429), json(written("anthropic-messages", "ok")));
  await (await world.post(COUNT, BODY)).text();
  const { state } = world;
  assert.deepEqual(state.cooldowns.list(Date.now()), []);
  const response = await world.post("/v1/messages", { ...BODY, max_tokens: 10 });
  assert.equal((await response.json()).content[0].text, "ok");
  assert.equal(world.second.arrived.length, 0);
});

test("a provider that is cooling down is not asked to count", async () => {
  await using world = await counting();
  const { cooldowns } = world.state;
  const failure = { class: "overloaded", provider: "first", model: "opus", message: "busy" } as const;
  cooldowns.failed({ provider: "first", model: "opus", key: "any" }, failure, Date.now());
  const response = await world.post(COUNT, BODY);
  assert.equal(response.headers.get("x-routed-model"), "estimate");
  await response.text();
  assert.equal(world.first.arrived.length, 0);
  assert.equal(world.second.arrived.length, 0);
});

test("a count is in the ledger's list, but not in the reports or the metrics", async () => {
  await using world = await counting();
  await (await world.post(COUNT, BODY)).text();
  await world.ended(1);
  const ledger = world.proxy.context.ledger();
  const [row] = await ledger!.recent({});
  assert.deepEqual([row?.operation, row?.route, row?.kind, row?.cost_usd], [
    "count_tokens",
    "think",
    "think",
    0,
  ]);
  assert.equal((await ledger!.report({ since: 0 })).requests, 0);
  const metrics = await (await fetch(`${world.url}/metrics`)).text();
  assert.doesNotMatch(metrics, /^terraphim_requests_total\{/m);
  assert.equal(world.second.arrived.length, 0);
});

test("a count turns neither the keys nor the targets that take turns", async () => {
  await using world = await counting();
  const { state } = world;
  let turns = 0;
  state.rotate = () => void turns++;
  await (await world.post(COUNT, BODY)).text();
  assert.equal(turns, 0);
  assert.equal(world.second.arrived.length, 0);
});
