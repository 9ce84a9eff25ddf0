/** Sessions whose signatures the proxy never saw made, and answers that keep to fewer rules than the documents. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { strictHouse } from "../support/houses/house.ts";
import { seals } from "../support/houses/seals.ts";
import { json } from "../support/provider.ts";
import { DIALECTS, spoken } from "../support/speech.ts";
import type { Json } from "../../src/model/json.ts";
import { proxyWith } from "../support/world.ts";

const speaking = (dialect: string, toml = "") => proxyWith({ there: { toml } }, { dialect });

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
    test(`${name} is asked again without what another signed before, ${how}`, async () => {
      await using house = await strictHouse(name);
      await using world = await proxyWith({ [name]: { url: house.url, path: "" } });
      for (const refusals of [1, 1]) {
        const response = await world.post(path, { ...body, stream }, { "anthropic-version": "2023-06-01" });
        await response.text();
        assert.equal(response.status, 200);
        // The second request does not try it again.
        assert.equal(new Set(house.refusals.map(({ body }) => body)).size, refusals);
      }
    });
  }
}

test("tokens are counted of what the provider would get: no seals, no foreign thinking", async () => {
  await using world = await speaking("anthropic-messages", "count_tokens = true");
  world.there.answer(json({ input_tokens: 7 }));
  const sealed = { type: "thinking", thinking: "hm", signature: "tlp1.e30" };
  const body = {
    model: "there,claude-opus-4-8",
    messages: [{ role: "user", content: "hi" }, {
      role: "assistant",
      content: [sealed, { type: "text", text: "ok" }],
    }],
  };
  assert.deepEqual(await (await world.post("/v1/messages/count_tokens", body)).json(), { input_tokens: 7 });
  assert.deepEqual(world.there.arrived[0]?.json.messages[1].content, [{ type: "text", text: "ok" }]);
});

test("tokens of a request that cannot be translated are estimated", async () => {
  await using world = await speaking("openai-chat");
  for (const more of [{ mcp_servers: [{ name: "a" }] }, { container: "c" }, { thread: { id: "t" } }]) {
    const body = { model: "auto", messages: [{ role: "user", content: "plan the API" }], ...more };
    const response = await world.post("/v1/messages/count_tokens", body);
    assert.equal(response.status, 200);
    assert.ok((await response.json()).input_tokens > 0);
  }
});

test("a history is compacted by a provider that speaks Responses", async () => {
  await using world = await speaking("openai-responses");
  const compacted = {
    id: "resp_1",
    object: "response.compaction",
    output: [{ type: "compaction", encrypted_content: "x" }],
  };
  world.there.answer(json(compacted));
  const response = await world.post("/v1/responses/compact", { model: "there,m", input: "hi" });
  assert.deepEqual(await response.json(), compacted);
  assert.equal(world.there.arrived[0]?.path, "/v1/responses/compact");
  assert.deepEqual(world.there.arrived[0]?.json, { model: "m", input: "hi" });
});

test("where no target compacts, the client reads what to do, and nothing cools down", async () => {
  for (const dialect of ["openai-responses", "openai-chat"]) {
    await using world = await speaking(dialect);
    world.there.answer(json({ error: { message: "Not Found" } }, 404));
    const response = await world.post("/v1/responses/compact", { model: "there,m", input: "hi" });
    assert.equal(response.status, 400);
    const { error } = await response.json();
    assert.match(error.message, /does not compact histories.*`model_provider`/);
    assert.equal(response.headers.get("x-should-retry"), "false");
    assert.equal(world.state.cooldowns.list(0).length, 0);
  }
});

for (const dialect of DIALECTS) {
  for (const type of ["application/json", "text/html; charset=utf-8", "application/octet-stream"]) {
    test(`an event stream of ${dialect} under ${type} is read as one`, async () => {
      await using world = await speaking(dialect);
      const { prelude, output, end } = spoken(dialect, "hello there");
      const events = [...prelude, ...output, ...end].join("");
      world.there.answer((_arrived, res) => void res.writeHead(200, { "content-type": type }).end(events));
      for (const client of DIALECTS) {
        for (const stream of [true, false]) {
          const response = await world.ask(client, "hi", { stream });
          const text = await response.text();
          assert.equal(response.status, 200, `${client} ${stream}: ${text}`);
          assert.match(text.replaceAll(/"[^"]*delta[^"]*"/g, ""), /hello/);
        }
      }
    });
  }
}

/** A number that JavaScript cannot hold. */
const LONG = "12345678901234567891";

for (const client of DIALECTS) {
  test(`a long integer in a call's arguments keeps its digits, there and back (${client})`, async () => {
    await using world = await speaking("anthropic-messages");
    const answer =
      `{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"tool_use","id":"a",` +
      `"name":"f","input":{"n":${LONG}}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}`;
    world.there.answer(json(answer));
    for (const stream of [false, true]) {
      const text = await (await world.ask(client, "hi", { stream })).text();
      assert.ok(text.includes(LONG), text);
    }
  });
}

test("a long integer in a history keeps its digits towards every dialect", async () => {
  const history =
    `{"model":"there,m","max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":` +
    `[{"type":"tool_use","id":"a","name":"f","input":{"n":${LONG}}}]},{"role":"user","content":[{"type":"tool_result",` +
    `"tool_use_id":"a","content":"ok"}]}]}`;
  for (const dialect of DIALECTS) {
    await using world = await speaking(dialect);
    await (await world.post("/v1/messages", history)).text();
    assert.ok(world.there.arrived[0]?.text.includes(LONG), world.there.arrived[0]?.text);
  }
});
