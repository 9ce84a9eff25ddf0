import assert from "node:assert/strict";
import { test } from "node:test";
import type { Gate } from "../../../src/dispatch/gate.ts";
import { good } from "../../support/faults.ts";
import { type Answer, sse } from "../../support/provider.ts";
import { spoken } from "../../support/speech.ts";
import { proxyWith, type World } from "../../support/world.ts";

const CHAT = "openai-chat";
const SSE = { "content-type": "text/event-stream" };

/** Answers only when it is opened. */
function held(): { answer: Answer; open: () => void } {
  const opened = Promise.withResolvers<void>();
  return {
    answer: async (arrived, res) => {
      await opened.promise;
      await good(CHAT, false)(arrived, res);
    },
    open: opened.resolve,
  };
}

function gateOf(world: World<"there">): Gate {
  const there = world.proxy.context.source.current.providers.get("there")!;
  return world.state.gate(there)!;
}

/** Resolves when so many requests have a place or wait for one. */
function entered(gate: Gate, count: number): Promise<void> {
  const enter = gate.enter.bind(gate);
  return new Promise((resolve) => {
    gate.enter = (signal) => {
      const place = enter(signal);
      if (--count === 0) resolve();
      return place;
    };
  });
}

test("a provider's requests in flight are bounded; others queue, one too many goes elsewhere", async () => {
  const { answer, open } = held();
  await using world = await proxyWith({
    there: { answer, toml: "max_concurrent = 2\nmax_queue = 2" },
    backup: good(CHAT, false, "backup"),
  }, { dialect: CHAT });
  const gate = gateOf(world);
  const full = entered(gate, 4);
  const first = Array.from({ length: 4 }, () => world.hear(CHAT));
  await full;
  await world.there.arrives(2);
  assert.equal(gate.waiting, 2);
  assert.equal(world.there.arrived.length, 2);
  assert.equal((await world.hear(CHAT)).text, "backup");
  open();
  for (const { text } of await Promise.all(first)) assert.equal(text, "from the primary");
  assert.equal(world.there.arrived.length, 4);
  assert.equal(gate.inside, 0);
});

test("a client that hangs up while it waits leaves the queue, and nothing is sent for it", async () => {
  const { answer, open } = held();
  await using world = await proxyWith(
    { there: { answer, toml: "max_concurrent = 1\nmax_queue = 5" } },
    { dialect: CHAT },
  );
  const gate = gateOf(world);
  const waits = entered(gate, 2);
  const first = world.hear(CHAT);
  await world.there.arrives(1);
  const hangUp = new AbortController();
  const second = world.ask(CHAT, "hi", { signal: hangUp.signal }).catch(() => "gone");
  await waits;
  hangUp.abort();
  assert.equal(await second, "gone");
  const [record] = await world.ended(1);
  assert.equal(record?.cancelled, true);
  assert.equal(gate.waiting, 0);
  open();
  await first;
  await world.ended(2);
  assert.equal(world.there.arrived.length, 1);
});

test("more requests at once than the proxy's own limit are refused with 429", async () => {
  const { answer, open } = held();
  await using world = await proxyWith({ there: answer }, {
    dialect: CHAT,
    toml: "[proxy]\nmax_concurrent = 1",
  });
  const first = world.hear(CHAT);
  await world.there.arrives(1);
  const second = await world.ask(CHAT);
  assert.equal(second.status, 429);
  assert.match((await second.json()).error.message, /max_concurrent/);
  open();
  assert.equal((await first).status, 200);
});

test("a client that hangs up before the answer stops the provider's work at once", async () => {
  await using world = await proxyWith({ there: () => {} }, { dialect: CHAT });
  for (const [index, stream] of [false, true].entries()) {
    const hangUp = new AbortController();
    const response = world.ask(CHAT, "hi", { stream, signal: hangUp.signal }).catch(() => "gone");
    await world.there.arrives(index + 1);
    hangUp.abort();
    assert.equal(await response, "gone");
    await world.there.arrived.at(-1)?.closed;
  }
  const records = await world.ended(2);
  assert.deepEqual(records.map(({ cancelled }) => cancelled), [true, true]);
  assert.deepEqual(world.state.cooldowns.list(Date.now()), []);
});

