import assert from "node:assert/strict";
import { test } from "node:test";
import { localProviders, LocalServers, notRunning } from "../../src/dispatch/local-servers.ts";
import { deserted, fakeProvider } from "../support/provider.ts";
import { configOf } from "../support/proxy.ts";
import { configuration } from "../support/world.ts";

test("a local server where nothing listens is not ready; one that runs is", async () => {
  await using there = await fakeProvider();
  const gone = await deserted();
  const local = ({ url }: { readonly url: string }) => ({ url, key: [], toml: "local = true" });
  const config = configOf(configuration({}, { here: local(there), gone: local(gone) }));
  assert.deepEqual(localProviders(config).map(({ name }) => name), ["here", "gone"]);
  assert.deepEqual([...await notRunning(config)], [["gone", `${gone.url}/v1`]]);

  const servers = new LocalServers(() => 0);
  const [here, away] = localProviders(config);
  assert.equal(servers.isRunning(here!, config), undefined, "nobody has looked");
  await servers.look(config);
  assert.equal(servers.isRunning(here!, config), true);
  assert.equal(servers.isRunning(away!, config), false);
});

test("a provider that is elsewhere is not looked at", async () => {
  const config = configOf('[router]\ndefault = "groq,m"\n', { GROQ_API_KEY: "k" });
  assert.deepEqual(localProviders(config), []);
  assert.equal((await notRunning(config)).size, 0);
});
