import assert from "node:assert/strict";
import { test } from "node:test";
import { DIALECTS, spoken } from "../support/speech.ts";
import { assertAccounted, priced, row } from "./world.ts";

for (const dialect of DIALECTS) {
  test(`a reload without its provider does not change what a running request costs (${dialect})`, async () => {
    let goOn = () => {};
    const reloaded = new Promise<void>((resolve) => goOn = resolve);
    const { prelude, output, end } = spoken(dialect, "a long answer");
    await using world = await priced(dialect, async (_arrived, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      for (const event of [...prelude, ...output]) res.write(event);
      await reloaded;
      res.end(end.join(""));
    });
    const response = await world.ask(dialect, "hi", { stream: true });
    world.proxy.swap('[router]\ndefault = "ollama,qwen3-coder"\n');
    goOn();
    assert.match(await response.text(), /answer/);
    assertAccounted(await row(world), { input: 7, cache_read: 0, cache_write: 0, output: 5, reasoning: 0 });
  });
}
