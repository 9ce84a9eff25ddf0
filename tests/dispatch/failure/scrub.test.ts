/** Providers that quote the credentials which they refuse: nobody hears them from the proxy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../../support/provider.ts";
import { fakeProvider, json } from "../../support/provider.ts";
import { startProxy } from "../../support/proxy.ts";
import { DIALECTS, PATHS, request } from "../../support/speech.ts";

const SECRETS = ["plain-words-as-key", 'quote"d-and-back\\slash', "header-value-of-a-gateway"];

const CONFIG = (url: string) => `
[router]
default = "quoting,model"
[[providers]]
name = "quoting"
api_base_url = "${url}/v1"
dialects = ["openai-chat", "anthropic-messages", "openai-responses"]
api_keys = ['${SECRETS[0]}', '${SECRETS[1]}']
headers = { "X-Gateway-Token" = "${SECRETS[2]}" }
`;

/** An error that quotes all that came. */
const quoting = (status: number): Answer => (arrived, res) => {
  const { authorization, "x-api-key": key, "x-gateway-token": token } = arrived.headers;
  const message = `refused: ${authorization ?? ""} ${key ?? ""} ${token ?? ""}`;
  return json({ type: "error", error: { type: "refused", message } }, status)(arrived, res);
};

const asError = (message: string) => `data: ${JSON.stringify({ type: "error", error: { message } })}\n\n`;

/** The same inside a stream that begins with 200. */
const streaming: Answer = (arrived, res) => {
  res.writeHead(200, { "content-type": "text/event-stream" });
  res.end(asError(`refused: ${arrived.headers.authorization ?? arrived.headers["x-api-key"]}`));
};

for (const dialect of DIALECTS) {
  test(`${dialect}: what a provider quotes of its credentials reaches neither the client nor the log`, async () => {
    await using fake = await fakeProvider();
    await using proxy = startProxy(CONFIG(fake.url));
    for (const answer of [quoting(400), quoting(401), quoting(500), quoting(429), streaming]) {
      proxy.context.dispatch.state.cooldowns.reset();
      fake.answer(answer);
      for (const stream of [false, true]) {
        const response = await proxy.post(PATHS[dialect], request(dialect, stream));
        const told = await response.text() + JSON.stringify([...response.headers]);
        for (const secret of SECRETS) {
          assert.ok(!told.includes(secret), told);
          assert.ok(!told.includes(JSON.stringify(secret).slice(1, -1)), told);
        }
        if (answer !== streaming) assert.match(told, /refused: .*\[redacted\]/);
        assert.ok(response.status >= 400);
      }
    }
    const log = JSON.stringify(proxy.log);
    for (const secret of SECRETS) assert.ok(!log.includes(JSON.stringify(secret).slice(1, -1)), log);
    assert.ok(fake.arrived.some(({ headers }) => JSON.stringify(headers).includes(SECRETS[0]!)));
  });
}

test("an error that quotes nothing goes to a client of the same dialect byte for byte", async () => {
  await using fake = await fakeProvider();
  await using proxy = startProxy(CONFIG(fake.url));
  const body = '{"error":  {"message":"no \\u00e9", "type":"invalid_request_error"},"x":1.0}';
  fake.answer(json(body, 400));
  const response = await proxy.post("/v1/chat/completions", request("openai-chat", false));
  assert.equal(await response.text(), body);
});
