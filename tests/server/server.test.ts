import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeProvider } from "../support/provider.ts";
import { startProxy } from "../support/proxy.ts";
import { DIALECTS, hear, PATHS, request, spoken } from "../support/speech.ts";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";

const config = (url: string, dialect: BuiltinDialect) => `
[router]
default = "there,m"
[[providers]]
name = "there"
api_base_url = "${url}/v1"
api_key = "k"
dialects = ["${dialect}"]
`;

/** A stream that stands still after its first output until it is told to go on. */
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
    await using provider = await fakeProvider(stream.answer);
    await using proxy = startProxy(config(provider.url, dialect));
    const response = await proxy.post(PATHS[dialect], request(dialect, true));
    const heard = hear(dialect, response);
    const stopped = proxy.server.stop(20_000);
    const late = await proxy.post(PATHS[dialect], request(dialect, true)).then(
      (refused) => refused.text().then(() => refused.status),
      () => "no connection",
    );
    assert.ok(late === 503 || late === "no connection", String(late));
    stream.go();
    assert.deepEqual(await heard, { status: 200, text: "half and half", ends: 1, errors: 0, error: "" });
    await stopped;
    assert.equal(provider.arrived.length, 1);
  });

  test(`${dialect}: a stream that outlasts the grace is cut with a proper error event`, async () => {
    const stream = standing(dialect);
    const provider = await fakeProvider(stream.answer);
    const proxy = startProxy(config(provider.url, dialect));
    try {
      const response = await proxy.post(PATHS[dialect], request(dialect, true));
      const heard = hear(dialect, response);
      await proxy.server.stop(50);
      const { errors, error, text } = await heard;
      assert.equal(errors, 1);
      assert.equal(text, "half a");
      assert.match(error, /stopping/);
      await provider.arrived[0]?.closed;
    } finally {
      await proxy.close();
      await provider.close();
      stream.go();
    }
  });
}

test("a request without output at the end of the grace gets an error that says so", async () => {
  await using provider = await fakeProvider(() => {});
  await using proxy = startProxy(config(provider.url, "openai-chat"));
  const waiting = proxy.post("/v1/chat/completions", request("openai-chat", true));
  while (provider.arrived.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await proxy.server.stop(50);
  const response = await waiting;
  assert.equal(response.status, 503);
  assert.match((await response.json()).error.message, /stopping/);
});

test("moving to another port keeps the request in flight, and then closes the old port", async () => {
  const stream = standing("openai-chat");
  await using provider = await fakeProvider(stream.answer);
  await using proxy = startProxy(config(provider.url, "openai-chat"));
  const before = proxy.server.port;
  const heard = proxy.post("/v1/chat/completions", request("openai-chat", true)).then((r) =>
    hear("openai-chat", r)
  );
  while (provider.arrived.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await proxy.server.rebind("127.0.0.1", 0);
  assert.notEqual(proxy.server.port, before);
  const health = await fetch(`http://127.0.0.1:${proxy.server.port}/health`);
  assert.equal(health.status, 200);
  await health.text();
  stream.go();
  assert.equal((await heard).text, "half and half");
});

test("moving to another host on the same port and back keeps the request in flight", async () => {
  const stream = standing("openai-chat");
  await using provider = await fakeProvider(stream.answer);
  await using proxy = startProxy(`[proxy]\napi_key = "proxy-key"\n${config(provider.url, "openai-chat")}`);
  const { port } = proxy.server;
  const heard = proxy.post("/v1/chat/completions", request("openai-chat", true), {
    "x-api-key": "proxy-key",
  }).then((r) => hear("openai-chat", r));
  while (provider.arrived.length === 0) await new Promise((resolve) => setImmediate(resolve));
  for (const host of ["0.0.0.0", "127.0.0.1"]) {
    await proxy.server.rebind(host, port);
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    assert.equal(health.status, 200);
    await health.text();
  }
  stream.go();
  assert.equal((await heard).text, "half and half");
});

test("an address that is not available leaves the proxy where it is", async () => {
  await using provider = await fakeProvider();
  await using proxy = startProxy(config(provider.url, "openai-chat"));
  const { url } = proxy.server;
  await assert.rejects(proxy.server.rebind("127.0.0.1", provider.port));
  await assert.rejects(proxy.server.rebind("192.0.2.1", proxy.server.port));
  assert.equal(proxy.server.url, url);
  assert.equal((await fetch(url + "/health")).status, 200);
});
