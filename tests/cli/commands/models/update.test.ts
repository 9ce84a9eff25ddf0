import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fakeProvider, json } from "../../../support/provider.ts";
import { inFolder, run } from "../../terminal.ts";

const opus = {
  provider: "openrouter",
  model: "anthropic/claude-3-opus",
  context: 200_000,
  max_output: 4096,
  price: { input: 15, output: 75 },
  can: ["tools"],
};
const fresh = { ...opus, model: "anthropic/claude-9-opus", price: { input: 5, output: 25 } };
const list = (...models: readonly unknown[]) => JSON.stringify({ models });

const CONFIG = `[router]\nthink = "openrouter,anthropic/claude-9-opus"\n`;

const inData = (work: (cwd: string, env: Record<string, string>, kept: string) => Promise<void>) =>
  inFolder({ "config.toml": CONFIG }, (cwd) =>
    work(
      cwd,
      { XDG_DATA_HOME: join(cwd, "data"), OPENROUTER_API_KEY: "k" },
      join(cwd, "data", "terraphim-llm-proxy", "models.json"),
    ));

test("a new list is saved, and shows what is new and what has a new price", () =>
  inData(async (cwd, env, kept) => {
    writeFileSync(join(cwd, "list.json"), list({ ...opus, price: { input: 14, output: 75 } }, fresh));
    const { code, out, err } = await run(["models", "update", "list.json"], { cwd, env, columns: 80 });
    assert.equal(code, 0, err);
    assert.match(out, /^2 models in the new list, saved as/m);
    assert.match(out, /^1 new:\n {2}openrouter,anthropic\/claude-9-opus$/m);
    assert.match(out, /^1 with a new price:\n {2}openrouter,anthropic\/claude-3-opus$/m);
    assert.doesNotMatch(out, /removed/, "the built-in list stays available");
    for (const line of out.split("\n")) assert.ok(line.length <= 80, line);
    assert.equal(JSON.parse(readFileSync(kept, "utf8")).models.length, 2);
  }));

test("the next list is compared with the previous one", () =>
  inData(async (cwd, env) => {
    writeFileSync(join(cwd, "one.json"), list(opus, fresh));
    writeFileSync(join(cwd, "two.json"), list(opus));
    await run(["models", "update", "one.json"], { cwd, env });
    assert.match(
      (await run(["models", "update", "one.json"], { cwd, env })).out,
      /Nothing differs from the previous list\./,
    );
    const { json } = await run(["models", "update", "two.json", "--json"], { cwd, env });
    const { source, models, added, removed, repriced } = json();
    assert.deepEqual({ source, models, added, removed, repriced }, {
      source: "two.json",
      models: 1,
      added: [],
      removed: ["openrouter,anthropic/claude-9-opus"],
      repriced: [],
    });
  }));

test("every command uses the new prices", () =>
  inData(async (cwd, env) => {
    writeFileSync(join(cwd, "list.json"), list(fresh));
    const priceOf = async () =>
      (await run(["check", "--json"], { cwd, env })).json().routes[0].targets[0].price;
    assert.equal(await priceOf(), undefined);
    await run(["models", "update", "list.json"], { cwd, env });
    assert.deepEqual(await priceOf(), { input: 5, output: 25 });
    const { models } = (await run(["models", "--json"], { cwd, env })).json();
    const known = models.find(({ id }: { id: string }) => id === "openrouter,anthropic/claude-9-opus");
    assert.deepEqual(known.price, { input: 5, output: 25 });
  }));

test("a list can come from a URL", () =>
  inData(async (cwd, env, kept) => {
    await using server = await fakeProvider(json(list(fresh)));
    const { code, out } = await run(["models", "update", `${server.url}/models.json`], { cwd, env });
    assert.equal(code, 0);
    assert.match(out, /1 new:/);
    assert.ok(existsSync(kept));
  }));

for (
  const [name, content, fault] of [
    ["no JSON", "provider,model", /it is not JSON/],
    ["a price as a text", list({ ...opus, price: { input: "15", output: 75 } }), /models\[0\]\.price\.input/],
    ["no list", "{}", /models/],
  ] as const
) {
  test(`${name} is refused with the reason, and the list in use stays`, () =>
    inData(async (cwd, env, kept) => {
      writeFileSync(join(cwd, "good.json"), list(opus));
      writeFileSync(join(cwd, "bad.json"), content);
      await run(["models", "update", "good.json"], { cwd, env });
      const before = readFileSync(kept, "utf8");
      const { code, out, err } = await run(["models", "update", "bad.json"], { cwd, env });
      assert.equal(code, 1);
      assert.equal(out, "");
      assert.match(err, /bad\.json is not a usable list of models/);
      assert.match(err, fault);
      assert.match(err, /Nothing was changed\.\n$/);
      assert.equal(readFileSync(kept, "utf8"), before);
    }));
}

test("a list that is not there, or is not named, says so", () =>
  inData(async (cwd, env, kept) => {
    const { code, err } = await run(["models", "update", "nowhere.json"], { cwd, env });
    assert.equal(code, 1);
    assert.match(err, /nowhere\.json is not a usable list of models/);
    assert.ok(!existsSync(kept));
    assert.equal((await run(["models", "update"], { cwd, env })).code, 2);
    assert.match((await run(["models", "updte", "x"], { cwd, env })).err, /Did you mean[^]*update/);
  }));
