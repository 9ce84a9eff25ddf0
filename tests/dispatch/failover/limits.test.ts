import assert from "node:assert/strict";
import { test } from "node:test";
import { good } from "../../support/faults.ts";
import { type Answer, fakeProvider, sse } from "../../support/provider.ts";
import { startProxy } from "../../support/proxy.ts";
import { hear, request, spoken } from "../../support/speech.ts";

const PATH = "/v1/chat/completions";

const block = (name: string, url: string, more = "") => `
[[providers]]
name = "${name}"
api_base_url = "${url}/v1"
api_key = "k"
dialects = ["openai-chat"]
${more}`;

/** Answers only when it is told to. */
function held(): { answer: Answer; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => open = resolve);
  return {
    answer: async (arrived, res) => {
      await opened;
      await good("openai-chat", false)(arrived, res);
    },
    open,
  };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

test("a provider's requests in flight are bounded; others queue, one too many goes elsewhere", async () => {
  const gate = held();
  const provider = await fakeProvider(gate.answer);
  const backup = await fakeProvider(good("openai-chat", false, "backup"));
  const proxy = startProxy(`
[router]
default = "there,m | backup,b"
${block("there", provider.url, "max_concurrent = 2\nmax_queue = 2")}
${block("backup", backup.url)}`);
  try {
    const post = () => proxy.post(PATH, request("openai-chat", false));
    const first = [post(), post(), post(), post()];
    const gateOf = () => {
      const there = proxy.context.source.current.providers.get("there");
      return there === undefined ? undefined : proxy.context.dispatch.state.gate(there);
    };
    await until(() => gateOf()?.waiting === 2 && provider.arrived.length === 2);
    assert.equal((await hear("openai-chat", await post())).text, "backup");
    gate.open();
    for (const response of await Promise.all(first)) {
      assert.equal((await hear("openai-chat", response)).text, "from the primary");
    }
    assert.equal(provider.arrived.length, 4);
    assert.equal(gateOf()?.inside, 0);
  } finally {
    await proxy.close();
    await provider.close();
    await backup.close();
  }
});

test("a client that hangs up while it waits leaves the queue, and nothing is sent for it", async () => {
  const gate = held();
  const provider = await fakeProvider(gate.answer);
  const proxy = startProxy(
    `[router]\ndefault = "there,m"\n${block("there", provider.url, "max_concurrent = 1\nmax_queue = 5")}`,
  );
  try {
    const first = proxy.post(PATH, request("openai-chat", false));
    await until(() => provider.arrived.length === 1);
    const hangUp = new AbortController();
    const second = proxy.post(PATH, request("openai-chat", false), {}, hangUp.signal).catch(() => "gone");
    const { state } = proxy.context.dispatch;
    await until(() => state.inFlight.size === 2);
    hangUp.abort();
    assert.equal(await second, "gone");
    await until(() => state.inFlight.size === 1);
    gate.open();
    await (await first).text();
    assert.equal(provider.arrived.length, 1);
    const records = await proxy.ended(2);
    assert.ok(records.some((record) => record.cancelled));
  } finally {
    await proxy.close();
    await provider.close();
  }
});

test("more requests at once than the proxy's own limit are refused with 429", async () => {
  const gate = held();
  const provider = await fakeProvider(gate.answer);
  const proxy = startProxy(
    `[proxy]\nmax_concurrent = 1\n[router]\ndefault = "there,m"\n${block("there", provider.url)}`,
  );
  try {
    const first = proxy.post(PATH, request("openai-chat", false));
    await until(() => provider.arrived.length === 1);
    const second = await proxy.post(PATH, request("openai-chat", false));
    assert.equal(second.status, 429);
    assert.match((await second.json()).error.message, /max_concurrent/);
    gate.open();
    assert.equal((await first).status, 200);
    await (await first).text();
  } finally {
    await proxy.close();
    await provider.close();
  }
});

test("a client that hangs up before the answer stops the provider's work at once", async () => {
  const provider = await fakeProvider(() => {});
  const proxy = startProxy(`[router]\ndefault = "there,m"\n${block("there", provider.url)}`);
  try {
    for (const stream of [false, true]) {
      const hangUp = new AbortController();
      const count = provider.arrived.length;
      const response = proxy.post(PATH, request("openai-chat", stream), {}, hangUp.signal).catch(() =>
        "gone"
      );
      await until(() => provider.arrived.length === count + 1);
      hangUp.abort();
      assert.equal(await response, "gone");
      await provider.arrived.at(-1)?.closed;
    }
    const records = await proxy.ended(2);
    assert.deepEqual(records.map(({ cancelled }) => cancelled), [true, true]);
    assert.deepEqual(proxy.context.dispatch.state.cooldowns.list(Date.now()), []);
  } finally {
    await proxy.close();
    await provider.close();
  }
});

