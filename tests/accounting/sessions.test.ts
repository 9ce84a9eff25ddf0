/** Sessions in the running proxy: where they stay, what they are measured against, and what a plan pays for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoggedRequest } from "../../src/ledger/row.ts";
import { testClock } from "../support/proxy.ts";
import { type ProviderSetting, proxyWith, type ProxyWorld, type WorldSetting } from "../support/world.ts";
import type { Answer } from "../support/provider.ts";

const MINUTE = 60_000;
/** Tokens of every conversation, whatever it says. */
const CONTEXT = 100_000;

const price = (model: string, input: number) =>
  `[[prices]]
provider = "house"
model = "${model}"
input = ${input}
output = ${input * 5}
cache_read = ${input / 10}
cache_write = ${input * 1.25}
`;

const ROUTER = `think = "house,claude-opus-4-8"
build = "house,claude-sonnet-5"
background = "house,claude-haiku-4-5"
default = "house,claude-sonnet-5"`;

/** A provider that keeps what each model has read, and counts it. */
function caching(): Answer {
  const kept = new Set<string>();
  return ({ json: { model } }, res) => {
    const read = kept.has(model) ? CONTEXT : 0;
    kept.add(model);
    res.setHeader("content-type", "application/json");
    res.end(JSON.stringify({
      id: "msg_1",
      type: "message",
      role: "assistant",
      model,
      content: [{ type: "text", text: "ok" }],
      stop_reason: "end_turn",
      usage: {
        input_tokens: 0,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: CONTEXT - read,
        output_tokens: 10,
      },
    }));
  };
}

/** A proxy with one provider whose prices and caches are known. */
const worldOf = (house: ProviderSetting = {}, setting: WorldSetting = {}) =>
  proxyWith({ house: { answer: caching(), path: "", ...house } }, {
    dialect: "anthropic-messages",
    router: ROUTER,
    toml: price("claude-opus-4-8", 5) + price("claude-sonnet-5", 2) + price("claude-haiku-4-5", 1),
    ...setting,
  });

const SYSTEM = "You are a coding agent. ".repeat(2000);

async function ask(world: ProxyWorld, prompt: string, headers: Readonly<Record<string, string>>) {
  const answer = await world.post("/v1/messages", {
    model: "auto",
    max_tokens: 100,
    system: SYSTEM,
    messages: [{ role: "user", content: prompt }],
  }, headers);
  assert.equal(answer.status, 200, await answer.text());
  return { model: answer.headers.get("x-routed-model"), why: answer.headers.get("x-route-reason") ?? "" };
}

const rows = async (world: ProxyWorld): Promise<readonly LoggedRequest[]> =>
  await world.context.ledger()!.recent({ after: 0 });

const SESSION = { "x-session-id": "s1" };

test("a session stays on its warm model, says why, and leaves when the cache is cold", async () => {
  const clock = testClock();
  await using world = await worldOf({}, { clock });
  assert.equal((await ask(world, "build this feature", SESSION)).model, "claude-sonnet-5");
  clock.advance(MINUTE);
  const stayed = await ask(world, "commit and push", SESSION);
  assert.equal(stayed.model, "claude-sonnet-5");
  assert.match(
    stayed.why,
    /stays on claude-sonnet-5: about \$\S+ against \$\S+ at claude-haiku-4-5, whose cache is cold/,
  );
  assert.equal((await ask(world, "commit and push", { "x-session-id": "s2" })).model, "claude-haiku-4-5");
  clock.advance(6 * MINUTE);
  assert.equal((await ask(world, "commit and push", SESSION)).model, "claude-haiku-4-5");
});

test("a session's savings are measured against the cache that the baseline would have had", async () => {
  const clock = testClock();
  await using world = await worldOf({}, { clock });
  await ask(world, "build this feature", SESSION);
  clock.advance(MINUTE);
  await ask(world, "build the next feature", SESSION);
  clock.advance(MINUTE);
  await ask(world, "plan the architecture", SESSION);
  const [first, second, third] = await rows(world);
  assert.deepEqual(
    [first, second, third].map((row) => row?.baseline_basis),
    ["session", "session", "session"],
  );
  const output = 10 * 25e-6;
  assert.equal(first?.baseline_usd?.toFixed(5), (CONTEXT * 6.25e-6 + output).toFixed(5));
  assert.equal(second?.baseline_usd?.toFixed(5), (CONTEXT * 0.5e-6 + output).toFixed(5));
  assert.equal(third?.lost_by_switching_usd?.toFixed(5), (CONTEXT * (6.25 - 0.5) * 1e-6).toFixed(5));
  assert.equal(third?.saved_usd?.toFixed(5), (-CONTEXT * (6.25 - 0.5) * 1e-6).toFixed(5));
});

test("without a session a saving is an estimate, and marked as one", async () => {
  await using world = await worldOf();
  await ask(world, "build this feature", {});
  assert.equal((await rows(world))[0]?.baseline_basis, "estimate");
  assert.equal((await world.context.ledger()!.report({ since: 0 })).estimated_baseline_requests, 1);
});

test("what a login with a flat plan answers costs nothing, and is counted in tokens", async () => {
  await using world = await worldOf({ key: "passthrough" });
  await ask(world, "build this feature", { ...SESSION, authorization: "Bearer sk-ant-oat01-login" });
  await ask(world, "build this feature", { ...SESSION, "x-api-key": "sk-ant-api03-key" });
  const [login, key] = await rows(world);
  assert.deepEqual([login?.on_plan, login?.cost_usd, login?.saved_usd], [true, 0, 0]);
  assert.equal(key?.on_plan, false);
  assert.ok((key?.cost_usd ?? 0) > 0);
  const { plan_requests, plan_tokens } = await world.context.ledger()!.report({ since: 0 });
  assert.deepEqual([plan_requests, plan_tokens], [1, CONTEXT + 10]);
});

test("a provider whose keys are of a flat plan has no price", async () => {
  await using world = await worldOf({ toml: "flat_plan = true" });
  await ask(world, "build this feature", SESSION);
  const [row] = await rows(world);
  assert.deepEqual([row?.on_plan, row?.cost_usd, row?.baseline_basis], [true, 0, null]);
});
