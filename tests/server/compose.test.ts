import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import { describe, test } from "node:test";
import { updateCatalog } from "../../src/catalog/update.ts";
import { writeWhole } from "../../src/files/write.ts";
import { dataFile } from "../../src/runtime/data-folder.ts";
import { good } from "../support/faults.ts";
import { json } from "../support/provider.ts";
import { testClock } from "../support/proxy.ts";
import { proxyWith } from "../support/world.ts";
import { tempFolder } from "../support/disposable.ts";

const listOf = (input: number) =>
  JSON.stringify({
    models: [{
      provider: "groq",
      model: "brand-new",
      context: 1000,
      max_output: 100,
      price: { input, output: 2 },
      can: [],
    }],
  });

test("a new list of models takes effect in a running proxy, and the log says so", async () => {
  using folder = tempFolder();
  const clock = testClock();
  await using world = await proxyWith({}, {
    router: 'default = "groq,brand-new"',
    clock,
    dataFolder: folder.path,
    env: { GROQ_API_KEY: "k" },
  });
  const { catalogOf, source } = world.context;
  const price = () => catalogOf(source.current).find({ provider: "groq", model: "brand-new" })?.price?.input;
  assert.equal(price(), undefined);
  const from = folder.at("new.json");
  const path = dataFile(folder.path, "models");
  for (const input of [1, 3]) {
    writeWhole(from, listOf(input));
    await updateCatalog(from, { path });
    utimesSync(path, input, input);
    clock.advance(6000);
    assert.equal(price(), input);
  }
  assert.ok(world.log.some(({ message }) => message === "a new list of models and prices is used"));
  writeWhole(path, "no JSON");
  clock.advance(6000);
  assert.equal(price(), undefined, "the built-in list takes its place");
  assert.ok(world.log.some(({ level }) => level === "warn"));
});

describe("cooldowns at a reload", () => {
  const CHAT = "openai-chat";
  const refused = (code: string, status: number) => json({ error: { code, message: "no" } }, status);

  /** The providers that cool down after one request, and after a reload with these changes. */
  async function cooled(
    answer: ReturnType<typeof json>,
    change: { readonly key?: readonly string[]; readonly toml?: string; readonly path?: string },
  ) {
    await using world = await proxyWith({
      primary: { answer, key: ["key-a", "key-b"] },
      backup: good(CHAT, false),
    }, { dialect: CHAT });
    await world.hear(CHAT);
    const names = () =>
      [...new Set(world.state.cooldowns.list(Date.now()).map(({ provider }) => provider))].join();
    const before = names();
    world.reload({ primary: { answer, key: ["key-a", "key-b"], ...change } });
    const lines = world.log.filter(({ message }) =>
      message.includes("cooldowns ended with the configuration")
    );
    return { before, after: names(), lines: lines.length };
  }

  test("stay where nothing changed that they are about", async () => {
    const quota = refused("insufficient_quota", 429);
    assert.deepEqual(await cooled(quota, { toml: "max_concurrent = 5" }), {
      before: "primary",
      after: "primary",
      lines: 0,
    });
  });

  test("of a key that was taken out end with it", async () => {
    const quota = refused("insufficient_quota", 429);
    assert.deepEqual(await cooled(quota, { key: ["key-c"] }), { before: "primary", after: "", lines: 1 });
  });

  test("of refused credentials end at every reload: someone may have repaired them", async () => {
    const wrong = refused("invalid_api_key", 401);
    assert.deepEqual(await cooled(wrong, {}), { before: "primary", after: "", lines: 1 });
  });

  test("of a whole provider end where its address changes", async () => {
    await using world = await proxyWith({ primary: good(CHAT, false) }, { dialect: CHAT });
    const now = Date.now();
    const until = now + 60_000;
    world.state.cooldowns.take(
      { provider: "primary", class: "unreachable", message: "x", since: now, until },
      now,
    );
    world.reload({ primary: { path: "/v1" } });
    assert.equal(world.state.cooldowns.list(now).length, 1);
    world.reload({ primary: { path: "/v2" } });
    assert.equal(world.state.cooldowns.list(now).length, 0);
  });

  test("that a person made stay: a pause ends by its time or by that person", async () => {
    await using world = await proxyWith({ primary: good(CHAT, false) }, { dialect: CHAT });
    const now = Date.now();
    world.state.cooldowns.pause({ provider: "primary" }, now, now + 60_000);
    world.reload({ primary: { path: "/v2" } });
    assert.equal(world.state.cooldowns.list(now).length, 1);
  });
});

test("a provider's key is in no record and no line of the log, whoever wrote it there", async () => {
  const secret = "sk-secret-of-the-provider";
  const quoting = json({ error: { message: `the key ${secret} is wrong`, code: "invalid_api_key" } }, 401);
  await using world = await proxyWith({ primary: { answer: quoting, key: secret } }, {
    dialect: "openai-chat",
  });
  await (await world.ask("openai-chat", "hi", { headers: { "x-session-id": secret } })).text();
  await world.ended(1);
  await world.context.ledger()?.flush();
  const kept = await world.context.ledger()?.recent({ limit: 10 });
  assert.equal(kept?.length, 1);
  for (const text of [JSON.stringify(kept), JSON.stringify(world.log)]) {
    assert.ok(!text.includes(secret), text);
  }
});
