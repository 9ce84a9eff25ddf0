import assert from "node:assert/strict";
import { test } from "node:test";
import { dialects } from "../../../src/dialects/registry.ts";
import type { Failure } from "../../../src/dispatch/failure/failure.ts";
import { RawPipe } from "../../../src/dispatch/relay/pipe.ts";
import { Relay, type StreamCause } from "../../../src/dispatch/relay/relay.ts";
import { DIALECTS, errorEvent, hear, spoken } from "../../support/speech.ts";
import type { BuiltinDialect } from "../../../src/dialects/registry.ts";

const encoder = new TextEncoder();

/** A relay of what a test sends, and what it did. */
function relaying(name: BuiltinDialect = "openai-chat") {
  const did = { aborted: 0, output: 0, stopped: 0, causes: [] as StreamCause[] };
  const sent: (Uint8Array | "end" | "breaks")[] = [];
  let more = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      while (sent.length === 0) await more.promise;
      const next = sent.shift();
      if (next === "breaks") controller.error(new Error("connection reset"));
      else if (next === "end") controller.close();
      else if (next !== undefined) controller.enqueue(next);
    },
  }, { highWaterMark: 0 });
  const send = (next: (typeof sent)[number]) => {
    sent.push(next);
    more.resolve();
    more = Promise.withResolvers();
  };
  const failure = (cause: StreamCause): Failure => ({
    class: "server_error",
    provider: "p",
    model: "m",
    message: cause.kind === "reported" ? cause.error.message : String((cause.error as Error).message),
  });
  const relay = new Relay(body, {
    pipe: new RawPipe(dialects[name], undefined, (bytes) => bytes),
    deadline: { output: () => did.output++, touch() {}, stop: () => did.stopped++ },
    abort: () => did.aborted++,
    keepAlive: { text: "", ms: 0 },
    failureOf: (cause) => {
      did.causes.push(cause);
      return failure(cause);
    },
    clientErrorOf: ({ message }) => ({ status: 502, class: "server_error", message, requestId: "r" }),
  });
  const shown = () =>
    hear(name, new Response(relay.body(), { headers: { "content-type": "text/event-stream" } }));
  return {
    relay,
    did,
    shown,
    send: (...texts: readonly string[]) => texts.forEach((text) => send(encoder.encode(text))),
    end: () => send("end"),
    breaks: () => send("breaks"),
  };
}

for (const name of DIALECTS) {
  const { prelude, output, end } = spoken(name, "größe");

  test(`${name}: an answer is shown whole, and ends once`, async () => {
    const one = relaying(name);
    one.send(...prelude, ...output, ...end);
    one.end();
    assert.deepEqual(await one.relay.commit(), { ok: true });
    const { text, errors } = await one.shown();
    assert.deepEqual([text, errors], ["größe", 0]);
    const { failure, cancelled, received } = await one.relay.ended;
    assert.deepEqual([failure, cancelled, received.usage?.output], [undefined, false, 5]);
    assert.deepEqual([one.did.output, one.did.stopped, one.did.causes], [1, 1, []]);
  });

  test(`${name}: a failure before the first output is unseen, and stops the provider`, async () => {
    const one = relaying(name);
    one.send(...prelude, errorEvent(name));
    const commit = await one.relay.commit();
    assert.ok(!commit.ok);
    assert.match(commit.failure.message, /the provider's trouble/);
    assert.deepEqual([one.did.aborted, one.did.output], [1, 0]);
  });

  test(`${name}: a connection that breaks after output is one error event and a proper end`, async () => {
    const one = relaying(name);
    one.send(...prelude, ...output);
    assert.deepEqual(await one.relay.commit(), { ok: true });
    const heard = one.shown();
    one.breaks();
    const { text, errors, error } = await heard;
    assert.deepEqual([text, errors], ["größe", 1]);
    assert.match(error, /connection reset/);
    assert.equal((await one.relay.ended).failure?.message, "connection reset");
  });

  test(`${name}: a connection that breaks after the answer's end costs nothing`, async () => {
    const one = relaying(name);
    one.send(...prelude, ...output, ...end);
    assert.deepEqual(await one.relay.commit(), { ok: true });
    one.breaks();
    assert.deepEqual([(await one.shown()).text, one.did.causes], ["größe", []]);
  });

  test(`${name}: an answer that is cut ends with the reason`, async () => {
    const one = relaying(name);
    one.send(...prelude, ...output);
    assert.deepEqual(await one.relay.commit(), { ok: true });
    const heard = one.shown();
    one.relay.cut("the proxy stops");
    one.relay.cut("again");
    assert.match((await heard).error, /the proxy stops/);
    assert.deepEqual([one.did.causes.length, one.did.aborted], [1, 1]);
  });
}

test("a stream that breaks or ends before any output is a failure that nobody saw", async () => {
  for (const ends of ["breaks", "end"] as const) {
    const one = relaying();
    one.send(...spoken("openai-chat", "x").prelude);
    one[ends]();
    const commit = await one.relay.commit();
    assert.ok(!commit.ok, ends);
    assert.equal(one.did.causes.length, 1);
  }
});

test("a client that hangs up stops the provider, and what came is counted", async () => {
  const one = relaying();
  const { prelude, output } = spoken("openai-chat", "größe");
  one.send(...prelude, ...output);
  await one.relay.commit();
  const reader = one.relay.body().getReader();
  await reader.read();
  await reader.cancel();
  const { cancelled, failure, received } = await one.relay.ended;
  assert.deepEqual([cancelled, failure, received.complete], [true, undefined, false]);
  assert.ok(received.outputChars > 0);
  assert.equal(one.did.aborted, 1);
});

test("a client that was gone before its answer began gets an empty one", async () => {
  const one = relaying();
  const { prelude, output } = spoken("openai-chat", "x");
  one.send(...prelude, ...output);
  await one.relay.commit();
  one.relay.hangUp();
  const shown = await new Response(one.relay.body()).text();
  assert.ok(!shown.includes("[DONE]"));
  assert.equal((await one.relay.ended).cancelled, true);
});

test("an event that never ends is given up before it fills the memory", async () => {
  const one = relaying();
  const piece = "x".repeat(1024 * 1024);
  one.send(`data: ${piece}`, ...Array.from({ length: 17 }, () => piece));
  const commit = await one.relay.commit();
  assert.ok(!commit.ok);
  assert.match(commit.failure.message, /an event larger than 16 MiB/);
});

test("an answer of many events without output is shown after some of them", async () => {
  const one = relaying();
  const [role] = spoken("openai-chat", "x").prelude;
  one.send(...Array.from({ length: 64 }, () => role!));
  assert.deepEqual(await one.relay.commit(), { ok: true });
  one.relay.hangUp();
});
