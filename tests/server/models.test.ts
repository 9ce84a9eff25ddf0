import assert from "node:assert/strict";
import { test } from "node:test";
import { dialects } from "../../src/dialects/registry.ts";
import { Refusal } from "../../src/server/errors.ts";
import { modelBody, modelsBody } from "../../src/server/models.ts";
import { configOf } from "../support/proxy.ts";
import { DIALECTS } from "../support/speech.ts";
import { proxyWith } from "../support/world.ts";

const KEY = { authorization: "Bearer proxy-key" };

/** A proxy with a key, before one provider of every dialect. */
const guarded = (more = "") =>
  proxyWith({ there: { key: "secret-key", toml: 'models = ["the-model", "thinker"]' } }, {
    dialect: DIALECTS,
    router: 'default = "there,the-model"\nthink = "there,thinker"',
    toml: `[proxy]\napi_key = "proxy-key"\nmax_body_mb = 1\n${more}`,
  });

test("GET /v1/models comes in the caller's shape, and every id listed routes", async () => {
  await using world = await guarded();
  const openAi = await (await fetch(world.url + "/v1/models", { headers: KEY })).json();
  assert.equal(openAi.object, "list");
  const ids: string[] = openAi.data.map((model: { id: string }) => model.id);
  assert.ok(ids.includes("there,the-model") && ids.includes("think"), ids.join(" "));
  const anthropicHeaders = { ...KEY, "anthropic-version": "2023-06-01" };
  const anthropic = await (await fetch(world.url + "/models?limit=1000", { headers: anthropicHeaders }))
    .json();
  assert.deepEqual(anthropic.data.map((model: { id: string }) => model.id), ids);
  assert.equal(anthropic.has_more, false);
  assert.equal(anthropic.data[0].type, "model");
  for (const id of ids) {
    const one = await fetch(`${world.url}/v1/models/${encodeURIComponent(id)}`, { headers: KEY });
    assert.equal((await one.json()).id, id);
    const asked = { model: id, messages: [{ role: "user", content: "hi" }] };
    const response = await world.post("/v1/chat/completions", asked, KEY);
    assert.equal(response.status, 200, id);
    await response.text();
  }
  const unknown = await fetch(world.url + "/v1/models/nope", { headers: KEY });
  assert.equal(unknown.status, 404);
  assert.match((await unknown.json()).error.message, /"nope" is not listed/);
});

test("Claude Code's picker gets each name under an id that leads to the same place", async () => {
  await using world = await guarded();
  const headers = { ...KEY, "user-agent": "claude-code/2.1.330", "anthropic-version": "2023-06-01" };
  const { data } = await (await fetch(world.url + "/v1/models?limit=1000", { headers })).json();
  const kept = data.filter(({ id }: { id: string }) => /^(claude|anthropic)/.test(id));
  const names = kept.map((one: { display_name: string }) => one.display_name);
  assert.ok(names.includes("think") && names.includes("there,the-model") && names.includes("auto"));
  for (const { id, display_name } of kept) {
    const one = await (await fetch(`${world.url}/v1/models/${encodeURIComponent(id)}`, { headers })).json();
    assert.deepEqual([one.id, one.display_name], [id, display_name]);
    const routed = async (model: string) => {
      const response = await world.post("/v1/chat/completions", {
        model,
        messages: [{ role: "user", content: "hi" }],
      }, KEY);
      await response.text();
      return response.headers.get("x-routed-model");
    };
    assert.equal(await routed(id), await routed(display_name));
  }
});

test("Codex, which sends its version, finds the field that it wants beside the list", async () => {
  await using world = await guarded();
  const list = async (query: string) =>
    await (await fetch(world.url + "/v1/models" + query, { headers: KEY })).json();
  const codex = await list("?client_version=0.169.0");
  assert.deepEqual(codex.models, []);
  assert.deepEqual(codex.data, (await list("")).data);
  assert.equal("models" in await list(""), false);
});

test("paging through the models as Anthropic's clients do gives each model once", async () => {
  await using world = await guarded();
  const headers = { ...KEY, "anthropic-version": "2023-06-01" };
  const all = await (await fetch(world.url + "/v1/models?limit=1000", { headers })).json();
  const ids: string[] = [];
  for (let after = "", more = true; more;) {
    const page = await (await fetch(`${world.url}/v1/models?limit=2${after}`, { headers })).json();
    ids.push(...page.data.map((model: { id: string }) => model.id));
    more = page.has_more;
    after = `&after_id=${encodeURIComponent(page.last_id)}`;
  }
  assert.deepEqual(ids, all.data.map((model: { id: string }) => model.id));
});

test("a name that is not listed is a 404 that quotes it", () => {
  const config = configOf('[router]\ndefault = "groq,llama"', { GROQ_API_KEY: "k" });
  for (const id of ["", "größe", "x".repeat(300), "constructor"]) {
    assert.throws(() => modelBody(config, dialects["openai-chat"], id), (error) => {
      assert.ok(error instanceof Refusal);
      assert.deepEqual([error.status, error.code], [404, "model_not_found"]);
      assert.ok(error.message.includes(`"${id}" is not listed here`));
      return true;
    });
  }
});

test("every dialect lists the same names, each once", () => {
  const config = configOf('[router]\ndefault = "groq,llama | groq,llama"', { GROQ_API_KEY: "k" });
  for (const dialect of Object.values(dialects)) {
    const { data } = modelsBody(config, dialect, {}, new URLSearchParams("limit=1000"));
    const ids = data.map(({ id }: { id: string }) => id);
    assert.equal(new Set(ids).size, ids.length, dialect.name);
    assert.ok(ids.includes("groq,llama") && ids.includes("auto"));
  }
});