test("a client that hangs up in mid-stream stops the provider, and what it got is counted", async () => {
  const { prelude, output } = spoken(CHAT, "a long answer");
  await using world = await proxyWith({
    there: (_arrived, res) => {
      res.writeHead(200, SSE);
      for (const event of [...prelude, ...output]) res.write(event);
    },
  }, { dialect: CHAT });
  const hangUp = new AbortController();
  const response = await world.ask(CHAT, "hi", { stream: true, signal: hangUp.signal });
  await response.body?.getReader().read();
  hangUp.abort();
  await world.there.arrived[0]?.closed;
  const [record] = await world.ended(1);
  assert.equal(record?.cancelled, true);
  assert.equal(record?.usage?.estimated, true);
  assert.ok((record?.usage?.output ?? 0) > 0);
  assert.equal(world.state.inFlight.size, 0);
});

test("a client that reads slowly holds the provider back: memory stays bounded", async () => {
  const event = `data: ${
    JSON.stringify({ choices: [{ index: 0, delta: { content: "x".repeat(60_000) } }] })
  }\n\n`;
  const TOTAL = 3000; // 180 MB if nothing held it back
  let written = 0;
  await using world = await proxyWith({
    there: async (_arrived, res) => {
      res.writeHead(200, SSE);
      const gone = new Promise<void>((resolve) => res.on("close", resolve));
      for (; written < TOTAL && !res.destroyed; written++) {
        if (res.write(event)) continue;
        await Promise.race([gone, new Promise<void>((resolve) => res.once("drain", resolve))]);
      }
      res.end();
    },
  }, { dialect: CHAT });
  const hangUp = new AbortController();
  const response = await world.ask(CHAT, "hi", { stream: true, signal: hangUp.signal });
  await response.body?.getReader().read();
  // The provider writes until every buffer on the way is full: then nothing moves while the proxy answers others.
  for (let still = 0, before = -1; still < 25; before = written) {
    for (let i = 0; i < 4; i++) await (await world.get("/health")).text();
    still = written === before ? still + 1 : 0;
  }
  assert.ok(
    written < TOTAL / 2,
    `${written} of ${TOTAL} events were taken from the provider without being read`,
  );
  hangUp.abort();
  await world.there.arrived[0]?.closed;
});

test("a waiting client gets comments between two events, once output has begun", async () => {
  const { prelude, output, end } = spoken(CHAT, "slow answer");
  const resumed = Promise.withResolvers<void>();
  await using world = await proxyWith({
    there: async (_arrived, res) => {
      res.writeHead(200, SSE);
      for (const event of [...prelude, output[0] ?? ""]) res.write(event);
      await resumed.promise;
      for (const event of [...output.slice(1), ...end]) res.write(event);
      res.end();
    },
  }, { dialect: CHAT, toml: "[proxy]\nkeep_alive_ms = 20" });
  const response = await world.ask(CHAT, "hi", { stream: true });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes(": keep-alive\n\n")) text += (await reader.read()).value;
  assert.ok(text.indexOf("slow") < text.indexOf(": keep-alive"));
  resumed.resolve();
  for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value;
  assert.ok(text.endsWith("data: [DONE]\n\n"));
});

test("when a provider takes no connections, the next target answers", async () => {
  const { prelude, output, end } = spoken(CHAT, "from the backup");
  await using world = await proxyWith(
    { gone: () => {}, backup: sse([...prelude, ...output, ...end]) },
    { dialect: CHAT },
  );
  await world.gone.close();
  assert.equal((await world.hear(CHAT, "hi", { stream: true })).text, "from the backup");
  const [record] = await world.ended(1);
  assert.equal(record?.attempts[0]?.failure, "unreachable");
  assert.equal(record?.attempts[0]?.message, "connection refused");
});
