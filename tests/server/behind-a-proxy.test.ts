/** The proxy behind a reverse proxy: forwarded addresses and a base path. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { proxyWith } from "../support/world.ts";

const KEY = "the-proxy-key-of-all";
const locked = (more: string) => proxyWith({}, { proxy: `api_key = "${KEY}"\n${more}` });

test("wrong keys are counted for the client that a trusted proxy names", async () => {
  await using world = await locked('trusted_proxies = ["127.0.0.1"]');
  const ask = async (key: string, client: string) => {
    const headers = { "x-proxy-key": key, "x-forwarded-for": client };
    const response = await fetch(`${world.url}/v1/models`, { headers });
    await response.body?.cancel();
    return response.status;
  };
  let tries = 0;
  while (await ask(`wrong-${tries}`, "192.0.2.7") === 401) assert.ok(++tries < 100);
  assert.equal(await ask(KEY, "192.0.2.7"), 429);
  assert.equal(await ask(KEY, "192.0.2.8"), 200);
});

test("requests are answered below the base path and without it, and the cookie is for it", async () => {
  await using world = await locked('base_path = "/llm/"');
  const headers = { "x-proxy-key": KEY };
  for (
    const path of ["/llm/v1/models", "/v1/models", "/llm/health/ready", "/llm/dashboard/data", "/llm?x=1"]
  ) {
    const response = await fetch(world.url + path, { headers });
    await response.body?.cancel();
    assert.equal(response.status, 200, path);
  }
  const other = await fetch(`${world.url}/llmx/v1/models`, { headers });
  await other.body?.cancel();
  assert.equal(other.status, 404);
  const body = new URLSearchParams({ key: KEY });
  const login = await fetch(`${world.url}/llm/dashboard/login`, { method: "POST", body, redirect: "manual" });
  await login.body?.cancel();
  assert.match(login.headers.get("set-cookie") ?? "", /Path=\/llm\/dashboard/);
});
