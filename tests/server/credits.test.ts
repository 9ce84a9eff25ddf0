import assert from "node:assert/strict";
import { test } from "node:test";
import { json } from "../support/provider.ts";
import { proxyWith } from "../support/world.ts";

test("OpenRouter is asked for its credits when somebody wants to know, and only then", async () => {
  await using world = await proxyWith({
    openrouter: {
      answer: json({ data: { total_credits: 50, total_usage: 40 } }),
      path: "/api/v1",
      key: "or-key",
    },
  });
  const health = async (query: string) => {
    const { providers } = await (await fetch(`${world.url}/health/detailed${query}`)).json();
    return providers[0].headroom;
  };
  assert.deepEqual(await health(""), []);
  assert.equal(world.openrouter.arrived.length, 0);
  const [credits] = await health("?credits");
  assert.deepEqual([credits.window, credits.left, credits.of_plan], ["credits", 0.2, true]);
  const [arrived] = world.openrouter.arrived;
  assert.deepEqual([arrived!.path, arrived!.headers.authorization], ["/api/v1/credits", "Bearer or-key"]);
  world.openrouter.answer(json({ error: "no" }, 500));
  assert.equal((await health("?credits"))[0].left, 0.2, "what was known stays");
});
