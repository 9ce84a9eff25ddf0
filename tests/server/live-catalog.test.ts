import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { updateCatalog } from "../../src/catalog/update.ts";
import { writeWhole } from "../../src/files/write.ts";
import { dataFile } from "../../src/runtime/data-folder.ts";
import { startProxy, testClock } from "../support/proxy.ts";

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
  const dataFolder = mkdtempSync(join(tmpdir(), "catalog-"));
  try {
    const clock = testClock();
    await using proxy = startProxy('[router]\ndefault = "groq,brand-new"\n', {
      clock,
      dataFolder,
      env: { GROQ_API_KEY: "k" },
    });
    const { catalogOf, source } = proxy.context;
    const price = () =>
      catalogOf(source.current).find({ provider: "groq", model: "brand-new" })?.price?.input;
    assert.equal(price(), undefined);
    const from = join(dataFolder, "new.json");
    const path = dataFile(dataFolder, "models");
    for (const input of [1, 3]) {
      writeWhole(from, listOf(input));
      await updateCatalog(from, { path });
      utimesSync(path, input, input);
      clock.advance(6000);
      assert.equal(price(), input);
    }
    assert.ok(proxy.log.some(({ message }) => message === "a new list of models and prices is used"));
    writeWhole(path, "no JSON");
    clock.advance(6000);
    assert.equal(price(), undefined, "the built-in list takes its place");
    assert.ok(proxy.log.some(({ level }) => level === "warn"));
  } finally {
    rmSync(dataFolder, { recursive: true });
  }
});
