import assert from "node:assert/strict";
import { test } from "node:test";
import { type FakeProvider, fakeProvider, json } from "../support/provider.ts";
import { startProxy, type TestProxy } from "../support/proxy.ts";
import { written } from "../support/speech.ts";

const BODY = { model: "auto", messages: [{ role: "user", content: "plan the architecture" }] };
const COUNT = "/v1/messages/count_tokens";

/** Runs `work` with a proxy whose first provider counts tokens, and whose second one does not get any count. */
async function withCounter(work: (proxy: TestProxy, first: FakeProvider) => Promise<void>): Promise<void> {
  const first = await fakeProvider(json({ input_tokens: 42 }));
  const second = await fakeProvider(json({ input_tokens: 7 }));
  const provider = (name: string, url: string) => `
[[providers]]
name = "${name}"
api_base_url = "${url}/v1"
api_key = "key-of-${name}"
dialects = ["anthropic-messages"]
count_tokens = true
`;
  const proxy = startProxy(`
[router]
think = "first,opus | second,opus"
default = "second,haiku"
${provider("first", first.url)}${provider("second", second.url)}`);
  try {
    await work(proxy, first);
    assert.equal(second.arrived.length, 0);
  } finally {
    await proxy.close();
    await first.close();
    await second.close();
  }
}

test("tokens are counted by the target that the request itself would go to", () =>
  withCounter(async (proxy, first) => {
    const response = await proxy.post(`${COUNT}?beta=true`, BODY);
    assert.deepEqual(await response.json(), { input_tokens: 42 });
    assert.equal(response.headers.get("x-routed-model"), "opus");
    assert.equal(response.headers.get("x-route"), "think");
    const [arrived] = first.arrived;
    assert.equal(arrived?.path, `${COUNT}?beta=true`);
    assert.equal(arrived?.headers["x-api-key"], "key-of-first");
    assert.deepEqual(arrived?.json, { ...BODY, model: "opus" });
  }));

test("where its provider cannot count, the answer is an estimate, and no other provider is asked", () =>
  withCounter(async (proxy, first) => {
    first.answer(json({ error: { message: "slow down" } }, 429));
    const response = await proxy.post(COUNT, BODY);
    assert.equal(response.status, 200);
    assert.ok((await response.json()).input_tokens > 0);
    assert.equal(response.headers.get("x-routed-model"), "estimate");
  }));

test("a count that fails cools nothing down", () =>
  withCounter(async (proxy, first) => {
    first.next(json({ error: { message: "slow down" } }, 429), json(written("anthropic-messages", "ok")));
    await (await proxy.post(COUNT, BODY)).text();
    const { state } = proxy.context.dispatch;
    assert.deepEqual(state.cooldowns.list(Date.now()), []);
    const response = await proxy.post("/v1/messages", { ...BODY, max_tokens: 10 });
    assert.equal((await response.json()).content[0].text, "ok");
  }));

test("a provider that is cooling down is not asked to count", () =>
  withCounter(async (proxy, first) => {
    const { cooldowns } = proxy.context.dispatch.state;
    const failure = { class: "overloaded", provider: "first", model: "opus", message: "busy" } as const;
    cooldowns.failed({ provider: "first", model: "opus", key: "any" }, failure, Date.now());
    const response = await proxy.post(COUNT, BODY);
    assert.equal(response.headers.get("x-routed-model"), "estimate");
    await response.text();
    assert.equal(first.arrived.length, 0);
  }));

test("a count is in the ledger's list, and in neither the reports nor the metrics", () =>
  withCounter(async (proxy) => {
    await (await proxy.post(COUNT, BODY)).text();
    await proxy.ended(1);
    const ledger = proxy.context.ledger();
    const [row] = ledger?.recent({}) ?? [];
    assert.deepEqual([row?.operation, row?.route, row?.kind, row?.cost_usd], [
      "count_tokens",
      "think",
      "think",
      0,
    ]);
    assert.equal(ledger?.report({ since: 0 }).requests, 0);
    const metrics = await (await fetch(`${proxy.url}/metrics`)).text();
    assert.doesNotMatch(metrics, /^terraphim_requests_total\{/m);
  }));

test("a count turns neither the keys nor the targets that take turns", () =>
  withCounter(async (proxy) => {
    const { state } = proxy.context.dispatch;
    const before = state.rotation;
    await (await proxy.post(COUNT, BODY)).text();
    assert.equal(state.rotation, before);
  }));
