import assert from "node:assert/strict";
import { test } from "node:test";
import { tried } from "../../../../src/cli/commands/setup/try.ts";
import { deserted, fakeProvider, json } from "../../../support/provider.ts";
import { proxyWith } from "../../../support/world.ts";

const at = (
  url: string,
  more: { readonly key?: string; readonly model?: string; readonly config?: string } = {},
) => tried({ url, key: undefined, model: undefined, config: undefined, ...more });

test("one request goes through the proxy, and who answered it is said", async () => {
  await using world = await proxyWith({ primary: {} }, { router: 'default = "primary,größe"' });
  const [line, ...more] = await at(world.url);
  assert.deepEqual(more, []);
  assert.equal(line?.ok, true);
  assert.match(line!.text, /^A test request was answered by primary,.* in \d+\.\d s\.$/);
  assert.equal(world.primary.arrived.length, 1);
});

test("a model that is wanted is the one that is asked for", async () => {
  await using world = await proxyWith({ primary: {} });
  await at(world.url, { model: "primary,special" });
  assert.equal(world.primary.arrived[0]?.json.model, "special");
});

test("a request that fails is a line with the proxy's words", async () => {
  await using world = await proxyWith({ primary: json({ error: { message: "no such account" } }, 401) });
  const [line] = await at(world.url);
  assert.equal(line?.ok, false);
  assert.match(line!.text, /^A test request failed: .*\S/);
});

test("where nothing listens, the line says how the proxy is started", async () => {
  const gone = await deserted();
  assert.match((await at(gone.url))[0]!.text, /^No proxy answers at http.* yet\. Start it: /);
  assert.match((await at(gone.url, { config: "a b.toml" }))[0]!.text, / --config a b\.toml$/);
});

test("another program at the address gets no request, and is said", async () => {
  await using other = await fakeProvider(json({ hello: 1 }));
  const [line] = await at(other.url);
  assert.match(line!.text, /is not terraphim-llm-proxy \(status 200\)/);
  assert.deepEqual(other.arrived.map(({ method }) => method), ["GET"]);
});
