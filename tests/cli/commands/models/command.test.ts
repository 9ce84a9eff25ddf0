import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { inFolder, lessonIn, run } from "../../terminal.ts";

const PUBLISHED = fileURLToPath(new URL("../../../../examples/published.toml", import.meta.url));
const env = { OPENROUTER_API_KEY: "or-secret", GROQ_API_KEY: "groq-secret" };

test("every model name is listed, and each one routes", async () => {
  const { code, json } = await run(["models", "--config", PUBLISHED, "--json"], { env });
  assert.equal(code, 0);
  const models: { id: string; target: { provider: string; model: string } | null; price: unknown }[] =
    json().models;
  const ids = models.map(({ id }) => id);
  for (
    const id of [
      "auto",
      "terraphim/smart-router",
      "think",
      "background",
      "openrouter,anthropic/claude-3-opus",
    ]
  ) {
    assert.ok(ids.includes(id), id);
  }
  for (const { id, target } of models) {
    const routed = await run([
      "route",
      "plan the architecture",
      "--config",
      PUBLISHED,
      "--model",
      id,
      "--json",
    ], { env });
    assert.equal(routed.code, 0, id);
    const first = routed.json().targets[0];
    if (target !== null) assert.deepEqual({ provider: first.provider, model: first.model }, target, id);
  }
  assert.deepEqual(models.find(({ id }) => id === "background")?.price, { input: 0.05, output: 0.08 });
});

test("the table shows where each leads, its prices and its context window", async () => {
  const { out } = await run(["models", "--config", PUBLISHED], { env });
  assert.match(out, /^auto +per request$/m);
  assert.match(out, /^think +openrouter,anthropic\/claude-3-opus +\$15 +\$75 +200k$/m);
  assert.match(out, /^groq,llama-3\.1-8b-instant +\(same\) +\$0\.05 +\$0\.08 +131k$/m);
});

test("a model without a key is not listed", async () => {
  const { json } = await run(["models", "--config", PUBLISHED, "--json"], { env: { GROQ_API_KEY: "x" } });
  const ids = json().models.map(({ id }: { id: string }) => id);
  assert.ok(ids.includes("background") && !ids.includes("think"));
});

test("what models refused is listed with its date", async () => {
  await inFolder({}, async (cwd) => {
    lessonIn(cwd);
    const surroundings = { cwd, env: { ...env, XDG_DATA_HOME: cwd } };
    const { out } = await run(["models", "--config", PUBLISHED], surroundings);
    assert.match(out, /mine,big-model: without the field "store" since \d{4}-\d\d-\d\d/);
    const { json } = await run(["models", "--config", PUBLISHED, "--json"], surroundings);
    const [{ at, ...learned }] = json().learned;
    assert.ok(!Number.isNaN(Date.parse(at)));
    assert.deepEqual(learned, {
      provider: "mine",
      model: "big-model",
      kind: "field",
      name: "store",
      message: "Unknown parameter: 'store'.",
    });
  });
});
