import assert from "node:assert/strict";
import { test } from "node:test";
import { type FakeProvider, fakeProvider, json, sse } from "../../support/provider.ts";
import { proxyWith, type ProxyWorld } from "../../support/world.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What a collector got, as https://opentelemetry.io/docs/specs/otlp/#otlphttp says. */
function spansAt(collector: FakeProvider): SentSpan[] {
  return collector.arrived.flatMap(({ method, path, headers, json }) => {
    assert.equal(method, "POST");
    assert.equal(path, "/v1/traces");
    assert.match(headers["content-type"] ?? "", /^application\/json/);
    // deno-lint-ignore no-explicit-any
    return json.resourceSpans.flatMap(({ scopeSpans }: any) =>
      // deno-lint-ignore no-explicit-any
      scopeSpans.flatMap(({ spans }: any) =>
        // deno-lint-ignore no-explicit-any
        spans.map((span: any) => ({ ...span, attributes: plain(span.attributes) }))
      )
    );
  });
}

// deno-lint-ignore no-explicit-any
function plain(attributes: any[]): Record<string, unknown> {
  // deno-lint-ignore no-explicit-any
  const value = (one: any): unknown => {
    if ("arrayValue" in one) return one.arrayValue.values.map(value);
    return one.stringValue ?? one.boolValue ?? one.doubleValue ?? Number(one.intValue);
  };
  return Object.fromEntries(attributes.map(({ key, value: one }) => [key, value(one)]));
}

const ANSWER = {
  id: "1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{
    index: 0,
    message: { role: "assistant", content: "the answer's words" },
    finish_reason: "stop",
  }],
  usage: { prompt_tokens: 1000, completion_tokens: 200, prompt_tokens_details: { cached_tokens: 400 } },
};

/** The configuration that sends traces to a collector. */
const telemetryOf = (collector: FakeProvider) =>
  `[telemetry]\notlp_endpoint = "${collector.url}"\notlp_headers = { "x-team" = "blue" }`;

/** A proxy before two providers; without a collector it sends no traces. */
const tracing = (collector?: FakeProvider) =>
  proxyWith({
    one: { answer: json(ANSWER), key: "secret-one" },
    two: { answer: json(ANSWER), key: "secret-two" },
  }, {
    dialect: "openai-chat",
    router: 'default = "one,opus | two,haiku"',
    toml: collector === undefined ? "" : telemetryOf(collector),
  });

const ask = (world: ProxyWorld, headers: Record<string, string> = {}, stream = false) =>
  world.post("/v1/chat/completions", {
    model: "auto",
    stream,
    messages: [{ role: "user", content: "the client's secret words" }],
  }, headers).then((response) => response.text());

test("a request is a span in the caller's trace, with one under it for each attempt", async () => {
  await using collector = await fakeProvider(json({}));
  await using world = await tracing(collector);
  world.one.answer(json({ error: { message: "slow down" } }, 429));
  await ask(world, { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: "vendor=1" });
  await world.ended(1);
  await world.proxy.close();
  const spans = spansAt(collector);
  assert.equal(spans.length, 3);
  assert.ok(spans.every(({ traceId }) => traceId === TRACE));
  const request = spans.find(({ kind }) => kind === 2)!;
  assert.equal(request.parentSpanId, SPAN);
  assert.equal(request.name, "POST /v1/chat/completions");
  assert.equal(request.attributes["gen_ai.operation.name"], "chat");
  assert.equal(request.attributes["gen_ai.request.model"], "auto");
  assert.equal(request.attributes["gen_ai.response.model"], "haiku");
  assert.equal(request.attributes["http.response.status_code"], 200);
  assert.equal(request.attributes["terraphim.route"], "default");
  assert.equal(request.attributes["terraphim.attempts"], 2);

  const [failed, answered] = spans.filter(({ kind }) => kind === 3)
    .sort((a, b) => Number(a.attributes["terraphim.attempt"]) - Number(b.attributes["terraphim.attempt"]));
  assert.equal(failed!.parentSpanId, request.spanId);
  assert.equal(failed!.name, "chat opus");
  assert.equal(failed!.attributes["error.type"], "rate_limited");
  assert.equal(failed!.status.code, 2);
  assert.equal(failed!.attributes["gen_ai.usage.input_tokens"], undefined);
  assert.equal(answered!.parentSpanId, request.spanId);
  assert.equal(answered!.name, "chat haiku");
  assert.equal(answered!.attributes["gen_ai.provider.name"], "two");
  assert.equal(answered!.attributes["gen_ai.request.model"], "haiku");
  assert.equal(answered!.attributes["server.address"], "127.0.0.1");
  assert.equal(answered!.attributes["server.port"], world.two.port);
  // Cached input counts as input: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
  assert.equal(answered!.attributes["gen_ai.usage.input_tokens"], 1000);
  assert.equal(answered!.attributes["gen_ai.usage.cache_read.input_tokens"], 400);
  assert.equal(answered!.attributes["gen_ai.usage.output_tokens"], 200);
  assert.notEqual(answered!.status.code, 2);
});

