import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeProvider, json } from "../../support/provider.ts";
import { startProxy } from "../../support/proxy.ts";
import { written } from "../../support/speech.ts";

const CONFIG = (url: string) => `
[router]
default = "anthropic,claude-haiku-4-5"
[[providers]]
name = "anthropic"
api_base_url = "${url}"
api_key = "k"
`;

/** What an agent writes for the newest model. */
const BODY = {
  model: "claude-opus-5-5",
  max_tokens: 128_000,
  thinking: { type: "adaptive" },
  output_config: { effort: "medium" },
  messages: [{ role: "user", content: "hi" }],
};

/** A provider that refuses what its model does not take. */
const strict = () =>
  fakeProvider((arrived, res) => {
    const { thinking, max_tokens } = arrived.json;
    const refused = thinking?.type === "adaptive" || max_tokens > 64_000;
    const refusal = {
      type: "error",
      error: { type: "invalid_request_error", message: "adaptive is not supported" },
    };
    return refused
      ? json(refusal, 400)(arrived, res)
      : json(written("anthropic-messages", "ok"))(arrived, res);
  });

test("a body that a model rejects is re-encoded for it and retried, the next one at once", async () => {
  const provider = await strict();
  const proxy = startProxy(CONFIG(provider.url));
  try {
    const first = await proxy.post("/v1/messages", BODY);
    assert.equal(first.status, 200);
    assert.equal((await first.json()).content[0].text, "ok");
    assert.equal(provider.arrived.length, 2);
    assert.deepEqual(provider.arrived[0]?.json, { ...BODY, model: "claude-haiku-4-5" });
    assert.ok(provider.arrived[1]?.json.max_tokens <= 64_000);
    const second = await proxy.post("/v1/messages", BODY);
    assert.equal(second.status, 200);
    await second.text();
    assert.equal(provider.arrived.length, 3);
    // A body that fits still passes through as it is.
    const plain = '{"model":"x",  "max_tokens":5,"messages":[{"role":"user","content":"hi"}]}';
    await (await proxy.post("/v1/messages", plain)).text();
    assert.equal(provider.arrived[3]?.text, plain.replace('"x"', '"claude-haiku-4-5"'));
  } finally {
    await proxy.close();
    await provider.close();
  }
});

test("a refusal for another reason passes through to the client, once", async () => {
  const refusal = { type: "error", error: { type: "invalid_request_error", message: "messages: bad" } };
  const provider = await fakeProvider(json(refusal, 400));
  const proxy = startProxy(CONFIG(provider.url));
  try {
    const response = await proxy.post("/v1/messages", {
      ...BODY,
      thinking: undefined,
      output_config: undefined,
      max_tokens: 10,
    });
    assert.equal(response.status, 400);
    assert.deepEqual(await response.json(), refusal);
    assert.equal(provider.arrived.length, 1);
  } finally {
    await proxy.close();
    await provider.close();
  }
});
