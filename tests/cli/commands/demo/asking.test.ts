import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, type Outcome } from "../../../../src/cli/commands/demo/asking.ts";
import { EXAMPLES } from "../../../../src/cli/commands/demo/examples.ts";
import { type Answer, fakeProvider } from "../../../support/provider.ts";

const EXAMPLE = EXAMPLES[0]!;
const PROMISED = { "x-route": EXAMPLE.route, "x-routed-model": EXAMPLE.target };

/** What comes of an answer with these headers. */
async function asked(
  headers: Readonly<Record<string, string>>,
  status = 200,
  body = "größe",
): Promise<Outcome> {
  const answer: Answer = (_, res) => {
    res.writeHead(status, headers);
    res.end(body);
  };
  await using server = await fakeProvider(answer);
  return await ask(server.url, "the-key", EXAMPLE);
}

test("where a request went is read of the answer's headers", async () => {
  const outcome = await asked({
    ...PROMISED,
    "x-request-id": "r1",
    "x-routed-provider": "openrouter",
    "x-route-reason": "a; b",
  });
  assert.deepEqual(
    [
      outcome.id,
      outcome.route,
      outcome.provider,
      outcome.model,
      outcome.why,
      outcome.bytes,
      outcome.asPromised,
    ],
    ["r1", EXAMPLE.route, "openrouter", EXAMPLE.target, ["a", "b"], 7, true],
  );
});

test("reasons outside ASCII are decoded, and what only looks encoded stays", async () => {
  const why = async (text: string) => (await asked({ "x-route-reason": text })).why;
  assert.deepEqual(await why("%E2%80%9Cplan%E2%80%9D; 50 % of %FF"), ["“plan”", "50 % of %FF"]);
});

test("the time to route is the sum of its two parts, and 0 where they are not said", async () => {
  const ms = async (timing: string) => (await asked({ "server-timing": timing })).routeMs;
  assert.equal(await ms('classify;dur=0.25, route;desc="x";dur=1.5, upstream;dur=900'), 1.75);
  assert.equal(await ms("upstream;dur=900"), 0);
  assert.equal((await asked({})).routeMs, 0);
});

test("an answer is not as promised with another model or route, as an error, or without a body", async () => {
  assert.equal((await asked(PROMISED)).asPromised, true);
  assert.equal((await asked({ ...PROMISED, "x-routed-model": "other" })).asPromised, false);
  assert.equal((await asked({ ...PROMISED, "x-route": "other" })).asPromised, false);
  assert.equal((await asked(PROMISED, 503)).asPromised, false);
  assert.equal((await asked(PROMISED, 200, "")).asPromised, false);
});

test("the request is one of the example's dialect, with the key", async () => {
  await using server = await fakeProvider();
  await ask(server.url, "the-key", EXAMPLE);
  const [arrived] = server.arrived;
  assert.deepEqual([arrived?.method, arrived?.path, arrived?.headers.authorization], [
    "POST",
    "/v1/messages",
    "Bearer the-key",
  ]);
  assert.ok(arrived?.text.includes(EXAMPLE.prompt));
});
