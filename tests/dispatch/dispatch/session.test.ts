import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltinDialect } from "../../../src/dialects/registry.ts";
import { good } from "../../support/faults.ts";
import { json } from "../../support/provider.ts";
import { testClock } from "../../support/proxy.ts";
import { DIALECTS } from "../../support/speech.ts";
import { proxyWith } from "../../support/world.ts";
import { tempFolder } from "../../support/disposable.ts";

const DAYS = 86_400_000;
const CHAT = "openai-chat";
const OUT_OF_QUOTA = json({ error: { code: "insufficient_quota", message: "no" } }, 429);

/** A primary with a backup; `limit()` begins the primary's monthly limit, 14 days before its reset. */
async function subscription(dialect: BuiltinDialect) {
  const clock = testClock();
  const world = await proxyWith(
    { primary: good(dialect, false, "primary"), backup: good(dialect, false, "backup") },
    { dialect, clock, dataFolder: tempFolder() },
  );
  const limit = () => {
    const reset = Math.floor((clock.now() + 14 * DAYS) / 1000);
    world.primary.next(json({ type: "error", error: { type: "rate_limit_error", message: "limit" } }, 429, {
      "anthropic-ratelimit-unified-reset": String(reset),
    }));
  };
  return {
    world,
    clock,
    limit,
    ask: async () => (await world.hear(dialect)).text,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

for (const dialect of DIALECTS) {
  test(`${dialect}: the request that meets a limit is answered by the backup`, async () => {
    await using session = await subscription(dialect);
    const { world, limit, ask } = session;
    assert.equal(await ask(), "primary");
    limit();
    assert.equal(await ask(), "backup");
    assert.equal(world.primary.arrived.length, 2);
  });

  test(`${dialect}: a primary at its limit is left alone until the reset, and then returns`, async () => {
    await using session = await subscription(dialect);
    const { world, clock, limit, ask } = session;
    limit();
    for (let i = 0; i < 4; i++) assert.equal(await ask(), "backup");
    assert.equal(world.primary.arrived.length, 1);
    clock.advance(14 * DAYS + 1000);
    assert.equal(await ask(), "primary");
    assert.equal(await ask(), "primary");
  });

  test(`${dialect}: a restart does not forget a limit`, async () => {
    await using session = await subscription(dialect);
    const { world, clock, limit, ask } = session;
    limit();
    assert.equal(await ask(), "backup");
    await world.restart();
    assert.equal(await ask(), "backup");
    assert.equal(world.primary.arrived.length, 1);
    clock.advance(14 * DAYS + 1000);
    assert.equal(await ask(), "primary");
  });
}

test("a reload that keeps a key keeps its cooldown", async () => {
  await using world = await proxyWith(
    { primary: OUT_OF_QUOTA, backup: good(CHAT, false, "backup") },
    { dialect: CHAT },
  );
  assert.equal((await world.hear(CHAT)).text, "backup");
  world.primary.answer(good(CHAT, false, "primary"));
  world.reload({}, { toml: "[ledger]\nkeep_days = 7\n" });
  assert.equal((await world.hear(CHAT)).text, "backup");
});

test("a reload that changes a key ends that key's cooldown", async () => {
  await using world = await proxyWith(
    { primary: OUT_OF_QUOTA, backup: good(CHAT, false, "backup") },
    { dialect: CHAT },
  );
  assert.equal((await world.hear(CHAT)).text, "backup");
  world.primary.answer(good(CHAT, false, "primary"));
  world.reload({ primary: { key: "another-key" } });
  assert.equal((await world.hear(CHAT)).text, "primary");
  assert.equal(world.primary.arrived.at(-1)?.headers["authorization"], "Bearer another-key");
});

/** Two providers that fail: for two minutes and for one. */
const failing = (clock = testClock()) =>
  proxyWith({
    primary: json({ error: { message: "slow down" } }, 429, { "retry-after": "120" }),
    backup: json({ error: { message: "busy" } }, 503, { "retry-after": "60" }),
  }, { dialect: CHAT, router: 'default = "primary,m | backup,b"', clock });

test("when all targets fail the client gets the most useful status and every reason", async () => {
  await using world = await failing();
  const response = await world.ask(CHAT);
  assert.equal(response.status, 429);
  const words = (await response.json()).error.message;
  assert.match(words, /All 2 targets failed/);
  assert.match(words, /primary,m: 429 rate limited \(slow down\)/);
  assert.match(words, /backup,b: 503 overloaded \(busy\)/);
  assert.equal(response.headers.get("retry-after"), "60");
});

test("when all targets are cooling down the client learns until when, and nobody is asked", async () => {
  await using world = await failing();
  await (await world.ask(CHAT)).text();
  const response = await world.ask(CHAT);
  assert.equal(world.primary.arrived.length + world.backup.arrived.length, 2);
  assert.equal(response.headers.get("retry-after"), "60");
  assert.match((await response.json()).error.message, /are cooling down; next available in 1 min/);
});

test("a cooldown of less than 5 s is waited out", async () => {
  const clock = testClock();
  await using world = await failing(clock);
  await (await world.ask(CHAT)).text();
  clock.advance(56_000);
  world.backup.answer(good(CHAT, false, "backup"));
  const response = await world.ask(CHAT);
  assert.equal(response.status, 200);
  await response.text();
  assert.equal(world.backup.arrived.length, 2);
});

test("a request that is too long for one model goes to one with a larger window only", async () => {
  await using world = await proxyWith({
    groq: json({ error: { code: "context_length_exceeded", message: "too long" } }, 400),
    cerebras: good(CHAT, false, "same"),
    openai: good(CHAT, false, "large"),
  }, {
    dialect: CHAT,
    router: 'default = "groq,llama-3.1-8b-instant | cerebras,gpt-oss-120b | openai,gpt-4.1"',
  });
  assert.equal((await world.hear(CHAT)).text, "large");
  assert.equal(world.groq.arrived.length, 1);
  assert.equal(world.cerebras.arrived.length, 0, "its window is known, and not larger");
});
