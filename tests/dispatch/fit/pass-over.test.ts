import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltinDialect } from "../../../src/dialects/registry.ts";
import { type FakeProvider, fakeProvider, json } from "../../support/provider.ts";
import { startProxy } from "../../support/proxy.ts";
import { written } from "../../support/speech.ts";

interface Place {
  readonly name: string;
  readonly model: string;
  readonly dialect: BuiltinDialect;
}

const DEEPSEEK: Place = { name: "deepseek", model: "deepseek-v4-pro", dialect: "openai-chat" };
const OPENAI: Place = { name: "openai", model: "gpt-4.1", dialect: "openai-chat" };
const CLAUDE: Place = { name: "anthropic", model: "claude-opus-4-8", dialect: "anthropic-messages" };

/** A proxy before these providers, in this order. */
async function chain(...places: readonly Place[]) {
  const providers: FakeProvider[] = [];
  for (const { dialect } of places) providers.push(await fakeProvider(json(written(dialect, "{}"))));
  const blocks = places.map(({ name, dialect }, i) =>
    `[[providers]]\nname = "${name}"\napi_base_url = "${
      providers[i]!.url
    }"\napi_key = "k"\ndialects = ["${dialect}"]`
  );
  const targets = places.map(({ name, model }) => `${name},${model}`).join(" | ");
  const proxy = startProxy(`[router]\ndefault = "${targets}"\n\n${blocks.join("\n\n")}`);
  return {
    proxy,
    providers,
    async close() {
      await proxy.close();
      for (const provider of providers) await provider.close();
    },
  };
}

const SEARCH = {
  model: "auto",
  max_tokens: 100,
  messages: [{ role: "user", content: "Search for it" }],
  tools: [{ type: "web_search_20250305", name: "web_search" }],
  tool_choice: { type: "tool", name: "web_search" },
};

test("a forced search goes to the target that can search", async (t) => {
  const world = await chain(OPENAI, CLAUDE);
  t.after(() => world.close());
  const response = await world.proxy.post("/v1/messages", SEARCH);
  await response.text();
  assert.deepEqual([response.status, response.headers.get("x-routed-provider")], [200, "anthropic"]);
  assert.equal(world.providers[0]!.arrived.length, 0);
});

test("a search that is the only tool counts as forced", async (t) => {
  const world = await chain(OPENAI, CLAUDE);
  t.after(() => world.close());
  const { tool_choice: _choice, ...only } = SEARCH;
  const response = await world.proxy.post("/v1/messages", only);
  await response.text();
  assert.equal(response.headers.get("x-routed-provider"), "anthropic");
});

test("a forced search that nobody can do is an error that says so", async (t) => {
  const world = await chain(OPENAI, DEEPSEEK);
  t.after(() => world.close());
  const response = await world.proxy.post("/v1/messages", SEARCH);
  assert.ok(response.status >= 400);
  assert.match(JSON.stringify(await response.json()), /would lose web_search/);
  assert.deepEqual(world.providers.map(({ arrived }) => arrived.length), [0, 0]);
});

test("a search beside other tools is dropped, and named", async (t) => {
  const world = await chain(OPENAI);
  t.after(() => world.close());
  const tools = [...SEARCH.tools, { name: "f", input_schema: { type: "object", properties: {} } }];
  const response = await world.proxy.post("/v1/messages", {
    ...SEARCH,
    tools,
    tool_choice: { type: "auto" },
  });
  await response.text();
  assert.equal(response.headers.get("x-translation-dropped"), "web_search");
});

const FORMAT = {
  type: "json_schema",
  json_schema: { name: "a", schema: { type: "object", properties: { title: { type: "string" } } } },
};
const ASKED = { model: "auto", messages: [{ role: "user", content: "A title" }], response_format: FORMAT };

test("an answer's schema goes to the target that enforces it", async (t) => {
  const world = await chain(DEEPSEEK, OPENAI);
  t.after(() => world.close());
  const response = await world.proxy.post("/v1/chat/completions", ASKED);
  await response.text();
  assert.equal(response.headers.get("x-routed-provider"), "openai");
  assert.equal(response.headers.get("x-translation-dropped"), null);
});

test("an answer's schema goes out in words where no target enforces it", async (t) => {
  const world = await chain(DEEPSEEK);
  t.after(() => world.close());
  for (
    const [path, body] of [
      ["/v1/chat/completions", ASKED],
      ["/v1/messages", {
        model: "auto",
        max_tokens: 9,
        messages: ASKED.messages,
        output_config: { format: { type: "json_schema", schema: FORMAT.json_schema.schema } },
      }],
      ["/v1/responses", {
        model: "auto",
        input: "A title",
        text: { format: { ...FORMAT.json_schema, type: "json_schema" } },
      }],
    ] as const
  ) {
    const response = await world.proxy.post(path, body);
    await response.text();
    assert.equal(response.status, 200, path);
    assert.equal(response.headers.get("x-translation-dropped"), "structured_output");
    const sent = world.providers[0]!.arrived.at(-1)?.json;
    assert.deepEqual(sent.response_format, { type: "json_object" });
    assert.match(JSON.stringify(sent.messages[0]), /matches this JSON Schema.*title/);
  }
});

test("a document goes to the target that takes files", async (t) => {
  const world = await chain(DEEPSEEK, OPENAI);
  t.after(() => world.close());
  const file = { filename: "a.pdf", file_data: "data:application/pdf;base64,AA==" };
  const messages = [{ role: "user", content: [{ type: "file", file }] }];
  const response = await world.proxy.post("/v1/chat/completions", { model: "auto", messages });
  await response.text();
  assert.equal(response.headers.get("x-routed-provider"), "openai");
});

test("a tool is forced without thinking where thinking excludes it", async (t) => {
  const world = await chain(DEEPSEEK);
  t.after(() => world.close());
  const tools = [{
    type: "function",
    function: { name: "f", parameters: { type: "object", properties: {} } },
  }];
  const response = await world.proxy.post("/v1/chat/completions", {
    ...ASKED,
    response_format: undefined,
    tools,
    tool_choice: "required",
    reasoning_effort: "high",
  });
  await response.text();
  const sent = world.providers[0]!.arrived[0]?.json;
  assert.deepEqual([sent.tool_choice, sent.thinking, sent.reasoning_effort], ["required", {
    type: "disabled",
  }, undefined]);
  assert.equal(response.headers.get("x-translation-dropped"), "reasoning");
});
