/** A proxy whose provider is the proxy itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DIALECTS } from "../support/speech.ts";
import { proxyWith } from "../support/world.ts";

for (const dialect of DIALECTS) {
  for (const stream of [false, true]) {
    test(`a base URL that leads back to the proxy ends in an error (${dialect}${stream ? ", streamed" : ""})`, async () => {
      await using world = await proxyWith({ me: { url: "http://127.0.0.1:9" } }, { dialect });
      world.reload({ me: { url: world.url } });
      const heard = await world.hear(dialect, "hi", { stream });
      assert.match(heard.error, /leads back to the proxy itself/);
      assert.ok(world.records.length <= 6, `${world.records.length}`);
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
