import assert from "node:assert/strict";
import { test } from "node:test";
import { DIALECTS, PATHS, request, spoken } from "../support/speech.ts";
import { assertAccounted, row, withProvider } from "./world.ts";

for (const dialect of DIALECTS) {
  test(`a reload without its provider does not change what a running request costs (${dialect})`, async () => {
    let goOn = () => {};
    const reloaded = new Promise<void>((resolve) => goOn = resolve);
    const { prelude, output, end } = spoken(dialect, "a long answer");
    await withProvider(dialect, async (_arrived, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      for (const event of [...prelude, ...output]) res.write(event);
      await reloaded;
      res.end(end.join(""));
    }, async (proxy) => {
      const response = await proxy.post(PATHS[dialect], request(dialect, true));
      proxy.swap('[router]\ndefault = "ollama,qwen3-coder"\n');
      goOn();
      assert.match(await response.text(), /answer/);
      assertAccounted(await row(proxy), { input: 7, cache_read: 0, cache_write: 0, output: 5, reasoning: 0 });
    });
  });
}
