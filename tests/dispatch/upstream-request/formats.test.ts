/** Which of a provider's formats a request goes out in, and what keeps it at one provider. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../src/model/json.ts";
import { type FakeProvider, fakeProvider, json } from "../../support/provider.ts";
import { startProxy, type TestProxy } from "../../support/proxy.ts";
import { written } from "../../support/speech.ts";

/** A provider that answers in whatever format it is asked. */
const polyglot = () =>
  fakeProvider((arrived, res) => {
    const dialect = arrived.path.includes("/messages")
      ? "anthropic-messages"
      : arrived.path.endsWith("/chat/completions")
      ? "openai-chat"
      : "openai-responses";
    return json(written(dialect, "ok"))(arrived, res);
  });

interface Place {
  readonly name: string;
  readonly model: string;
  readonly more?: string;
}

/** A proxy before these providers, in this order. */
async function before(
  places: readonly Place[],
  work: (proxy: TestProxy, providers: readonly FakeProvider[]) => Promise<void>,
): Promise<void> {
  const providers: FakeProvider[] = [];
  for (const _ of places) providers.push(await polyglot());
  const blocks = places.map(({ name, more = "" }, i) =>
    `[[providers]]\nname = "${name}"\napi_base_url = "${providers[i]!.url}"\napi_key = "k"\n${more}`
  );
  const targets = places.map(({ name, model }) => `${name},${model}`).join(" | ");
  const proxy = startProxy(`[router]\ndefault = "${targets}"\n\n${blocks.join("\n\n")}`);
  try {
    await work(proxy, providers);
  } finally {
    await proxy.close();
    for (const provider of providers) await provider.close();
  }
}

const TOOL = { type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } };
const chat = (more: Json = {}) => ({
  model: "auto",
  messages: [{ role: "user", content: "hi" }],
  tools: [TOOL],
  ...more,
});

test("a model that takes no tools in Chat while it thinks gets them in Responses", () =>
  before([{ name: "openai", model: "gpt-5.5" }], async (proxy, [openai]) => {
    for (const more of [{}, { reasoning_effort: "high" }]) {
      const response = await proxy.post("/v1/chat/completions", chat(more));
      assert.equal((await response.json()).choices[0].message.content, "ok");
      assert.match(openai!.arrived.at(-1)!.path, /\/responses$/);
    }
    for (const more of [{ reasoning_effort: "none" }, { tools: [] }]) {
      await (await proxy.post("/v1/chat/completions", chat(more))).text();
      assert.match(openai!.arrived.at(-1)!.path, /\/chat\/completions$/, JSON.stringify(more));
    }
  }));

test("where there is Chat alone, such a model does not think, and the client can see it", () =>
  before(
    [{ name: "azure", model: "gpt-5.5", more: `dialects = ["openai-chat"]` }],
    async (proxy, [azure]) => {
      const response = await proxy.post("/v1/chat/completions", chat({ reasoning_effort: "high" }));
      await response.text();
      assert.equal(azure!.arrived[0]!.json.reasoning_effort, "none");
      assert.match(response.headers.get("x-translation-dropped") ?? "", /reasoning/);
    },
  ));

test("a file goes to the provider that keeps it", () =>
  before(
    [{ name: "deepseek", model: "deepseek-v4-pro" }, { name: "anthropic", model: "claude-opus-4-8" }],
    async (proxy, [deepseek, anthropic]) => {
      const content = [{ type: "document", source: { type: "file", file_id: "file_1" } }];
      const body = { model: "auto", max_tokens: 9, messages: [{ role: "user", content }] };
      assert.equal((await proxy.post("/v1/messages", body)).status, 200);
      assert.equal(deepseek!.arrived.length, 0);
      assert.deepEqual(anthropic!.arrived[0]!.json.messages, body.messages);
    },
  ));

test("a text file goes out as text to a provider that takes no files", () =>
  before([{ name: "deepseek", model: "deepseek-v4-pro" }], async (proxy, [deepseek]) => {
    const file = { filename: "a.txt", file_data: "data:text/plain;base64,aGVsbG8=" };
    const content = [{ type: "text", text: "read" }, { type: "file", file }];
    const body = { model: "auto", messages: [{ role: "user", content }] };
    assert.equal((await proxy.post("/v1/chat/completions", body)).status, 200);
    assert.deepEqual(deepseek!.arrived[0]!.json.messages[0].content, [
      { type: "text", text: "read" },
      { type: "text", text: "a.txt\n\nhello" },
    ]);
  }));

const COMPACTED = {
  model: "auto",
  input: [{ type: "compaction", encrypted_content: "gAAAA1" }, { role: "user", content: "go on" }],
};

test("a compacted history goes to its maker first, and elsewhere the model reads that there was one", () =>
  before(
    [
      { name: "xai", model: "grok-4.6" },
      { name: "openai", model: "gpt-5.5" },
    ],
    async (proxy, [xai, openai]) => {
      const maker = { provider: "openai", key: "k", model: "gpt-5.5" };
      proxy.context.dispatch.state.origins.saw("gAAAA1", maker);
      await (await proxy.post("/v1/responses", COMPACTED)).text();
      assert.equal(xai!.arrived.length, 0);
      assert.equal(openai!.arrived.length, 1);
      const response = await proxy.post("/v1/responses", { ...COMPACTED, model: "xai,grok-4.6" });
      assert.equal(response.status, 200);
      assert.match(response.headers.get("x-translation-dropped") ?? "", /compaction/);
      assert.match(xai!.arrived[0]!.text, /compacted in a form that cannot be read here/);
    },
  ));

test("more tools than a model takes go to a target that takes them, else the first of them", () =>
  before(
    [{ name: "openai", model: "gpt-4.1" }, { name: "anthropic", model: "claude-opus-4-8" }],
    async (proxy, [openai, anthropic]) => {
      const tools = Array.from({ length: 130 }, (_, i) => ({
        name: `tool_${i}`,
        input_schema: { type: "object", properties: {} },
      }));
      const body = { model: "auto", max_tokens: 9, messages: [{ role: "user", content: "hi" }], tools };
      await (await proxy.post("/v1/messages", body)).text();
      assert.deepEqual([openai!.arrived.length, anthropic!.arrived.length], [0, 1]);
      const response = await proxy.post("/v1/messages", { ...body, model: "openai,gpt-4.1" });
      assert.equal(response.status, 200);
      assert.equal(openai!.arrived[0]!.json.tools.length, 128);
      assert.match(response.headers.get("x-translation-dropped") ?? "", /tools/);
    },
  ));
