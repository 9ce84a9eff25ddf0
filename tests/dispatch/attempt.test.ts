/** Limits and hang-ups reach a provider's answer also when its objects were collected meanwhile but for what is needed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { collect } from "../support/collect.ts";
import { FAULTS } from "../support/faults.ts";
import { fakeProvider } from "../support/provider.ts";
import { startProxy } from "../support/proxy.ts";
import { DIALECTS, hear, PATHS, request, spoken } from "../support/speech.ts";

const SILENT = [
  ["is silent after the headers", false],
  ["503 whose body never ends", false],
  ["is silent after the headers", true],
  ["falls silent after the prelude", true],
  ["falls silent after output", true],
] as const;

const config = (url: string, dialect: string, limits: string) => `
[proxy]
${limits}
[router]
default = "there,m"
[[providers]]
name = "there"
api_base_url = "${url}/v1"
api_key = "k"
dialects = ["${dialect}"]
`;

for (const [name, stream] of SILENT) {
  for (const dialect of DIALECTS) {
    const how = `${dialect}${stream ? ", streamed" : ""}`;
    test(`a provider that ${name} is cut in time after a garbage collection (${how})`, async () => {
      const fault = FAULTS.find((one) => one.name === name) ?? assert.fail();
      const provider = await fakeProvider(fault.answer(dialect, stream));
      const limits = "first_token_timeout_ms = 200\nidle_timeout_ms = 200";
      const proxy = startProxy(config(provider.url, dialect, limits));
      const collecting = setInterval(collect, 20);
      try {
        const heard = await hear(dialect, await proxy.post(PATHS[dialect], request(dialect, stream)));
        assert.equal(heard.errors, 1);
        await proxy.ended(1);
        assert.equal(proxy.context.dispatch.state.inFlight.size, 0);
        await provider.arrived[0]?.closed;
      } finally {
        clearInterval(collecting);
        await proxy.close();
        await provider.close();
      }
    });
  }
}

for (const dialect of DIALECTS) {
  test(`a client that hangs up in mid-stream stops the provider after a garbage collection (${dialect})`, async () => {
    const { prelude, output } = spoken(dialect, "a long answer");
    const provider = await fakeProvider((_arrived, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      for (const event of [...prelude, ...output]) res.write(event);
    });
    const proxy = startProxy(config(provider.url, dialect, ""));
    try {
      const hangUp = new AbortController();
      const response = await proxy.post(PATHS[dialect], request(dialect, true), {}, hangUp.signal);
      const reader = response.body?.getReader();
      await reader?.read();
      for (let i = 0; i < 3; i++) {
        collect();
        await new Promise((resolve) => setImmediate(resolve));
      }
      hangUp.abort();
      const [record] = await proxy.ended(1);
      assert.equal(record?.cancelled, true);
      await provider.arrived[0]?.closed;
      assert.equal(response.status, 200);
    } finally {
      await proxy.close();
      await provider.close();
    }
  });
}
