import assert from "node:assert/strict";
import { test } from "node:test";
import { startProxy, type TestProxy } from "../support/proxy.ts";
import { type Answer, type FakeProvider, fakeProvider, json, sse } from "../support/provider.ts";

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

async function withTwo(work: (proxy: TestProxy, one: FakeProvider, two: FakeProvider) => Promise<void>) {
  const [one, two] = [
    await fakeProvider(json(response("resp_one"))),
    await fakeProvider(json(response("resp_two"))),
  ];
  const block = (name: string, { url }: FakeProvider) =>
    `[[providers]]\nname = "${name}"\napi_base_url = "${url}/v1"\napi_key = "${name}-key"\ndialects = ["openai-responses"]\n`;
  const proxy = startProxy(
    `[router]\nthink = "one,opus"\nbuild = "one,builder"\nbackground = "two,small"\ndefault = "two,chat"\n` +
      block("one", one) + block("two", two),
  );
  try {
    await work(proxy, one, two);
  } finally {
    await proxy.close();
    await Promise.all([one.close(), two.close()]);
  }
}

const ask = async (proxy: TestProxy, input: unknown, previous?: string, stream = false) => {
  const answer = await proxy.post("/v1/responses", {
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
  test(`the results of tools stay on the route of the prompt that they serve${stream ? ", streamed" : ""}`, () =>
    withTwo(async (proxy, one) => {
      if (stream) one.answer(streamed("resp_one"));
      assert.deepEqual((await ask(proxy, "fix the login test", undefined, stream)).slice(0, 2), [
        "build",
        "builder",
      ]);
      const [route, model, reason] = await ask(proxy, RESULT, "resp_one", stream);
      assert.deepEqual([route, model], ["build", "builder"]);
      assert.match(reason!, /it continues a turn of the kind build/);
      assert.equal(one.arrived[1]?.json.previous_response_id, "resp_one");
    }));
}

test("a new prompt stays at the provider that has the conversation", () =>
  withTwo(async (proxy, one, two) => {
    await ask(proxy, "fix the login test");
    const [route, model] = await ask(proxy, "thanks, what is a closure?", "resp_one");
    assert.deepEqual([route, model], ["default", "builder"]);
    assert.deepEqual([one.arrived.length, two.arrived.length], [2, 0]);
  }));

test("an answer that is not known is routed as if nothing came before", () =>
  withTwo(async (proxy) => {
    assert.deepEqual((await ask(proxy, RESULT, "resp_unknown")).slice(0, 2), ["default", "chat"]);
  }));

test("what is remembered of an answer holds no text of the conversation", () =>
  withTwo(async (proxy) => {
    await ask(proxy, "fix the secret thing");
    const known = proxy.context.dispatch.state.continued("resp_one");
    assert.deepEqual(known?.target, { provider: "one", model: "builder" });
    assert.ok(!JSON.stringify(known).includes("secret"));
  }));

for (const stream of [false, true]) {
  test(`an answer is continued with the key that it came with${stream ? ", streamed" : ""}`, async () => {
    await using provider = await fakeProvider(stream ? streamed("resp_one") : json(response("resp_one")));
    await using proxy = startProxy(
      `[router]\ndefault = "one,m"\n[[providers]]\nname = "one"\napi_base_url = "${provider.url}/v1"\n` +
        'api_keys = ["a", "b", "c"]\ndialects = ["openai-responses"]\n',
    );
    await ask(proxy, "hello", undefined, stream);
    for (let at = 0; at < 3; at++) await ask(proxy, RESULT, "resp_one", stream);
    const keys = new Set(provider.arrived.map(({ headers }) => headers["authorization"]));
    assert.deepEqual([...keys], ["Bearer a"]);
  });
}
