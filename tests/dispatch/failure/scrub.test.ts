/** Providers that quote the credentials which they refuse: nobody hears them from the proxy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../../support/provider.ts";
import { json } from "../../support/provider.ts";
import { DIALECTS } from "../../support/speech.ts";
import { proxyWith } from "../../support/world.ts";

const SECRETS = ["plain-words-as-key", 'quote"d-and-back\\slash', "header-value-of-a-gateway"];

const worldOf = () =>
  proxyWith({
    quoting: {
      key: SECRETS.slice(0, 2),
      toml: `headers = { "X-Gateway-Token" = "${SECRETS[2]}" }`,
    },
  }, { dialect: DIALECTS });

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
  test(`${dialect}: a credential that a provider quotes reaches neither the client nor the log`, async () => {
    await using world = await worldOf();
    for (const answer of [quoting(400), quoting(401), quoting(500), quoting(429), streaming]) {
      world.state.cooldowns.reset();
      world.quoting.answer(answer);
      for (const stream of [false, true]) {
        const response = await world.ask(dialect, "hi", { stream });
        const heard = await response.text() + JSON.stringify([...response.headers]);
        for (const secret of SECRETS) {
          assert.ok(!heard.includes(secret), heard);
          assert.ok(!heard.includes(JSON.stringify(secret).slice(1, -1)), heard);
        }
        if (answer !== streaming) assert.match(heard, /refused: .*\[redacted\]/);
        assert.ok(response.status >= 400);
      }
    }
    const log = JSON.stringify(world.log);
    for (const secret of SECRETS) assert.ok(!log.includes(JSON.stringify(secret).slice(1, -1)), log);
    assert.ok(world.quoting.arrived.some(({ headers }) => JSON.stringify(headers).includes(SECRETS[0]!)));
  });
}

test("an error that quotes nothing goes to a client of the same dialect byte for byte", async () => {
  await using world = await worldOf();
  const body = '{"error":  {"message":"no \\u00e9", "type":"invalid_request_error"},"x":1.0}';
  world.quoting.answer(json(body, 400));
  const response = await world.ask("openai-chat");
  assert.equal(await response.text(), body);
});
