/** Stopping behind a balancer: readiness fails first, streams end, and the rest is cut. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { proxyWith } from "../support/world.ts";
import { good } from "../support/faults.ts";

test("live and ready need no key, and answer with 200 while it serves", async () => {
  await using world = await proxyWith({ primary: good("openai-chat", false) }, {
    dialect: "openai-chat",
    toml: '[proxy]\napi_key = "the-proxy-key"\n',
  });
  for (const path of ["/health/live", "/health/ready", "/v1/health/ready"]) {
    assert.equal((await world.get(path)).status, 200, path);
  }
});

test("while it drains, ready fails and requests are answered; a kill ends that", async () => {
  await using world = await proxyWith({ primary: good("openai-chat", false) }, { dialect: "openai-chat" });
  const stopped = world.proxy.server.stop(1000, 86_400_000);
  assert.equal((await world.get("/health/ready")).status, 503);
  assert.equal((await world.get("/health/live")).status, 200);
  assert.equal((await world.hear("openai-chat")).text, "from the primary");
  await world.proxy.server.kill();
  assert.equal(await stopped, 0);
});

test("an answer in flight at a stop ends, and one that does not is cut and counted", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using world = await proxyWith({
    primary: async (arrived, res) => {
      await promise;
      await good("openai-chat", false)(arrived, res);
    },
  }, { dialect: "openai-chat" });
  const answer = world.hear("openai-chat");
  await world.primary.arrives(1);
  const stopped = world.proxy.server.stop(60_000);
  resolve();
  assert.equal((await answer).text, "from the primary");
  assert.equal(await stopped, 0);

  await using other = await proxyWith({ primary: () => {} }, { dialect: "openai-chat" });
  const cut = other.ask("openai-chat");
  await other.primary.arrives(1);
  assert.equal(await other.proxy.server.stop(0), 1);
  assert.ok((await cut).status >= 500);
});
