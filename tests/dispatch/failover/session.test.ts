import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { good } from "../../support/faults.ts";
import { fakeProvider, json } from "../../support/provider.ts";
import { startProxy, testClock } from "../../support/proxy.ts";
import { DIALECTS, hear, PATHS, request } from "../../support/speech.ts";

const HOUR = 3_600_000;

const config = (primary: string, backup: string, dialect: string, key = "key-1") => `
[router]
default = "primary,m | backup,b"
[[providers]]
name = "primary"
api_base_url = "${primary}/v1"
api_key = "${key}"
dialects = ["${dialect}"]
[[providers]]
name = "backup"
api_base_url = "${backup}/v1"
api_key = "key-2"
dialects = ["${dialect}"]
`;

for (const dialect of DIALECTS) {
  test(`${dialect}: a request fails over at the limit, and the primary returns after its reset`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "proxy-"));
    const clock = testClock();
    const primary = await fakeProvider(good(dialect, false, "primary"));
    const backup = await fakeProvider(good(dialect, false, "backup"));
    const toml = config(primary.url, backup.url, dialect);
    let proxy = startProxy(toml, { clock, dataFolder: folder });
    const ask = async () =>
      (await hear(dialect, await proxy.post(PATHS[dialect], request(dialect, false)))).text;
    try {
      assert.equal(await ask(), "primary");
      // The monthly limit is hit: 14 days to go.
      const reset = Math.floor((clock.now() + 14 * 24 * HOUR) / 1000);
      primary.answer(json({ type: "error", error: { type: "rate_limit_error", message: "limit" } }, 429, {
        "anthropic-ratelimit-unified-reset": String(reset),
      }));
      assert.equal(await ask(), "backup", "the request in which it happens");
      assert.equal(primary.arrived.length, 2);
      primary.answer(good(dialect, false, "primary"));
      for (let i = 0; i < 3; i++) assert.equal(await ask(), "backup");
      assert.equal(primary.arrived.length, 2, "the primary is left alone meanwhile");

      await proxy.close();
      proxy = startProxy(toml, { clock, dataFolder: folder });
      assert.equal(await ask(), "backup", "a restart does not forget it");
      assert.equal(primary.arrived.length, 2);

      clock.advance(14 * 24 * HOUR + 1000);
      assert.equal(await ask(), "primary", "after the reset it is back by itself");
      assert.equal(await ask(), "primary");
    } finally {
      await proxy.close();
      await primary.close();
      await backup.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test("a reload that changes the key ends that key's cooldown; one that does not keeps it", async () => {
  const clock = testClock();
  const primary = await fakeProvider(json({ error: { code: "insufficient_quota", message: "no" } }, 429));
  const backup = await fakeProvider(good("openai-chat", false, "backup"));
  const proxy = startProxy(config(primary.url, backup.url, "openai-chat"), { clock });
  const ask = async () =>
    (await hear("openai-chat", await proxy.post("/v1/chat/completions", request("openai-chat", false)))).text;
  try {
    assert.equal(await ask(), "backup");
    primary.answer(good("openai-chat", false, "primary"));
    proxy.swap(config(primary.url, backup.url, "openai-chat") + "\n[ledger]\nkeep_days = 7\n");
    assert.equal(await ask(), "backup");
    proxy.swap(config(primary.url, backup.url, "openai-chat", "another-key"));
    assert.equal(await ask(), "primary");
    assert.equal(primary.arrived.at(-1)?.headers["authorization"], "Bearer another-key");
  } finally {
    await proxy.close();
    await primary.close();
    await backup.close();
  }
});

test("POST /admin/cooldowns/reset ends a cooldown at once", async () => {
  const primary = await fakeProvider(json({ error: { code: "insufficient_quota", message: "no" } }, 429));
  const backup = await fakeProvider(good("openai-chat", false, "backup"));
  const proxy = startProxy(config(primary.url, backup.url, "openai-chat"));
  const ask = async () =>
    (await hear("openai-chat", await proxy.post("/v1/chat/completions", request("openai-chat", false)))).text;
  try {
    assert.equal(await ask(), "backup");
    primary.answer(good("openai-chat", false, "primary"));
    assert.equal(await ask(), "backup");
    const nothing = await proxy.post("/admin/cooldowns/reset", { provider: "another" });
    assert.deepEqual(await nothing.json(), { reset: 0 });
    const wrong = await proxy.post("/admin/cooldowns/reset", { provder: "primary" });
    assert.equal(wrong.status, 400);
    assert.match((await wrong.json()).error.message, /provder/);
    const response = await fetch(proxy.url + "/admin/cooldowns/reset", { method: "POST" });
    assert.deepEqual(await response.json(), { reset: 1 });
    assert.equal(await ask(), "primary");
  } finally {
    await proxy.close();
    await primary.close();
    await backup.close();
  }
});

test("when all targets are cooling down the client learns until when, and 5 s are waited out", async () => {
  const clock = testClock();
  const primary = await fakeProvider(
    json({ error: { message: "slow down" } }, 429, { "retry-after": "120" }),
  );
  const backup = await fakeProvider(json({ error: { message: "busy" } }, 503, { "retry-after": "60" }));
  const proxy = startProxy(config(primary.url, backup.url, "openai-chat"), { clock });
  const post = () => proxy.post("/v1/chat/completions", request("openai-chat", false));
  try {
    const first = await post();
    assert.equal(first.status, 429, "the more useful of the two");
    const words = (await first.json()).error.message;
    assert.match(words, /All 2 targets failed/);
    assert.match(words, /primary,m: 429 rate limited \(slow down\)/);
    assert.match(words, /backup,b: 503 overloaded \(busy\)/);
    assert.equal(first.headers.get("retry-after"), "60");

    const second = await post();
    assert.equal(primary.arrived.length + backup.arrived.length, 2, "nobody was asked");
    assert.equal(second.headers.get("retry-after"), "60");
    assert.match(
      (await second.json()).error.message,
      /are cooling down; next available in 1 min/,
    );

    clock.advance(56_000);
    backup.answer(good("openai-chat", false, "backup"));
    const third = await post();
    assert.equal(third.status, 200);
    await third.text();
    assert.equal(backup.arrived.length, 2);
  } finally {
    await proxy.close();
    await primary.close();
    await backup.close();
  }
});

test("a request that is too long for one model goes to one with a larger window only", async () => {
  const overflow = json({ error: { code: "context_length_exceeded", message: "too long" } }, 400);
  const small = await fakeProvider(overflow);
  const same = await fakeProvider(good("openai-chat", false, "same"));
  const large = await fakeProvider(good("openai-chat", false, "large"));
  const block = (name: string, url: string) =>
    `[[providers]]\nname = "${name}"\napi_base_url = "${url}/v1"\napi_key = "k"\ndialects = ["openai-chat"]\n`;
  const proxy = startProxy(`
[router]
default = "groq,llama-3.1-8b-instant | deepseek,deepseek-chat | openai,gpt-4.1"
${block("groq", small.url)}${block("cerebras", same.url)}${block("openai", large.url)}`);
  try {
    const response = await proxy.post("/v1/chat/completions", request("openai-chat", false));
    assert.equal((await hear("openai-chat", response)).text, "large");
    assert.equal(small.arrived.length, 1);
    assert.equal(same.arrived.length, 0, "its window is known, and not larger");
  } finally {
    await proxy.close();
    await small.close();
    await same.close();
    await large.close();
  }
});
