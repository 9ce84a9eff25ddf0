import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Headrooms } from "../../../src/dispatch/headroom/headrooms.ts";
import { good } from "../../support/faults.ts";
import { type FakeProvider, fakeProvider, json } from "../../support/provider.ts";
import { startProxy, testClock, type TestProxy } from "../../support/proxy.ts";
import { request, written } from "../../support/speech.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 22, 12);

/** The headers of Claude's plan with so much of the five hours used. */
const plan = (used: number, resetAt = START + 2 * HOUR) => ({
  "anthropic-ratelimit-unified-5h-utilization": String(used),
  "anthropic-ratelimit-unified-5h-reset": String(resetAt / 1000),
  "anthropic-ratelimit-unified-7d-utilization": "0.3",
  "anthropic-ratelimit-unified-7d-reset": String((START + 72 * HOUR) / 1000),
});

const saying = (headers: Record<string, string>) => json(written("anthropic-messages", "hi"), 200, headers);

const configuration = (primary: FakeProvider, backup: FakeProvider, more = "") => `
[router]
think = "plan,claude-opus-4-8"
default = "plan,claude-opus-4-8 | backup,m"
[[providers]]
name = "plan"
api_base_url = "${primary.url}/v1"
api_key = "k"
dialects = ["anthropic-messages"]
${more}
[[providers]]
name = "backup"
api_base_url = "${backup.url}/v1"
api_key = "k"
dialects = ["anthropic-messages"]
`;

async function ask(proxy: TestProxy, model = "default"): Promise<Response> {
  const response = await proxy.post("/v1/messages", {
    ...request("anthropic-messages", false) as object,
    model,
  });
  await response.text();
  return response;
}

const warningsOf = (proxy: TestProxy) =>
  proxy.log.filter(({ level, message }) => level === "warn" && message.includes("limit is used"))
    .map(({ message }) => message);

test("what is left of a plan is in a header, in health and in the metrics", async () => {
  await using primary = await fakeProvider(saying(plan(0.42)));
  await using backup = await fakeProvider();
  await using proxy = startProxy(configuration(primary, backup), { clock: testClock(START) });
  const response = await ask(proxy);
  assert.equal(
    response.headers.get("x-plan-left"),
    "5h=58%;reset=2026-11-22T14:00:00Z, 7d=70%;reset=2026-11-25T12:00:00Z",
  );
  const { providers } = await (await fetch(proxy.url + "/health/detailed")).json();
  const [known] = providers[0].headroom;
  assert.deepEqual({ ...known, key: "" }, {
    key: "",
    window: "5h",
    left: 0.58,
    of_plan: true,
    resets_at: "2026-11-22T14:00:00.000Z",
  });
  const metrics = await (await fetch(proxy.url + "/metrics")).text();
  assert.match(metrics, /^terraphim_headroom_ratio\{provider="plan",key="[0-9a-f]{8}",window="5h"\} 0\.58/m);
});

test("a warning comes once at 80 and once at 95 percent, with the reset and what takes over", async () => {
  await using primary = await fakeProvider();
  await using backup = await fakeProvider();
  await using proxy = startProxy(configuration(primary, backup), { clock: testClock(START) });
  for (const used of [0.5, 0.81, 0.83, 0.96, 0.97]) {
    primary.answer(saying(plan(used)));
    await ask(proxy);
  }
  const [first, second, ...rest] = warningsOf(proxy);
  assert.match(
    first!,
    /^plan: 80 % of its 5h limit is used; it resets at .* \(in 2 h\); then backup,m takes over$/,
  );
  assert.match(second!, /^plan: 95 % of its 5h limit/);
  assert.deepEqual(rest, []);
  primary.answer(saying(plan(0.85, START + 7 * HOUR)));
  await ask(proxy);
  assert.equal(warningsOf(proxy).length, 3, "another window is another warning");
});

test("the last tenth of a plan stays for the routes that the file names", async () => {
  await using primary = await fakeProvider(saying(plan(0.93)));
  await using backup = await fakeProvider(good("anthropic-messages", false, "backup"));
  const clock = testClock(START);
  const reserve = 'reserve = 0.1\nreserve_for = ["think"]';
  await using proxy = startProxy(configuration(primary, backup, reserve), { clock });
  const by = async (model: string) => (await ask(proxy, model)).headers.get("x-routed-provider");
  assert.equal(await by("default"), "plan", "nothing is known before the first answer");
  assert.equal(await by("default"), "backup");
  assert.equal(await by("think"), "plan");
  assert.equal(await by("plan,claude-opus-4-8"), "plan", "what the client names is asked");
  clock.advance(2 * HOUR + 1000);
  primary.answer(saying(plan(0.01, START + 7 * HOUR)));
  assert.equal(await by("default"), "plan", "after the reset the plan is whole again");
});

test("where only the kept part could answer, the client gets a 429 with the reason and the reset", async () => {
  await using primary = await fakeProvider(saying(plan(0.93)));
  await using backup = await fakeProvider();
  const text = configuration(primary, backup, "reserve = 0.1").replace(" | backup,m", "");
  await using proxy = startProxy(text, { clock: testClock(START) });
  await ask(proxy);
  const response = await proxy.post("/v1/messages", {
    ...request("anthropic-messages", false) as object,
    model: "default",
  });
  assert.equal(response.status, 429);
  assert.equal(response.headers.get("retry-after"), "7200");
  assert.match((await response.json()).error.message, /7 % of its 5h limit is left, and kept for think/);
  assert.equal(primary.arrived.length, 1);
});

test("a window of one family of models holds for these alone", () => {
  const headrooms = new Headrooms();
  const account = { provider: "plan", key: "k" };
  headrooms.saw(account, [{ window: "7d_opus", used: 0.99, ofPlan: true }], START);
  assert.equal(headrooms.least(account, "claude-opus-4-8", START)?.window, "7d_opus");
  assert.equal(headrooms.least(account, "claude-haiku-4-5", START), undefined);
});

test("what is left is remembered over a restart", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "headroom-"));
  try {
    await using primary = await fakeProvider(saying(plan(0.93)));
    await using backup = await fakeProvider(good("anthropic-messages", false, "backup"));
    const clock = testClock(START);
    const text = configuration(primary, backup, "reserve = 0.1");
    const first = startProxy(text, { clock, dataFolder });
    await ask(first);
    await first.close();
    await using proxy = startProxy(text, { clock, dataFolder });
    assert.equal((await ask(proxy)).headers.get("x-routed-provider"), "backup");
  } finally {
    rmSync(dataFolder, { recursive: true });
  }
});

test("what was reported of a credential is forgotten with the credential", () => {
  const headrooms = new Headrooms();
  const saw = (key: string) =>
    headrooms.saw(
      { provider: "plan", key },
      [{ window: "5h", used: 0.9, resetAt: START, ofPlan: true }],
      START,
    )
      .length;
  assert.deepEqual([saw("first"), saw("first")], [1, 0]);
  for (let at = 0; at < 500; at++) saw(`other-${at}`);
  assert.equal(saw("first"), 1);
});