test("a collector gets its own headers, and no prompt, answer or key", async () => {
  await using collector = await fakeProvider(json({}));
  await using world = await tracing(collector);
  await ask(world);
  await world.ended(1);
  await world.proxy.close();
  assert.ok(collector.arrived.length > 0);
  for (const { text, headers } of collector.arrived) {
    assert.equal(headers["x-team"], "blue");
    for (const secret of ["secret words", "answer's words", "secret-one", "secret-two"]) {
      assert.ok(!text.includes(secret), secret);
    }
  }
});

test("a trace that its caller does not sample is not sent", async () => {
  await using collector = await fakeProvider(json({}));
  await using world = await tracing(collector);
  await ask(world, { traceparent: `00-${TRACE}-${SPAN}-00` });
  await ask(world);
  await world.ended(2);
  await world.proxy.close();
  const spans = spansAt(collector);
  assert.ok(spans.length > 0 && spans.every(({ traceId }) => traceId !== TRACE));
});

test("a stream's span lasts to its end and says when its first output came", async () => {
  await using collector = await fakeProvider(json({}));
  await using world = await tracing(collector);
  world.one.answer(sse([
    `data: {"id":"1","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"}}]}\n\n`,
    `data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`,
    `data: {"id":"1","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}\n\ndata: [DONE]\n\n`,
  ]));
  await ask(world, {}, true);
  const [record] = await world.ended(1);
  await world.proxy.close();
  const [attempt] = spansAt(collector).filter(({ kind }) => kind === 3);
  const nanos = BigInt(attempt!.endTimeUnixNano) - BigInt(attempt!.startTimeUnixNano);
  assert.ok(Math.abs(Number(nanos) / 1e6 - record!.durationMs) < record!.firstTokenMs! + 1);
  assert.equal(typeof attempt!.attributes["gen_ai.response.time_to_first_chunk"], "number");
  assert.equal(attempt!.attributes["gen_ai.usage.output_tokens"], 2);
});

test("traces begin with a reload that names a collector, and end with one that does not", async () => {
  await using collector = await fakeProvider(json({}));
  await using world = await tracing();
  await ask(world);
  world.reload({}, { toml: telemetryOf(collector) });
  await ask(world, { traceparent: `00-${TRACE}-${SPAN}-01` });
  await world.ended(2);
  const sent = Promise.withResolvers<void>();
  collector.answer((arrived, res) => {
    sent.resolve();
    return json({})(arrived, res);
  });
  world.reload({}, { toml: "" });
  await ask(world);
  await world.ended(3);
  await world.proxy.close();
  await sent.promise;
  assert.deepEqual([...new Set(spansAt(collector).map(({ traceId }) => traceId))], [TRACE]);
});

test("a collector that refuses costs no request, and is logged once", async () => {
  await using collector = await fakeProvider(json({}));
  await using world = await tracing(collector);
  collector.answer(json({}, 400));
  for (let i = 0; i < 3; i++) assert.match(await ask(world), /the answer's words/);
  await world.ended(3);
  await world.proxy.close();
  const logged = world.log.filter(({ message }) => message.startsWith("traces could not be sent"));
  assert.equal(logged.length, 1);
  assert.equal(logged[0]!.level, "warn");
});
