import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltinDialect } from "../../../src/dialects/registry.ts";
import { json } from "../../support/provider.ts";
import { written } from "../../support/speech.ts";
import { proxyWith } from "../../support/world.ts";

interface Place {
  readonly name: string;
  readonly model: string;
  readonly dialect: BuiltinDialect;
}

const DEEPSEEK: Place = { name: "deepseek", model: "deepseek-v4-pro", dialect: "openai-chat" };
const OPENAI: Place = { name: "openai", model: "gpt-4.1", dialect: "openai-chat" };
const CLAUDE: Place = { name: "anthropic", model: "claude-opus-4-8", dialect: "anthropic-messages" };

/** A proxy before these providers, in this order. */
const chain = (...places: readonly Place[]) =>
  proxyWith(
    Object.fromEntries(places.map(({ name, dialect }) =>
      [name, { answer: json(written(dialect, "{}")), path: "", dialect }] as const
    )),
    {
      router: `default = "${
        places.map(({ name, model }) => `${name},${model}`).join(" | ")
      }"`,
    },
  );

const SEARCH = {
  model: "auto",
  max_tokens: 100,
  messages: [{ role: "user", content: "Search for it" }],
  tools: [{ type: "web_search_20250305", name: "web_search" }],
  tool_choice: { type: "tool", name: "web_search" },
};

test("a forced search goes to the target that can search", async () => {
  await using world = await chain(OPENAI, CLAUDE);
  const response = await world.post("/v1/messages", SEARCH);
  await response.text();
  assert.deepEqual([response.status, response.headers.get("x-routed-provider")], [200, "anthropic"]);
  assert.equal(world.openai!.arrived.length, 0);
});

test("a search that is the only tool counts as forced", async () => {
  await using world = await chain(OPENAI, CLAUDE);
  const { tool_choice: _choice, ...only } = SEARCH;
  const response = await world.post("/v1/messages", only);
  await response.text();
  assert.equal(response.headers.get("x-routed-provider"), "anthropic");
});

test("a forced search that nobody can do is an error that says so", async () => {
  await using world = await chain(OPENAI, DEEPSEEK);
  const response = await world.post("/v1/messages", SEARCH);
  assert.ok(response.status >= 400);
  assert.match(JSON.stringify(await response.json()), /would lose web_search/);
  assert.deepEqual(Object.values(world.fakes).map(({ arrived }) => arrived.length), [0, 0]);
});

test("a search beside other tools is dropped, and named", async () => {
  await using world = await chain(OPENAI);
  const tools = [...SEARCH.tools, { name: "f", input_schema: { type: "object", properties: {} } }];
  const response = await world.post("/v1/messages", {
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

test("an answer's schema goes to the target that enforces it", async () => {
  await using world = await chain(DEEPSEEK, OPENAI);
  const response = await world.post("/v1/chat/completions", ASKED);
  await response.text();
  assert.equal(response.headers.get("x-routed-provider"), "openai");
  assert.equal(response.headers.get("x-translation-dropped"), null);
});

test("an answer's schema goes out in words where no target enforces it", async () => {
  await using world = await chain(DEEPSEEK);
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
    const response = await world.post(path, body);
    await response.text();
    assert.equal(response.status, 200, path);
    assert.equal(response.headers.get("x-translation-dropped"), "structured_output");
    const sent = world.deepseek!.arrived.at(-1)?.json;
    assert.deepEqual(sent.response_format, { type: "json_object" });
    assert.match(JSON.stringify(sent.messages[0]), /matches this JSON Schema.*title/);
  }
});

test("a document goes to the target that takes files", async () => {
  await using world = await chain(DEEPSEEK, OPENAI);
  const file = { filename: "a.pdf", file_data: "data:application/pdf;base64,AA==" };
  const messages = [{ role: "user", content: [{ type: "file", file }] }];
  const response = await world.post("/v1/chat/completions", { model: "auto", messages });
  await response.text();
  assert.equal(response.headers.get("x-routed-provider"), "openai");
});

test("a tool is forced without thinking where thinking excludes it", async () => {
  await using world = await chain(DEEPSEEK);
  const tools = [{
    type: "function",
    function: { name: "f", parameters: { type: "object", properties: {} } },
  }];
  const response = await world.post("/v1/chat/completions", {
    ...ASKED,
    response_format: undefined,
    tools,
    tool_choice: "required",
    reasoning_effort: "high",
  });
  await response.text();
  const sent = world.deepseek!.arrived[0]?.json;
  assert.deepEqual([sent.tool_choice, sent.thinking, sent.reasoning_effort], ["required", {
    type: "disabled",
  }, undefined]);
  assert.equal(response.headers.get("x-translation-dropped"), "reasoning");
});

test("an image of a type that Claude does not read goes to the target that may", async () => {
  await using world = await chain(CLAUDE, OPENAI);
  const source = { type: "base64", media_type: "image/svg+xml", data: "PHN2Zz4=" };
  const response = await world.post("/v1/messages", {
    model: "auto",
    max_tokens: 100,
    messages: [{
      role: "user",
      content: [{ type: "image", source }, { type: "text", text: "What is this?" }],
    }],
  });
  await response.text();
  assert.deepEqual([response.status, response.headers.get("x-routed-provider")], [200, "openai"]);
});
