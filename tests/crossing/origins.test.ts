/** Sessions whose signatures the proxy never saw made, and answers that keep to fewer rules than the documents. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type StrictHouse, strictHouse } from "../support/houses/house.ts";
import { seals } from "../support/houses/seals.ts";
import { type FakeProvider, fakeProvider, json } from "../support/provider.ts";
import { startProxy, type TestProxy } from "../support/proxy.ts";
import { DIALECTS, PATHS, request, spoken } from "../support/speech.ts";
import type { Json } from "../../src/model/json.ts";

const block = (name: string, url: string, more = "") =>
  `[[providers]]\nname = "${name}"\napi_base_url = "${url}"\napi_key = "k"\n${more}`;

async function withHouse(
  name: string,
  work: (proxy: TestProxy, house: StrictHouse) => Promise<void>,
): Promise<void> {
  const house = await strictHouse(name);
  const proxy = startProxy(`[router]\ndefault = "${name},m"\n${block(name, house.url)}`);
  try {
    await work(proxy, house);
  } finally {
    await proxy.close();
    await house.close();
  }
}

async function withFake(
  more: string,
  work: (proxy: TestProxy, provider: FakeProvider) => Promise<void>,
): Promise<void> {
  const provider = await fakeProvider();
  const proxy = startProxy(`[router]\ndefault = "there,m"\n${block("there", `${provider.url}/v1`, more)}`);
  try {
    await work(proxy, provider);
  } finally {
    await proxy.close();
    await provider.close();
  }
}

const foreign = seals("another");
const MESSAGES: Json = {
  model: "anthropic,claude-haiku-4-5",
  max_tokens: 4096,
  thinking: { type: "enabled", budget_tokens: 1024 },
  tools: [{ name: "Bash", input_schema: { type: "object", properties: {} } }],
  messages: [
    { role: "user", content: "hi" },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm", signature: foreign.make("glm-5.2", "hm") },
        { type: "tool_use", id: "toolu_1", name: "Bash", input: {} },
      ],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "ok" }] },
  ],
};
const RESPONSES: Json = {
  model: "openai,gpt-5.5",
  store: false,
  input: [
    { role: "user", content: "hi" },
    { type: "reasoning", id: "rs_1", summary: [], encrypted_content: foreign.hide("account", "hm") },
    { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" },
    { type: "function_call_output", call_id: "call_1", output: "ok" },
  ],
};

for (const stream of [false, true]) {
  const how = stream ? "streamed" : "whole";
  for (
    const [name, path, body] of [
      ["anthropic", "/v1/messages", MESSAGES],
      ["openai", "/v1/responses", RESPONSES],
    ] as const
  ) {
    test(`${name} is asked once more without what another signed before the proxy was there, ${how}`, () =>
      withHouse(name, async (proxy, house) => {
        for (const refusals of [1, 1]) {
          const response = await proxy.post(path, { ...body, stream }, { "anthropic-version": "2023-06-01" });
          await response.text();
          assert.equal(response.status, 200);
          // The second request does not try it again.
          assert.equal(new Set(house.refusals.map(({ body }) => body)).size, refusals);
        }
      }));
  }
}

const CLAUDE = `dialects = ["anthropic-messages"]\ncount_tokens = true`;

test("tokens are counted of what the provider would get: no seals, and no other house's thinking", () =>
  withFake(CLAUDE, async (proxy, provider) => {
    provider.answer(json({ input_tokens: 7 }));
    const sealed = { type: "thinking", thinking: "hm", signature: "tlp1.e30" };
    const body = {
      model: "there,claude-opus-4-8",
      messages: [{ role: "user", content: "hi" }, {
        role: "assistant",
        content: [sealed, { type: "text", text: "ok" }],
      }],
    };
    assert.deepEqual(await (await proxy.post("/v1/messages/count_tokens", body)).json(), { input_tokens: 7 });
    assert.deepEqual(provider.arrived[0]?.json.messages[1].content, [{ type: "text", text: "ok" }]);
  }));

test("tokens of a request that cannot be translated are estimated", () =>
  withFake(`dialects = ["openai-chat"]`, async (proxy) => {
    for (const more of [{ mcp_servers: [{ name: "a" }] }, { container: "c" }, { thread: { id: "t" } }]) {
      const body = { model: "auto", messages: [{ role: "user", content: "plan the API" }], ...more };
      const response = await proxy.post("/v1/messages/count_tokens", body);
      assert.equal(response.status, 200);
      assert.ok((await response.json()).input_tokens > 0);
    }
  }));

test("a history is compacted by a provider that speaks Responses", () =>
  withFake(`dialects = ["openai-responses"]`, async (proxy, provider) => {
    const compacted = {
      id: "resp_1",
      object: "response.compaction",
      output: [{ type: "compaction", encrypted_content: "x" }],
    };
    provider.answer(json(compacted));
    const response = await proxy.post("/v1/responses/compact", { model: "there,m", input: "hi" });
    assert.deepEqual(await response.json(), compacted);
    assert.equal(provider.arrived[0]?.path, "/v1/responses/compact");
    assert.deepEqual(provider.arrived[0]?.json, { model: "m", input: "hi" });
  }));

test("where no target compacts, the client reads what to do, and nothing cools down", async () => {
  for (const dialect of ["openai-responses", "openai-chat"]) {
    await withFake(`dialects = ["${dialect}"]`, async (proxy, provider) => {
      provider.answer(json({ error: { message: "Not Found" } }, 404));
      const response = await proxy.post("/v1/responses/compact", { model: "there,m", input: "hi" });
      assert.equal(response.status, 400);
      const { error } = await response.json();
      assert.match(error.message, /does not compact histories.*`model_provider`/);
      assert.equal(response.headers.get("x-should-retry"), "false");
      assert.equal(proxy.context.dispatch.state.cooldowns.list(0).length, 0);
    });
  }
});

for (const dialect of DIALECTS) {
  for (const type of ["application/json", "text/html; charset=utf-8", "application/octet-stream"]) {
    test(`an event stream of ${dialect} under ${type} is read as one`, () =>
      withFake(`dialects = ["${dialect}"]`, async (proxy, provider) => {
        const { prelude, output, end } = spoken(dialect, "hello there");
        const events = [...prelude, ...output, ...end].join("");
        provider.answer((_arrived, res) => void res.writeHead(200, { "content-type": type }).end(events));
        for (const client of DIALECTS) {
          for (const stream of [true, false]) {
            const response = await proxy.post(PATHS[client], request(client, stream));
            const text = await response.text();
            assert.equal(response.status, 200, `${client} ${stream}: ${text}`);
            assert.match(text.replaceAll(/"[^"]*delta[^"]*"/g, ""), /hello/);
          }
        }
      }));
  }
}

/** A number that JavaScript cannot hold. */
const LONG = "12345678901234567891";

for (const client of DIALECTS) {
  test(`a long integer in a call's arguments keeps its digits, there and back (${client})`, () =>
    withFake(`dialects = ["anthropic-messages"]`, async (proxy, provider) => {
      const answer =
        `{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"tool_use","id":"a",` +
        `"name":"f","input":{"n":${LONG}}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}`;
      provider.answer(json(answer));
      for (const stream of [false, true]) {
        const text = await (await proxy.post(PATHS[client], request(client, stream))).text();
        assert.ok(text.includes(LONG), text);
      }
    }));
}

test("a long integer in a history keeps its digits towards every dialect", async () => {
  const history =
    `{"model":"there,m","max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":` +
    `[{"type":"tool_use","id":"a","name":"f","input":{"n":${LONG}}}]},{"role":"user","content":[{"type":"tool_result",` +
    `"tool_use_id":"a","content":"ok"}]}]}`;
  for (const dialect of DIALECTS) {
    await withFake(`dialects = ["${dialect}"]`, async (proxy, provider) => {
      await (await proxy.post("/v1/messages", history)).text();
      assert.ok(provider.arrived[0]?.text.includes(LONG), provider.arrived[0]?.text);
    });
  }
});
