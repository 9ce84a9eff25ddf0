import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, json, sse } from "../support/provider.ts";
import { proxyWith, type ProxyWorld } from "../support/world.ts";

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
