import assert from "node:assert/strict";
import { test } from "node:test";
import { Headrooms } from "../../../src/dispatch/headroom/headrooms.ts";
import { good } from "../../support/faults.ts";
import { type Answer, json } from "../../support/provider.ts";
import { testClock } from "../../support/proxy.ts";
import { request, written } from "../../support/speech.ts";
import { tempFolder } from "../../support/disposable.ts";
import { proxyWith, type ProxyWorld, type WorldSetting } from "../../support/world.ts";

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

/** A plan that says how much of it is used, and a backup. */
const worldOf = (
  answer?: Answer,
  { reserve = "", ...more }: WorldSetting & { readonly reserve?: string } = {},
) =>
  proxyWith({
    plan: { ...(answer && { answer }), toml: reserve },
    backup: good("anthropic-messages", false, "backup"),
  }, {
    dialect: "anthropic-messages",
    router: 'think = "plan,claude-opus-4-8"\ndefault = "plan,claude-opus-4-8 | backup,m"',
    clock: testClock(START),
    ...more,
  });

async function ask(world: ProxyWorld, model = "default"): Promise<Response> {
  const response = await world.post("/v1/messages", {
    ...request("anthropic-messages", false) as object,
    model,
  });
  await response.text();
  return response;
}

const warningsOf = (world: ProxyWorld) =>
  world.log.filter(({ level, message }) => level === "warn" && message.includes("limit is used"))
    .map(({ message }) => message);

test("what is left of a plan is in a header, in health and in the metrics", async () => {
  await using world = await worldOf(saying(plan(0.42)));
  const response = await ask(world);
  assert.equal(
    response.headers.get("x-plan-left"),
    "5h=58%;reset=2026-11-22T14:00:00Z, 7d=70%;reset=2026-11-25T12:00:00Z",
  );
  const { providers } = await (await world.get("/health/detailed")).json();
  const [known] = providers[0].headroom;
  assert.deepEqual({ ...known, key: "" }, {
    key: "",
    window: "5h",
    left: 0.58,
    of_plan: true,
    resets_at: "2026-11-22T14:00:00.000Z",
  });
  const metrics = await (await world.get("/metrics")).text();
  assert.match(metrics, /^terraphim_headroom_ratio\{provider="plan",key="[0-9a-f]{8}",window="5h"\} 0\.58/m);
});

test("a warning comes once at 80 and once at 95 percent, with the reset and what takes over", async () => {
  await using world = await worldOf();
  for (const used of [0.5, 0.81, 0.83, 0.96, 0.97]) {
    world.plan.answer(saying(plan(used)));
    await ask(world);
  }
  const [first, second, ...rest] = warningsOf(world);
  assert.match(
    first!,
    /^plan: 80 % of its 5h limit is used; it resets at .* \(in 2 h\); then backup,m takes over$/,
  );
  assert.match(second!, /^plan: 95 % of its 5h limit/);
  assert.deepEqual(rest, []);
  world.plan.answer(saying(plan(0.85, START + 7 * HOUR)));
  await ask(world);
  assert.equal(warningsOf(world).length, 3, "another window is another warning");
});

test("the last tenth of a plan stays for the routes that the file names", async () => {
  const clock = testClock(START);
  const reserve = 'reserve = 0.1\nreserve_for = ["think"]';
  await using world = await worldOf(saying(plan(0.93)), { reserve, clock });
  const by = async (model: string) => (await ask(world, model)).headers.get("x-routed-provider");
  assert.equal(await by("default"), "plan", "nothing is known before the first answer");
  assert.equal(await by("default"), "backup");
  assert.equal(await by("think"), "plan");
  assert.equal(await by("plan,claude-opus-4-8"), "plan", "what the client names is asked");
  clock.advance(2 * HOUR + 1000);
  world.plan.answer(saying(plan(0.01, START + 7 * HOUR)));
  assert.equal(await by("default"), "plan", "after the reset the plan is whole again");
});

test("where only the reserved part is left, the client gets a 429 with reason and reset", async () => {
  await using world = await worldOf(saying(plan(0.93)), {
    reserve: "reserve = 0.1",
    router: 'think = "plan,claude-opus-4-8"\ndefault = "plan,claude-opus-4-8"',
  });
  await ask(world);
  const response = await world.post("/v1/messages", {
    ...request("anthropic-messages", false) as object,
    model: "default",
  });
  assert.equal(response.status, 429);
  assert.equal(response.headers.get("retry-after"), "7200");
  assert.match((await response.json()).error.message, /7 % of its 5h limit is left, and kept for think/);
  assert.equal(world.plan.arrived.length, 1);
});

test("a window of one family of models holds for these alone", () => {
  const headrooms = new Headrooms();
  const account = { provider: "plan", key: "k" };
  headrooms.saw(account, [{ window: "7d_opus", used: 0.99, ofPlan: true }], START);
  assert.equal(headrooms.least(account, "claude-opus-4-8", START)?.window, "7d_opus");
  assert.equal(headrooms.least(account, "claude-haiku-4-5", START), undefined);
});

test("what is left is remembered over a restart", async () => {
  using folder = tempFolder();
  await using world = await worldOf(saying(plan(0.93)), {
    reserve: "reserve = 0.1",
    dataFolder: folder.path,
  });
  await ask(world);
  await world.restart();
  assert.equal((await ask(world)).headers.get("x-routed-provider"), "backup");
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
