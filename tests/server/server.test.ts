import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../support/provider.ts";
import { DIALECTS, hear, spoken } from "../support/speech.ts";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import { proxyWith } from "../support/world.ts";

const worldOf = (answer: Answer | undefined, dialect: BuiltinDialect, toml = "") =>
  proxyWith({ there: answer ?? {} }, { dialect, toml });

/** A stream that stands still after its first output until the test lets it go on. */
function standing(dialect: BuiltinDialect) {
  const { prelude, output, end } = spoken(dialect, "half and half");
  let go = () => {};
  const resume = new Promise<void>((resolve) => go = resolve);
  return {
    go: () => go(),
    // deno-lint-ignore no-explicit-any
    answer: async (_arrived: unknown, res: any) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      for (const event of [...prelude, output[0] ?? ""]) res.write(event);
      await resume;
      for (const event of [...output.slice(1), ...end]) res.write(event);
      res.end();
    },
  };
}

for (const dialect of DIALECTS) {
  test(`${dialect}: at a stop a stream in flight finishes, and new requests are refused`, async () => {
    const stream = standing(dialect);
    await using world = await worldOf(stream.answer, dialect);
    const response = await world.ask(dialect, "hi", { stream: true });
    const heard = hear(dialect, response);
    const stopped = world.server.stop(20_000);
    const late = await world.ask(dialect, "hi", { stream: true }).then(
      (refused) => refused.text().then(() => refused.status),
      () => "no connection",
    );
    assert.ok(late === 503 || late === "no connection", String(late));
    stream.go();
    assert.deepEqual(await heard, { status: 200, text: "half and half", ends: 1, errors: 0, error: "" });
    await stopped;
    assert.equal(world.there.arrived.length, 1);
  });

  test(`${dialect}: a stream that outlasts the grace is cut with a proper error event`, async () => {
    const stream = standing(dialect);
    await using world = await worldOf(stream.answer, dialect);
    const response = await world.ask(dialect, "hi", { stream: true });
    const heard = hear(dialect, response);
    await world.server.stop(50);
    const { errors, error, text } = await heard;
    assert.equal(errors, 1);
    assert.equal(text, "half a");
    assert.match(error, /stopping/);
    await world.there.arrived[0]?.closed;
    stream.go();
  });
}

test("a request without output at the end of the grace gets an error that says so", async () => {
  await using world = await worldOf(() => {}, "openai-chat");
  const waiting = world.ask("openai-chat", "hi", { stream: true });
  await world.there.arrives(1);
  await world.server.stop(50);
  const response = await waiting;
  assert.equal(response.status, 503);
  assert.match((await response.json()).error.message, /stopping/);
});

test("moving to another port keeps the request in flight, and then closes the old port", async () => {
  const stream = standing("openai-chat");
  await using world = await worldOf(stream.answer, "openai-chat");
  const before = world.server.port;
  const heard = world.hear("openai-chat", "hi", { stream: true });
  await world.there.arrives(1);
  await world.server.rebind("127.0.0.1", 0);
  assert.notEqual(world.server.port, before);
  const health = await fetch(`http://127.0.0.1:${world.server.port}/health`);
  assert.equal(health.status, 200);
  await health.text();
  stream.go();
  assert.equal((await heard).text, "half and half");
});

test("moving to another host on the same port and back keeps the request in flight", async () => {
  const stream = standing("openai-chat");
  await using world = await worldOf(stream.answer, "openai-chat", '[proxy]\napi_key = "proxy-key"');
  const { port } = world.server;
  const heard = world.hear("openai-chat", "hi", { stream: true, headers: { "x-api-key": "proxy-key" } });
  await world.there.arrives(1);
  for (const host of ["0.0.0.0", "127.0.0.1"]) {
    await world.server.rebind(host, port);
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    assert.equal(health.status, 200);
    await health.text();
  }
  stream.go();
  assert.equal((await heard).text, "half and half");
});

test("an address that is not available leaves the proxy where it is", async () => {
  await using world = await worldOf(undefined, "openai-chat");
  const { url } = world.server;
  await assert.rejects(world.server.rebind("127.0.0.1", world.there.port));
  await assert.rejects(world.server.rebind("192.0.2.1", world.server.port));
  assert.equal(world.server.url, url);
  assert.equal((await fetch(url + "/health")).status, 200);
});
