/** Limits and hang-ups reach a provider's answer also when its objects were collected meanwhile but for what is needed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { collect } from "../support/collect.ts";
import { FAULTS } from "../support/faults.ts";
import { DIALECTS, spoken } from "../support/speech.ts";
import { proxyWith } from "../support/world.ts";

const SILENT = [
  ["is silent after the headers", false],
  ["503 whose body never ends", false],
  ["is silent after the headers", true],
  ["falls silent after the prelude", true],
  ["falls silent after output", true],
] as const;

for (const [name, stream] of SILENT) {
  for (const dialect of DIALECTS) {
    const how = `${dialect}${stream ? ", streamed" : ""}`;
    test(`a provider that ${name} is cut after a garbage collection (${how})`, async () => {
      const fault = FAULTS.find((one) => one.name === name) ?? assert.fail();
      await using world = await proxyWith({ there: fault.answer(dialect, stream) }, {
        dialect,
        toml: "[proxy]\nfirst_token_timeout_ms = 200\nidle_timeout_ms = 200",
      });
      const collecting = setInterval(collect, 20);
      try {
        assert.equal((await world.hear(dialect, "hi", { stream })).errors, 1);
        await world.ended(1);
        assert.equal(world.state.inFlight.size, 0);
        await world.there.arrived[0]?.closed;
      } finally {
        clearInterval(collecting);
      }
    });
  }
}

for (const dialect of DIALECTS) {
  test(`a hang-up stops the provider after a garbage collection (${dialect})`, async () => {
    const { prelude, output } = spoken(dialect, "a long answer");
    await using world = await proxyWith({
      there: (_arrived, res) => {
        res.writeHead(200, { "content-type": "text/event-stream" });
        for (const event of [...prelude, ...output]) res.write(event);
      },
    }, { dialect });
    const hangUp = new AbortController();
    const response = await world.ask(dialect, "hi", { stream: true, signal: hangUp.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    for (let i = 0; i < 3; i++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    hangUp.abort();
    const [record] = await world.ended(1);
    assert.equal(record?.cancelled, true);
    await world.there.arrived[0]?.closed;
    assert.equal(response.status, 200);
  });
}
