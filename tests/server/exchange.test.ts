/** From a request to its answer: what is refused, where it goes, and what is remembered of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { good } from "../support/faults.ts";
import { type Answer, json, sse } from "../support/provider.ts";
import { DIALECTS } from "../support/speech.ts";
import { proxyWith, type ProxyWorld } from "../support/world.ts";

const RULES = `
[[router.rules]]
name = "payroll"
when = { header = { "x-team" = "pay*" } }
refuse = "This team's data stays here."

[[router.rules]]
name = "readers"
when = { header = { "x-team" = "docs" } }
route = "second,m"
`;

test("a rule on a header routes a request", async () => {
  await using world = await proxyWith({
    first: good("openai-chat", false),
    second: good("openai-chat", false),
  }, {
    dialect: "openai-chat",
    toml: RULES,
  });
  const answer = await world.ask("openai-chat", "hi", { headers: { "x-team": "docs" } });
  assert.equal(world.second.arrived.length, 1);
  assert.equal(answer.headers.get("x-routed-model"), "m");
  await answer.text();
});

test("a rule that refuses answers with its text, and no provider hears of the request", async () => {
  await using world = await proxyWith({
    first: good("openai-chat", false),
    second: good("openai-chat", false),
  }, {
    dialect: "openai-chat",
    toml: RULES,
  });
  const answer = await world.ask("openai-chat", "hi", { headers: { "x-team": "payroll" } });
  assert.equal(answer.status, 403);
  const { error } = await answer.json() as {
    readonly error: { readonly message: string; readonly code: string };
  };
  assert.equal(error.code, "refused_by_rule");
  assert.match(error.message, /This team's data stays here\. \(rule "payroll"\)/);
  assert.equal(world.first.arrived.length + world.second.arrived.length, 0);
});

test("a rule that only sets an effort is among the rules of its request's record", async () => {
  await using world = await proxyWith({ first: good("openai-chat", false) }, {
    dialect: "openai-chat",
    toml: '[[router.rules]]\nname = "quiet"\nwhen = {}\neffort = "low"\n',
  });
  await (await world.ask("openai-chat", "hi")).text();
  const [record] = await world.ended(1);
  assert.deepEqual(record?.rules, ["quiet"]);
});

for (const dialect of DIALECTS) {
  for (const stream of [false, true]) {
    test(`a base URL that leads back to the proxy ends in an error (${dialect}${stream ? ", streamed" : ""})`, async () => {
      await using world = await proxyWith({ me: { url: "http://127.0.0.1:9" } }, { dialect });
      world.reload({ me: { url: world.url } });
      const heard = await world.hear(dialect, "hi", { stream });
      assert.match(heard.error, /leads back to the proxy itself/);
      assert.ok(world.records.length <= 6, `${world.records.length}`);
    });
  }
}

test("hops are counted towards configured addresses, and a client's count is checked", async () => {
  await using world = await proxyWith({ there: (arrived, res) => void res.end(arrived.text) }, {
    dialect: "openai-chat",
  });
  for (const [sent, passed] of [[undefined, "1"], ["2", "3"], ["-4", "1"], ["x", "1"]] as const) {
    await (await world.ask("openai-chat", "hi", {
      headers: sent === undefined ? {} : { "x-proxy-hops": sent },
    })).text();
    assert.equal(world.there.arrived.at(-1)?.headers["x-proxy-hops"], passed);
  }
});

const ITEM = {
  type: "message",
  id: "m",
  status: "completed",
  role: "assistant",
  content: [{ type: "output_text", text: "ok", annotations: [] }],
};
const response = (id: string) => ({
  id,
  object: "response",
  status: "completed",
  model: "x",
  output: [ITEM],
  usage: { input_tokens: 1, output_tokens: 1 },
});
const event = (type: string, set: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...set })}\n\n`;
const streamed = (id: string): Answer =>
  sse([
    event("response.created", { response: { ...response(id), status: "in_progress", output: [] } }),
    event("response.output_text.delta", { delta: "ok", item_id: "m", output_index: 0, content_index: 0 }),
    event("response.completed", { response: response(id) }),
  ]);

const two = () =>
  proxyWith({ one: json(response("resp_one")), two: json(response("resp_two")) }, {
    dialect: "openai-responses",
    router: 'think = "one,opus"\nbuild = "one,builder"\nbackground = "two,small"\ndefault = "two,chat"',
  });

const ask = async (world: ProxyWorld, input: unknown, previous?: string, stream = false) => {
  const answer = await world.post("/v1/responses", {
    model: "auto",
    input,
    stream,
    ...(previous === undefined ? {} : { previous_response_id: previous }),
  });
  await answer.text();
  const { headers } = answer;
  return [headers.get("x-route"), headers.get("x-routed-model"), headers.get("x-route-reason")];
};
const RESULT = [{ type: "function_call_output", call_id: "c1", output: "done" }];

for (const stream of [false, true]) {
  test(`the results of tools stay on the route of the prompt that they serve${stream ? ", streamed" : ""}`, async () => {
    await using world = await two();
    if (stream) world.one.answer(streamed("resp_one"));
    assert.deepEqual((await ask(world, "fix the login test", undefined, stream)).slice(0, 2), [
      "build",
      "builder",
    ]);
    const [route, model, reason] = await ask(world, RESULT, "resp_one", stream);
    assert.deepEqual([route, model], ["build", "builder"]);
    assert.match(reason!, /it continues a turn of the kind build/);
    assert.equal(world.one.arrived[1]?.json.previous_response_id, "resp_one");
  });
}

test("a new prompt stays at the provider that has the conversation", async () => {
  await using world = await two();
  await ask(world, "fix the login test");
  const [route, model] = await ask(world, "thanks, what is a closure?", "resp_one");
  assert.deepEqual([route, model], ["default", "builder"]);
  assert.deepEqual([world.one.arrived.length, world.two.arrived.length], [2, 0]);
});

test("an answer that is not known is routed as if nothing came before", async () => {
  await using world = await two();
  assert.deepEqual((await ask(world, RESULT, "resp_unknown")).slice(0, 2), ["default", "chat"]);
});

test("what is remembered of an answer holds no text of the conversation", async () => {
  await using world = await two();
  await ask(world, "fix the secret thing");
  const known = world.state.continued("resp_one");
  assert.deepEqual(known?.target, { provider: "one", model: "builder" });
  assert.ok(!JSON.stringify(known).includes("secret"));
});

for (const stream of [false, true]) {
  test(`an answer is continued with the key that it came with${stream ? ", streamed" : ""}`, async () => {
    await using world = await proxyWith({
      one: { answer: stream ? streamed("resp_one") : json(response("resp_one")), key: ["a", "b", "c"] },
    }, { dialect: "openai-responses" });
    await ask(world, "hello", undefined, stream);
    for (let at = 0; at < 3; at++) await ask(world, RESULT, "resp_one", stream);
    const keys = new Set(world.one.arrived.map(({ headers }) => headers["authorization"]));
    assert.deepEqual([...keys], ["Bearer a"]);
  });
}

test("a model's name of any script is taken, one that is too long is refused", async () => {
  await using world = await proxyWith({ there: good("openai-chat", false) }, { dialect: "openai-chat" });
  const messages = [{ role: "user", content: "hi" }];
  const send = (model: string) => world.post("/v1/chat/completions", { model, messages });
  assert.equal((await send("ü".repeat(300))).status, 200);
  const long = await send("x".repeat(301));
  assert.equal(long.status, 400);
  assert.match((await long.json()).error.message, /has 301 characters; at most 300 are allowed/);
});

test("a key of the proxy goes to no provider, in whatever header or parameter it is", async () => {
  await using world = await proxyWith({ there: good("anthropic-messages", false) }, {
    dialect: "anthropic-messages",
    toml: '[proxy]\napi_key = "the-proxy-key"\n',
  });
  const heard = await world.post("/v1/messages?beta=the-proxy-key&beta=true", {
    model: "auto",
    max_tokens: 5,
    messages: [{ role: "user", content: "hi" }],
  }, { "x-api-key": "the-proxy-key", "anthropic-beta": "the-proxy-key" });
  assert.equal(heard.status, 200);
  await heard.text();
  const [arrived] = world.there.arrived;
  assert.ok(!JSON.stringify([arrived?.path, arrived?.headers]).includes("the-proxy-key"));
  assert.match(arrived!.path, /beta=true/);
});
