import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import { test } from "node:test";
import { updateCatalog } from "../../src/catalog/update.ts";
import { writeWhole } from "../../src/files/write.ts";
import { dataFile } from "../../src/runtime/data-folder.ts";
import { testClock } from "../support/proxy.ts";
import { proxyWith } from "../support/world.ts";
import { tempFolder } from "../support/disposable.ts";

const listOf = (input: number) =>
  JSON.stringify({
    models: [{
      provider: "groq",
      model: "brand-new",
      context: 1000,
      max_output: 100,
      price: { input, output: 2 },
      can: [],
    }],
  });

test("a new list of models takes effect in a running proxy, and the log says so", async () => {
  using folder = tempFolder();
  const clock = testClock();
  await using world = await proxyWith({}, {
    router: 'default = "groq,brand-new"',
    clock,
    dataFolder: folder.path,
    env: { GROQ_API_KEY: "k" },
  });
  const { catalogOf, source } = world.context;
  const price = () => catalogOf(source.current).find({ provider: "groq", model: "brand-new" })?.price?.input;
  assert.equal(price(), undefined);
  const from = folder.at("new.json");
  const path = dataFile(folder.path, "models");
  for (const input of [1, 3]) {
    writeWhole(from, listOf(input));
    await updateCatalog(from, { path });
    utimesSync(path, input, input);
    clock.advance(6000);
    assert.equal(price(), input);
  }
  assert.ok(world.log.some(({ message }) => message === "a new list of models and prices is used"));
  writeWhole(path, "no JSON");
  clock.advance(6000);
  assert.equal(price(), undefined, "the built-in list takes its place");
  assert.ok(world.log.some(({ level }) => level === "warn"));
});