test("a client that hangs up in mid-stream stops the provider, and what it got is counted", async () => {
  const { prelude, output } = spoken("openai-chat", "a long answer");
  const provider = await fakeProvider((_arrived, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of [...prelude, ...output]) res.write(event);
  });
  const proxy = startProxy(`[router]\ndefault = "there,m"\n${block("there", provider.url)}`);
  try {
    const hangUp = new AbortController();
    const response = await proxy.post(PATH, request("openai-chat", true), {}, hangUp.signal);
    const reader = response.body?.getReader();
    await reader?.read();
    hangUp.abort();
    await provider.arrived[0]?.closed;
    const [record] = await proxy.ended(1);
    assert.equal(record?.cancelled, true);
    assert.equal(record?.usage?.estimated, true);
    assert.ok((record?.usage?.output ?? 0) > 0);
    assert.equal(proxy.context.dispatch.state.inFlight.size, 0);
  } finally {
    await proxy.close();
    await provider.close();
  }
});

test("a client that reads slowly holds the provider back: memory stays bounded", async () => {
  const event = `data: ${
    JSON.stringify({ choices: [{ index: 0, delta: { content: "x".repeat(60_000) } }] })
  }\n\n`;
  const TOTAL = 3000; // 180 MB if nothing held it back
  let written = 0;
  const provider = await fakeProvider(async (_arrived, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    let gone = false;
    res.on("close", () => gone = true);
    for (; written < TOTAL && !gone; written++) {
      if (!res.write(event)) {
        await new Promise<void>((resolve) => {
          const go = () => {
            res.off("drain", go);
            res.off("close", go);
            resolve();
          };
          res.on("drain", go);
          res.on("close", go);
        });
      }
    }
    res.end();
  });
  const proxy = startProxy(`[router]\ndefault = "there,m"\n${block("there", provider.url)}`);
  try {
    const hangUp = new AbortController();
    const response = await proxy.post(PATH, request("openai-chat", true), {}, hangUp.signal);
    const reader = response.body?.getReader();
    await reader?.read();
    // The provider writes until every buffer on the way is full, and then stands still.
    let before = -1;
    for (let still = 0; still < 25;) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      still = written === before ? still + 1 : 0;
      before = written;
    }
    assert.ok(
      written < TOTAL / 2,
      `${written} of ${TOTAL} events were taken from the provider without being read`,
    );
    hangUp.abort();
    await provider.arrived[0]?.closed;
  } finally {
    await proxy.close();
    await provider.close();
  }
});

test("a waiting client gets comments between two events, once output has begun", async () => {
  const { prelude, output, end } = spoken("openai-chat", "slow answer");
  let go = () => {};
  const resume = new Promise<void>((resolve) => go = resolve);
  const provider = await fakeProvider(async (_arrived, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of [...prelude, output[0] ?? ""]) res.write(event);
    await resume;
    for (const event of [...output.slice(1), ...end]) res.write(event);
    res.end();
  });
  const proxy = startProxy(
    `[proxy]\nkeep_alive_ms = 20\n[router]\ndefault = "there,m"\n${block("there", provider.url)}`,
  );
  try {
    const response = await proxy.post(PATH, request("openai-chat", true));
    const reader = response.body?.getReader();
    let text = "";
    while (!text.includes(": keep-alive\n\n")) {
      text += new TextDecoder().decode((await reader?.read())?.value);
    }
    assert.ok(text.indexOf("slow") < text.indexOf(": keep-alive"));
    go();
    for (;;) {
      const { done, value } = await reader?.read() ?? { done: true, value: undefined };
      if (done) break;
      text += new TextDecoder().decode(value);
    }
    assert.ok(text.endsWith("data: [DONE]\n\n"));
  } finally {
    await proxy.close();
    await provider.close();
  }
});

test("when a provider takes no connections, the next target answers", async () => {
  const backup = await fakeProvider(
    sse([
      ...spoken("openai-chat", "from the backup").prelude,
      ...spoken("openai-chat", "from the backup").output,
      ...spoken("openai-chat", "from the backup").end,
    ]),
  );
  const gone = await fakeProvider();
  await gone.close();
  const proxy = startProxy(`
[router]
default = "gone,m | backup,b"
${block("gone", gone.url)}
${block("backup", backup.url)}`);
  try {
    const heard = await hear("openai-chat", await proxy.post(PATH, request("openai-chat", true)));
    assert.equal(heard.text, "from the backup");
    const [record] = await proxy.ended(1);
    assert.equal(record?.attempts[0]?.failure, "unreachable");
    assert.equal(record?.attempts[0]?.message, "connection refused");
  } finally {
    await proxy.close();
    await backup.close();
  }
});
