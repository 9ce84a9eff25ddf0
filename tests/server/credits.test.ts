import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeProvider, json } from "../support/provider.ts";
import { startProxy } from "../support/proxy.ts";

test("OpenRouter is asked for its credits when somebody wants to know, and only then", async () => {
  await using provider = await fakeProvider(json({ data: { total_credits: 50, total_usage: 40 } }));
  await using proxy = startProxy(`
[router]
default = "openrouter,x"
[[providers]]
name = "openrouter"
api_base_url = "${provider.url}/api/v1"
api_key = "or-key"
`);
  const health = async (query: string) => {
    const { providers } = await (await fetch(`${proxy.url}/health/detailed${query}`)).json();
    return providers[0].headroom;
  };
  assert.deepEqual(await health(""), []);
  assert.equal(provider.arrived.length, 0);
  const [credits] = await health("?credits");
  assert.deepEqual([credits.window, credits.left, credits.of_plan], ["credits", 0.2, true]);
  const [arrived] = provider.arrived;
  assert.deepEqual([arrived!.path, arrived!.headers.authorization], ["/api/v1/credits", "Bearer or-key"]);
  provider.answer(json({ error: "no" }, 500));
  assert.equal((await health("?credits"))[0].left, 0.2, "what was known stays");
});
