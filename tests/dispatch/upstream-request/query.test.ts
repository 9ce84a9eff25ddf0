import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeProvider } from "../../support/provider.ts";
import { startProxy } from "../../support/proxy.ts";
import { hear, PATHS, request } from "../../support/speech.ts";
import { good } from "../../support/faults.ts";

test("what a dialect knows of a client's query goes on, and never into another dialect", async () => {
  for (const spoken of ["anthropic-messages", "openai-chat"] as const) {
    await using provider = await fakeProvider(good(spoken, false, "fine"));
    await using proxy = startProxy(`
[router]
default = "there,m"
[[providers]]
name = "there"
api_base_url = "${provider.url}/v1"
api_key = "k"
dialects = ["${spoken}"]
`);
    const client = "anthropic-messages";
    const response = await proxy.post(`${PATHS[client]}?beta=true`, request(client, false));
    assert.equal((await hear(client, response)).text, "fine");
    const knows = spoken === client && spoken === "anthropic-messages";
    const query = knows ? "?beta=true" : "";
    assert.equal(provider.arrived[0]?.path, PATHS[spoken] + query);
    assert.ok(!Object.keys(provider.arrived[0]?.headers ?? {}).some((name) => name.includes("query")));
  }
});
