import assert from "node:assert/strict";
import { test } from "node:test";
import { openExporter } from "../../../src/server/traces/exporter.ts";
import type { RequestSpans, SpanPlan } from "../../../src/server/traces/spans.ts";
import { type Answer, fakeProvider, json } from "../../support/provider.ts";

const TAKEN = json({});
const PARENT = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", flags: 1 };

const span = (name: string, more: Partial<SpanPlan> = {}): SpanPlan => ({
  name,
  kind: "client",
  start: 1_000_000_000_000.25,
  end: 1_000_000_000_500.75,
  attributes: { "gen_ai.request.model": "opus", count: 3, share: 0.5, cached: true, words: ["a", "é"] },
  ...more,
});

const REQUEST: RequestSpans = {
  request: span("chat opus", { kind: "server" }),
  attempts: [span("one"), span("two")],
};

/** A collector, with what an exporter to it failed with. */
async function collector(answer: Answer = TAKEN, path = "") {
  const fake = await fakeProvider(answer);
  const failures: string[] = [];
  const exporter = openExporter({
    endpoint: `${fake.url}${path}`,
    headers: { "x-team": "blue" },
    version: "1.2.3",
    onFailure: (message) => void failures.push(message),
  });
  return {
    fake,
    failures,
    exporter,
    // deno-lint-ignore no-explicit-any
    spans: (): any[] => fake.arrived.flatMap(({ json: body }) => body.resourceSpans[0].scopeSpans[0].spans),
    [Symbol.asyncDispose]: () => fake.close(),
  };
}

test("attempts are under their request, and the request under the caller's own span", async () => {
  await using to = await collector();
  to.exporter.send(REQUEST, PARENT, "vendor=a,other=b");
  await to.exporter.close();
  const [request, one, two] = ["chat opus", "one", "two"].map((name) =>
    to.spans().find((span) => span.name === name)
  );
  assert.deepEqual([request.traceId, request.parentSpanId], [PARENT.traceId, PARENT.spanId]);
  assert.equal(request.traceState, "vendor=a,other=b");
  for (const attempt of [one, two]) {
    assert.deepEqual([attempt.traceId, attempt.parentSpanId], [PARENT.traceId, request.spanId]);
  }
  assert.deepEqual([request.kind, one.kind], [2, 3], "a server's and a client's");
});

test("a request without a caller's trace begins one of its own", async () => {
  await using to = await collector();
  to.exporter.send({ ...REQUEST, attempts: [] }, undefined, undefined);
  to.exporter.send({ ...REQUEST, attempts: [] }, undefined, undefined);
  await to.exporter.close();
  const spans = to.spans();
  assert.deepEqual(spans.map(({ parentSpanId }) => parentSpanId ?? ""), ["", ""]);
  assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 2);
});

test("times keep their fractions of a millisecond, and values their types", async () => {
  await using to = await collector();
  to.exporter.send({ request: span("r"), attempts: [] }, undefined, undefined);
  await to.exporter.close();
  const [sent] = to.spans();
  const took = Number(BigInt(sent.endTimeUnixNano) - BigInt(sent.startTimeUnixNano));
  assert.ok(Math.abs(took - 500_500_000) < 1000, `${took}`);
  // deno-lint-ignore no-explicit-any
  const of = (key: string) => sent.attributes.find((one: any) => one.key === key).value;
  assert.deepEqual(of("gen_ai.request.model"), { stringValue: "opus" });
  assert.deepEqual(of("count"), { intValue: 3 });
  assert.deepEqual(of("share"), { doubleValue: 0.5 });
  assert.deepEqual(of("cached"), { boolValue: true });
  assert.deepEqual(of("words"), { arrayValue: { values: [{ stringValue: "a" }, { stringValue: "é" }] } });
});

test("a failure is the status of its span alone", async () => {
  await using to = await collector();
  to.exporter.send(
    { request: span("r"), attempts: [span("a", { error: "overloaded" })] },
    undefined,
    undefined,
  );
  await to.exporter.close();
  const statusOf = (name: string) => to.spans().find((one) => one.name === name).status;
  assert.deepEqual(statusOf("a"), { code: 2, message: "overloaded" });
  assert.equal(statusOf("r").code ?? 0, 0);
});

test("the path of OTLP is put after a base URL, and not after itself", async () => {
  for (const path of ["", "/v1/traces"]) {
    await using to = await collector(TAKEN, path);
    to.exporter.send({ ...REQUEST, attempts: [] }, undefined, undefined);
    await to.exporter.close();
    const [arrived] = to.fake.arrived;
    assert.equal(arrived!.path, "/v1/traces");
    assert.equal(arrived!.headers["x-team"], "blue");
  }
});

test("a collector that refuses is a failure in words, and the end does not reject", async () => {
  await using to = await collector(json({ message: "no" }, 400));
  to.exporter.send(REQUEST, undefined, undefined);
  await to.exporter.close();
  assert.equal(to.failures.length, 1);
  assert.notEqual(to.failures[0], "");
});

test("a collector that never answers does not hold a stop forever", async () => {
  await using to = await collector((_arrived, response) => void response.writeHead(200).flushHeaders());
  to.exporter.send(REQUEST, undefined, undefined);
  await to.exporter.close();
  assert.equal(to.fake.arrived.length, 1);
});
