/** The recipes for providers work: each block is loaded, and its provider asked at its path with its key. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { proxyFrom } from "../support/proxy.ts";
import { fakeProvider } from "../support/provider.ts";

const PAGE = readFileSync(new URL("../../docs/recipes.md", import.meta.url), "utf8");
const BLOCKS = [...PAGE.matchAll(/```toml\n([^]*?)```/g)].map(([, text = ""]) => text);

/** Every provider of the page, with its path and the variable of its key. */
const PROVIDERS = BLOCKS.flatMap((text) =>
  [...text.matchAll(/name = "(\w+)"\napi_base_url = "https:\/\/[^/"]+([^"]*)"\napi_key = "\$(\w+)"/g)].map((
    [, name = "", path = "", key = ""],
  ) => ({ text, name, path, key }))
);

test("the page has recipes", () => assert.equal(PROVIDERS.length, 4));

for (const { text, name, path, key } of PROVIDERS) {
  test(`${name} is asked at its own path with its own key`, async () => {
    await using provider = await fakeProvider((arrived, res) => {
      const fits = arrived.path.startsWith(`${path}/chat/completions`) &&
        arrived.headers.authorization === `Bearer key-of-${name}`;
      res.writeHead(fits ? 200 : 404, { "content-type": "application/json" });
      res.end(JSON.stringify(
        fits
          ? {
            id: "x",
            choices: [{
              index: 0,
              message: { role: "assistant", content: `from ${name}` },
              finish_reason: "stop",
            }],
          }
          : { error: { message: `${arrived.path} is not here` } },
      ));
    });
    const local = text.replaceAll(/"https:\/\/[^/"]+/g, `"${provider.url}`);
    const model = new RegExp(`${name},([^ "]+)`).exec(text)?.[1] ?? "";
    await using proxy = await proxyFrom(local, { env: { [key]: `key-of-${name}` } });
    const response = await fetch(`${proxy.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: `${name},${model}`, messages: [{ role: "user", content: "hello" }] }),
    });
    const { choices } = await response.json();
    assert.equal(choices?.[0]?.message?.content, `from ${name}`);
  });
}
