import assert from "node:assert/strict";
import { test } from "node:test";
import { good } from "../../support/faults.ts";
import { fakeProvider } from "../../support/provider.ts";
import { startProxy } from "../../support/proxy.ts";
import { hear, request, spoken } from "../../support/speech.ts";

const PATH = "/v1/chat/completions";

const config = (url: string, limits: string) => `
[proxy]
${limits}
[router]
default = "there,m"
[[providers]]
name = "there"
api_base_url = "${url}/v1"
api_key = "k"
dialects = ["openai-chat"]
`;

/** What the one attempt of one request failed with. */
async function failureOf(limits: string, url: string, stream: boolean, fetcher?: typeof fetch) {
  const proxy = startProxy(config(url, limits), fetcher === undefined ? {} : { fetch: fetcher });
  try {
    const response = await proxy.post(PATH, request("openai-chat", stream));
    const heard = await hear("openai-chat", response);
    const [record] = await proxy.ended(1);
    return { heard, record, attempt: record?.attempts[0] };
  } finally {
    await proxy.close();
  }
}

/** A connection that is never made: nothing comes back until it is given up. */
const neverConnects = ((_url: string, init: RequestInit) =>
  new Promise((_resolve, reject) => {
    init.signal?.addEventListener("abort", () => reject(new Error("aborted")));
  })) as typeof fetch;

test("a host that takes no connection in time is a failure to connect", async () => {
  const gone = await fakeProvider();
  await gone.close();
  for (const stream of [false, true]) {
    const { heard, attempt } = await failureOf("connect_timeout_ms = 40", gone.url, stream, neverConnects);
    assert.equal(heard.status, 504);
    assert.equal(attempt?.failure, "timeout");
    assert.equal(attempt?.message, "no connection after 40 ms");
  }
});

test("a slow host that takes connections gets longer than the time to connect", async () => {
  const provider = await fakeProvider();
  let answer = () => {};
  provider.answer(async (arrived, res) => {
    await new Promise<void>((resolve) => answer = resolve);
    await good("openai-chat", false)(arrived, res);
  });
  const proxy = startProxy(config(provider.url, "connect_timeout_ms = 5"));
  try {
    const response = proxy.post(PATH, request("openai-chat", false));
    // The probe shows itself as a second connection beside the request's own.
    while (provider.connected() < 2) await new Promise((resolve) => setImmediate(resolve));
    answer();
    assert.equal((await hear("openai-chat", await response)).text, "from the primary");
  } finally {
    await proxy.close();
    await provider.close();
  }
});

test("no output, silence in mid-answer and the total time are three different failures", async () => {
  const silent = await fakeProvider(() => {});
  const { prelude, output } = spoken("openai-chat", "half of it");
  const stalls = await fakeProvider((_arrived, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of [...prelude, output[0] ?? ""]) res.write(event);
  });
  try {
    const first = await failureOf("first_token_timeout_ms = 60", silent.url, true);
    assert.equal(first.attempt?.message, "no output after 60 ms");
    assert.equal(first.heard.status, 504);
    const total = await failureOf("timeout_ms = 70", silent.url, true);
    assert.equal(total.attempt?.message, "not finished after 70 ms");
    const idle = await failureOf("idle_timeout_ms = 80", stalls.url, true);
    assert.equal(idle.heard.status, 200);
    assert.equal(idle.heard.errors, 1);
    assert.match(idle.heard.error, /silent for 80 ms/);
    assert.equal(idle.record?.failure, "timeout");
  } finally {
    await silent.close();
    await stalls.close();
  }
});
