/** Which of a provider's formats a request goes out in, and what keeps it at one provider. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../src/model/json.ts";
import { type Answer, json } from "../../support/provider.ts";
import { written } from "../../support/speech.ts";
import { proxyWith } from "../../support/world.ts";

/** A provider that answers in whatever format it is asked. */
const polyglot: Answer = (arrived, res) => {
  const dialect = arrived.path.includes("/messages")
    ? "anthropic-messages"
    : arrived.path.endsWith("/chat/completions")
    ? "openai-chat"
    : "openai-responses";
  return json(written(dialect, "ok"))(arrived, res);
};

interface Place {
  readonly name: string;
  readonly model: string;
  readonly more?: string;
}

/** A proxy before these providers, in this order. */
const before = (...places: readonly Place[]) =>
  proxyWith(
    Object.fromEntries(
      places.map(({ name, more = "" }) => [name, { answer: polyglot, path: "", toml: more }] as const),
    ),
    { router: `default = "${places.map(({ name, model }) => `${name},${model}`).join(" | ")}"` },
  );

const TOOL = { type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } };
const chat = (more: Json = {}) => ({
  model: "auto",
  messages: [{ role: "user", content: "hi" }],
  tools: [TOOL],
  ...more,
});

test("a model that takes no tools in Chat while it thinks gets them in Responses", async () => {
  await using world = await before({ name: "openai", model: "gpt-5.5" });
  for (const more of [{}, { reasoning_effort: "high" }]) {
    const response = await world.post("/v1/chat/completions", chat(more));
    assert.equal((await response.json()).choices[0].message.content, "ok");
    assert.match(world.openai!.arrived.at(-1)!.path, /\/responses$/);
  }
  for (const more of [{ reasoning_effort: "none" }, { tools: [] }]) {
    await (await world.post("/v1/chat/completions", chat(more))).text();
    assert.match(world.openai!.arrived.at(-1)!.path, /\/chat\/completions$/, JSON.stringify(more));
  }
});

test("where there is Chat alone, such a model does not think, and the client can see it", async () => {
  await using world = await before({ name: "azure", model: "gpt-5.5", more: `dialects = ["openai-chat"]` });
  const response = await world.post("/v1/chat/completions", chat({ reasoning_effort: "high" }));
  await response.text();
  assert.equal(world.azure!.arrived[0]!.json.reasoning_effort, "none");
  assert.match(response.headers.get("x-translation-dropped") ?? "", /reasoning/);
});

test("a file goes to the provider that keeps it", async () => {
  await using world = await before({ name: "deepseek", model: "deepseek-v4-pro" }, {
    name: "anthropic",
    model: "claude-opus-4-8",
  });
  const content = [{ type: "document", source: { type: "file", file_id: "file_1" } }];
  const body = { model: "auto", max_tokens: 9, messages: [{ role: "user", content }] };
  assert.equal((await world.post("/v1/messages", body)).status, 200);
  assert.equal(world.deepseek!.arrived.length, 0);
  assert.deepEqual(world.anthropic!.arrived[0]!.json.messages, body.messages);
});

test("a text file goes out as text to a provider that takes no files", async () => {
  await using world = await before({ name: "deepseek", model: "deepseek-v4-pro" });
  const file = { filename: "a.txt", file_data: "data:text/plain;base64,aGVsbG8=" };
  const content = [{ type: "text", text: "read" }, { type: "file", file }];
  const body = { model: "auto", messages: [{ role: "user", content }] };
  assert.equal((await world.post("/v1/chat/completions", body)).status, 200);
  assert.deepEqual(world.deepseek!.arrived[0]!.json.messages[0].content, [
    { type: "text", text: "read" },
    { type: "text", text: "a.txt\n\nhello" },
  ]);
});

const COMPACTED = {
  model: "auto",
  input: [{ type: "compaction", encrypted_content: "gAAAA1" }, { role: "user", content: "go on" }],
};

test("a compacted history goes to its maker first; elsewhere the model reads of it", async () => {
  await using world = await before({ name: "xai", model: "grok-4.6" }, { name: "openai", model: "gpt-5.5" });
  const maker = { provider: "openai", key: "k", model: "gpt-5.5" };
  world.state.origins.saw("gAAAA1", maker);
  await (await world.post("/v1/responses", COMPACTED)).text();
  assert.equal(world.xai!.arrived.length, 0);
  assert.equal(world.openai!.arrived.length, 1);
  const response = await world.post("/v1/responses", { ...COMPACTED, model: "xai,grok-4.6" });
  assert.equal(response.status, 200);
  assert.match(response.headers.get("x-translation-dropped") ?? "", /compaction/);
  assert.match(world.xai!.arrived[0]!.text, /compacted in a form that cannot be read here/);
});

test("more tools than a model takes go to a target that takes them, else the first of them", async () => {
  await using world = await before({ name: "openai", model: "gpt-4.1" }, {
    name: "anthropic",
    model: "claude-opus-4-8",
  });
  const tools = Array.from({ length: 130 }, (_, i) => ({
    name: `tool_${i}`,
    input_schema: { type: "object", properties: {} },
  }));
  const body = { model: "auto", max_tokens: 9, messages: [{ role: "user", content: "hi" }], tools };
  await (await world.post("/v1/messages", body)).text();
  assert.deepEqual([world.openai!.arrived.length, world.anthropic!.arrived.length], [0, 1]);
  const response = await world.post("/v1/messages", { ...body, model: "openai,gpt-4.1" });
  assert.equal(response.status, 200);
  assert.equal(world.openai!.arrived[0]!.json.tools.length, 128);
  assert.match(response.headers.get("x-translation-dropped") ?? "", /tools/);
});
