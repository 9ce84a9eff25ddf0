/** A proxy whose provider is the proxy itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startProxy } from "../support/proxy.ts";
import { DIALECTS, hear, PATHS, request } from "../support/speech.ts";
import { proxyWith } from "../support/world.ts";

for (const dialect of DIALECTS) {
  for (const stream of [false, true]) {
    test(`a base URL that leads back to the proxy ends in an error (${dialect}${stream ? ", streamed" : ""})`, async () => {
      const config = (url: string) =>
        `[router]\ndefault = "me,m"\n[[providers]]\nname = "me"\napi_base_url = "${url}/v1"\n` +
        `dialects = ["${dialect}"]\n`;
      const proxy = startProxy(config("http://127.0.0.1:9"));
      try {
        proxy.swap(config(proxy.url));
        const heard = await hear(dialect, await proxy.post(PATHS[dialect], request(dialect, stream)));
        assert.match(heard.error, /leads back to the proxy itself/);
        assert.ok(proxy.records.length <= 6, `${proxy.records.length}`);
      } finally {
        await proxy.close();
      }
    });
  }
}

test("hops are counted towards configured addresses, and a client's own count is not believed blindly", async () => {
  await using world = await proxyWith({ there: (arrived, res) => void res.end(arrived.text) }, {
    dialect: "openai-chat",
  });
  for (const [sent, passed] of [[undefined, "1"], ["2", "3"], ["-4", "1"], ["x", "1"]] as const) {
    await (await world.ask("openai-chat", "hi", {
      headers: sent === undefined ? {} : { "x-proxy-hops": sent },
    })).text();
    assert.equal(world.there.arrived.at(-1)?.headers["x-proxy-hops"], passed);
  }
});
