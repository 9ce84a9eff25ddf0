import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Catalog } from "../../src/catalog/catalog.ts";
import {
  CatalogError,
  type CatalogFile,
  loadCatalogFile,
  readUserCatalog,
  updateCatalog,
} from "../../src/catalog/update.ts";
import { fakeProvider, json } from "../support/provider.ts";
import { tempFolder } from "../support/disposable.ts";

const opus = {
  provider: "anthropic",
  model: "opus",
  context: 200_000,
  max_output: 32_000,
  price: { input: 15, output: 75, cache_read: 1.5 },
  can: ["tools", "image"],
};
const free = { provider: "ollama", model: "qwen", context: 0, max_output: 0, can: [] };

function aList(...models: unknown[]): CatalogFile {
  return {
    source: "test",
    unit: "dollars",
    providers: { anthropic: { name: "Anthropic" } },
    models,
  } as CatalogFile;
}

function put(folder: string, content: unknown): string {
  const path = join(folder, "new-models.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

test("a list is read from a path, a file URL and a web address, with unknown fields kept", async () => {
  using folder = tempFolder();
  const tiers = [{ from_tokens: 200_000, price: { input: 30, output: 112.5 } }];
  const list = aList({ ...opus, price: { ...opus.price, tiers }, note: "kept" }, free);
  const path = put(folder.path, list);
  assert.deepEqual(await loadCatalogFile(path), list);
  assert.deepEqual(await loadCatalogFile(pathToFileURL(path).href), list);
  await using server = await fakeProvider(json(list));
  assert.deepEqual(await loadCatalogFile(`${server.url}/models.json`), list);
  assert.equal(server.arrived[0]?.path, "/models.json");
});

for (
  const [name, content, fault] of [
    ["text that is not JSON", "provider,model\n", /it is not JSON/],
    ["a web page", "<!doctype html><html>", /it is a web page, not JSON/],
    ["another shape", { data: [] }, /models: .*array/],
    ["no models", aList(), /models: expected at least one model/],
    [
      "a price as text",
      aList({ ...opus, price: { input: "15", output: 75 } }),
      /models\[0\]\.price\.input: .*number/,
    ],
    ["a negative price", aList({ ...opus, price: { input: -1, output: 75 } }), /models\[0\]\.price\.input/],
    ["half a price", aList({ ...opus, price: { input: 1 } }), /models\[0\]\.price\.output/],
    [
      "half a tier",
      aList({ ...opus, price: { ...opus.price, tiers: [{ from_tokens: 1 }] } }),
      /tiers\[0\]\.price/,
    ],
    ["a context that is not an integer", aList({ ...opus, context: 1.5 }), /models\[0\]\.context/],
    ["a model without a name", aList({ ...opus, model: "" }), /models\[0\]\.model/],
    ["a model twice", aList(opus, opus), /anthropic,opus is listed twice/],
    [
      "prices per token",
      aList({ ...opus, price: { input: 0.000015, output: 0.000075 } }),
      /dollars per token/,
    ],
  ] as const
) {
  test(`a list with ${name} is refused with the reason, and the one in use is kept`, async () => {
    using folder = tempFolder();
    const path = folder.at("data", "models.json");
    await updateCatalog(put(folder.path, aList(opus)), { path });
    const before = readFileSync(path, "utf8");
    const source = put(folder.path, content);
    await assert.rejects(updateCatalog(source, { path }), (error: Error) => {
      assert.ok(error instanceof CatalogError);
      assert.match(error.message, fault);
      assert.ok(error.message.startsWith(source), "it says which list");
      return true;
    });
    assert.equal(readFileSync(path, "utf8"), before);
    assert.deepEqual(readdirSync(folder.at("data")), ["models.json"]);
  });
}

test("many faults are counted, not all printed", async () => {
  using folder = tempFolder();
  const source = put(folder.path, aList(...Array.from({ length: 50 }, () => ({ ...opus, can: "tools" }))));
  await assert.rejects(loadCatalogFile(source), /models\[4\]\.can: [^;]+; and 45 more$/);
});

test("a list that cannot be read is refused with the reason", async () => {
  using folder = tempFolder();
  await assert.rejects(loadCatalogFile(folder.at("missing.json")), CatalogError);
  await using server = await fakeProvider(json({ error: "gone" }, 404));
  await assert.rejects(loadCatalogFile(server.url), /the server answered 404/);
  await server.close();
  await assert.rejects(loadCatalogFile(server.url), CatalogError);
});

test("a list of more than 32 MiB is refused", async () => {
  const endless = () =>
    Promise.resolve(
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024).fill(32)),
        }),
      ),
    );
  await assert.rejects(loadCatalogFile("http://localhost/models.json", endless), /more than 32 MiB/);
});

test("an update lists added, removed and repriced models, and is used at the next start", async () => {
  using folder = tempFolder();
  const path = folder.at("data", "models.json");
  const sonnet = { ...opus, model: "sonnet" };
  const before = aList(opus, sonnet, free);
  const list = aList(
    { ...opus, price: { cache_read: 1.5, output: 75, input: 15 } },
    { ...sonnet, price: { input: 3, output: 15 } },
    { ...opus, model: "haiku" },
  );
  assert.deepEqual(await updateCatalog(put(folder.path, list), { before, path }), {
    path,
    models: 3,
    added: ["anthropic,haiku"],
    removed: ["ollama,qwen"],
    repriced: ["anthropic,sonnet"],
  });
  assert.deepEqual(readUserCatalog(path), { catalog: list });
  if (process.platform !== "win32") assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("an update that cannot be written leaves no files behind", async () => {
  using folder = tempFolder();
  const path = folder.at("models.json");
  mkdirSync(join(path, "in-the-way"), { recursive: true });
  await assert.rejects(
    updateCatalog(put(folder.path, aList(opus)), { path }),
    /is valid, but .* cannot be written/,
  );
  assert.deepEqual(readdirSync(folder.path).sort(), ["models.json", "new-models.json"]);
});

test("an unusable list of the user's is a problem to warn of, and a missing one is not", () => {
  using folder = tempFolder();
  const path = folder.at("models.json");
  assert.deepEqual(readUserCatalog(path), {});
  writeFileSync(path, "{");
  assert.equal(readUserCatalog(path).catalog, undefined);
  assert.match(
    readUserCatalog(path).problem!,
    /models\.json is not a usable list of models: it is not JSON$/,
  );
  rmSync(path);
  mkdirSync(path);
  assert.match(readUserCatalog(path).problem!, /cannot be read/);
});

test("the built-in list passes the check, and a list that passes can be looked up", async () => {
  const builtin = await loadCatalogFile(
    fileURLToPath(new URL("../../src/catalog/data/models.json", import.meta.url)),
  );
  assert.ok(builtin.models.length > 900);
  const found = new Catalog(aList(opus)).find("anthropic", "opus");
  assert.deepEqual(found?.price, { input: 15, output: 75, cacheRead: 1.5 });
});
