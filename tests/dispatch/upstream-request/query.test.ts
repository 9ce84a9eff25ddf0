import assert from "node:assert/strict";
import { test } from "node:test";
import { hear, PATHS, request } from "../../support/speech.ts";
import { good } from "../../support/faults.ts";
import { proxyWith } from "../../support/world.ts";

test("what a dialect knows of a client's query goes on, and never into another dialect", async () => {
  for (const spoken of ["anthropic-messages", "openai-chat"] as const) {
    await using world = await proxyWith({ there: good(spoken, false, "fine") }, { dialect: spoken });
    const client = "anthropic-messages";
    const response = await world.post(`${PATHS[client]}?beta=true`, request(client, false));
    assert.equal((await hear(client, response)).text, "fine");
    const knows = spoken === client && spoken === "anthropic-messages";
    const query = knows ? "?beta=true" : "";
    assert.equal(world.there.arrived[0]?.path, PATHS[spoken] + query);
    assert.ok(!Object.keys(world.there.arrived[0]?.headers ?? {}).some((name) => name.includes("query")));
  }
});
