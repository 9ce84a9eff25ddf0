import assert from "node:assert/strict";
import { test } from "node:test";
import { good } from "../../support/faults.ts";
import type { Answer } from "../../support/provider.ts";
import { Deadline } from "../../../src/dispatch/relay/deadline.ts";
import { spoken } from "../../support/speech.ts";
import { proxyWith, type World } from "../../support/world.ts";

const CHAT = "openai-chat";

/** What the one attempt of one request failed with. */
async function failureOf(limits: string, answer: Answer) {
  await using world = await proxyWith({ there: answer }, { dialect: CHAT, toml: `[proxy]\n${limits}` });
  return await outcome(world, true);
}

async function outcome(world: World<"there">, stream: boolean) {
  const heard = await world.hear(CHAT, "hi", { stream });
  const record = (await world.ended(1)).at(-1);
  return { heard, record, attempt: record?.attempts[0] };
}

/** A connection that is never made: nothing comes back until it is given up. */
const neverConnects = ((_url: string, init: RequestInit) =>
  new Promise((_resolve, reject) => {
    init.signal?.addEventListener("abort", () => reject(new Error("aborted")));
  })) as typeof fetch;

/** A provider that takes requests and never answers. */
const silent: Answer = () => {};

test("a host that takes no connection in time is a failure to connect", async () => {
  for (const stream of [false, true]) {
    await using world = await proxyWith({ there: silent }, {
      dialect: CHAT,
      toml: "[proxy]\nconnect_timeout_ms = 40",
      fetch: neverConnects,
    });
    await world.there.close(); // the probe must not get a connection either
    const { heard, attempt } = await outcome(world, stream);
    assert.equal(heard.status, 504);
    assert.equal(attempt?.failure, "timeout");
    assert.equal(attempt?.message, "no connection after 40 ms");
  }
});

test("a slow host that takes connections gets longer than the time to connect", async () => {
  const goOn = Promise.withResolvers<void>();
  await using world = await proxyWith({
    there: async (arrived, res) => {
      await goOn.promise;
      await good(CHAT, false)(arrived, res);
    },
  }, { dialect: CHAT, toml: "[proxy]\nconnect_timeout_ms = 5" });
  const heard = world.hear(CHAT);
  // The probe shows itself as a second connection beside the request's own.
  await world.there.connected(2);
  goOn.resolve();
  assert.equal((await heard).text, "from the primary");
});

test("no output in time is a failure that says so", async () => {
  const { heard, attempt } = await failureOf("first_token_timeout_ms = 60", silent);
  assert.equal(attempt?.message, "no output after 60 ms");
  assert.equal(heard.status, 504);
});

test("an answer that is not finished in the total time is a failure that says so", async () => {
  const { attempt } = await failureOf("timeout_ms = 70", silent);
  assert.equal(attempt?.message, "not finished after 70 ms");
});

test("silence in mid-answer ends the answer with an error that says so", async () => {
  const { prelude, output } = spoken(CHAT, "half of it");
  const stalls: Answer = (_arrived, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of [...prelude, output[0] ?? ""]) res.write(event);
  };
  const { heard, record } = await failureOf("idle_timeout_ms = 80", stalls);
  assert.equal(heard.status, 200);
  assert.equal(heard.errors, 1);
  assert.match(heard.error, /silent for 80 ms/);
  assert.equal(record?.failure, "timeout");
});

/** When a limit of 20 ms ran out, on a clock that jumps by an hour right after the start. */
async function expiredAfterPause(output: boolean): Promise<{ readonly phase: string; readonly at: number }> {
  const HOUR = 3_600_000;
  const real = performance.now();
  let jumped = 0;
  const mono = () => performance.now() - real + jumped;
  const over = Promise.withResolvers<void>();
  const limits = { connect: 10 * HOUR, firstToken: 20, idle: 20, total: 20 };
  const deadline = new Deadline({
    limits,
    totalLeft: output ? 10 * HOUR : 20,
    clock: { mono },
    onExpire: over.resolve,
    onSlow: () => {},
  });
  deadline.answered();
  if (output) deadline.output();
  jumped = HOUR;
  await over.promise;
  return { phase: deadline.expired ?? "", at: mono() - HOUR };
}

test("time in which the whole process stood still is not the provider's silence", async () => {
  const { phase, at } = await expiredAfterPause(true);
  assert.equal(phase, "idle");
  assert.ok(at >= 39, `${at}`); // the limit began again once
});

test("after a pause the first token gets its time again", async () => {
  const { phase, at } = await expiredAfterPause(false);
  assert.equal(phase, "first_token");
  assert.ok(at >= 39, `${at}`);
});
