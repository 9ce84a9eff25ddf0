/** What clients get where no target answered. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { overflowTokens } from "../../src/dispatch/failure/read.ts";
import { good } from "../support/faults.ts";
import { json } from "../support/provider.ts";
import { testClock } from "../support/proxy.ts";
import { DIALECTS, PATHS, request } from "../support/speech.ts";
import { proxyWith } from "../support/world.ts";

const refusal = (status: number, message: string, headers: Record<string, string> = {}) =>
  json({ error: { message, type: "error" } }, status, headers);

const CODEX = { "user-agent": "codex_exec/0.169.0", originator: "codex_exec" };
const CLAUDE = { "x-claude-code-session-id": "s" };
/** Nothing listens there. */
const NOWHERE = "http://127.0.0.1:9";

for (const dialect of DIALECTS) {
  test(`an overflow is reported in the words that ${dialect} clients compact at, with the numbers`, async () => {
    const words = "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.";
    const other = dialect === "openai-chat" ? "anthropic-messages" : "openai-chat";
    await using world = await proxyWith({ far: refusal(400, words) }, { dialect: other });
    const response = await world.ask(dialect, "hi", { stream: true });
    const { error } = await response.json();
    assert.equal(response.status, 400);
    if (dialect === "anthropic-messages") {
      assert.match(error.message, /^prompt is too long: 9000 tokens > 8192 maximum\. far,m/);
    } else {
      assert.equal(error.code, "context_length_exceeded");
      assert.match(error.message, /^This model's maximum context length is 8192 tokens/);
    }
  });

  test(`the proxy's own check of the window is an overflow, too (${dialect})`, async () => {
    await using world = await proxyWith({ groq: {} }, {
      dialect,
      router: 'default = "groq,llama-3.1-8b-instant"',
    });
    const response = await world.post(PATHS[dialect], request(dialect, true, "many words ".repeat(60_000)));
    const { error } = await response.json();
    assert.equal(response.status, 400);
    assert.match(
      JSON.stringify(error),
      /prompt is too long: \d+ tokens > \d+ maximum|context_length_exceeded/,
    );
    assert.match(error.message, /groq,llama-3\.1-8b-instant: context window of 131,/);
    assert.equal(world.groq.arrived.length, 0);
  });
}

test("a refused key is named with its variable and its provider, and has no time to wait for", async () => {
  await using world = await proxyWith({
    far: { answer: refusal(401, "invalid x-api-key", { "retry-after": "9" }), key: "$FAR_KEY" },
  }, {
    dialect: "anthropic-messages",
    env: { FAR_KEY: "sk-far-123456" },
  });
  for (const _ of [1, 2]) {
    const response = await world.ask("anthropic-messages", "hi", { stream: true, headers: CLAUDE });
    const { error } = await response.json();
    assert.equal(response.status, 424);
    assert.match(error.message, /far,m: .*refused credentials \(invalid API key; check FAR_KEY\)/);
    assert.equal(response.headers.get("retry-after"), null);
    assert.equal(response.headers.get("x-should-retry"), "false");
  }
});

test("a dead fallback does not hide the cause: what is cooling down is named first", async () => {
  await using world = await proxyWith({ far: refusal(401, "bad key"), dead: { url: NOWHERE } }, {
    dialect: "openai-chat",
  });
  await world.ask("openai-chat");
  const response = await world.ask("openai-chat");
  const { error } = await response.json();
  assert.equal(response.status, 401);
  assert.match(
    error.message,
    /^No target could answer\. far,m: cooling down: refused credentials .*; dead,m: /,
  );
});

test("a target that is down asks for no more tries once it is cooling down", async () => {
  await using world = await proxyWith({ dead: { url: NOWHERE } }, { dialect: "openai-chat" });
  const again: (string | null)[] = [];
  for (let i = 0; i < 3; i++) {
    const response = await world.ask("openai-chat");
    again.push(response.headers.get("x-should-retry"));
    await response.body?.cancel();
  }
  assert.deepEqual(again, [null, null, "false"]);
});

test("Codex reads why nobody answers as the end of its stream", async () => {
  await using world = await proxyWith({ far: refusal(401, "bad key") }, { dialect: "openai-chat" });
  const response = await world.ask("openai-responses", "hi", { stream: true, headers: CODEX });
  assert.equal(response.status, 200);
  const text = await response.text();
  assert.match(text, /^event: response\.failed\n.*"code":"invalid_prompt".*far,m: 401 refused credentials/s);
});

test("a lone provider's refusal has the provider's name in front, and keeps its other fields", async () => {
  const body = { error: { message: "Overloaded", type: "overloaded_error", extra: 1 }, type: "error" };
  await using world = await proxyWith({ far: json(body, 529) }, { dialect: "anthropic-messages" });
  const response = await world.ask("anthropic-messages", "hi", { stream: true });
  assert.deepEqual((await response.json()).error, { ...body.error, message: "far: Overloaded" });
});

test("a request that failed is booked to the target that failed", async () => {
  await using world = await proxyWith({ far: refusal(500, "broken") }, {
    dialect: "openai-chat",
    clock: testClock(),
  });
  await (await world.ask("openai-chat")).body?.cancel();
  const [end] = world.records;
  assert.deepEqual([end?.provider, end?.model, end?.failure], ["far", "m", "server_error"]);
  assert.equal(end?.costs.cost, 0);
});

test("the numbers of an overflow are read from the sentences of many providers", () => {
  for (
    const [words, asked, most] of [
      ["prompt is too long: 210000 tokens > 200000 maximum", 210_000, 200_000],
      [
        "maximum context length is 4096 tokens. However, you requested 5000 tokens (4900 in the messages, 100 in the completion)",
        5000,
        4096,
      ],
      [
        "The input token count (1,200,000) exceeds the maximum number of tokens allowed (1,048,576)",
        1.2e6,
        1_048_576,
      ],
    ] as const
  ) {
    assert.deepEqual(overflowTokens(words), { asked, most });
  }
  assert.equal(overflowTokens("too long"), undefined);
  assert.equal(overflowTokens("the limit is 8192 tokens"), undefined);
});

for (const dialect of DIALECTS) {
  test(`where every target lacks its key, no field of the request is at fault (${dialect})`, async () => {
    await using world = await proxyWith({}, { router: 'default = "openrouter,m | groq,n"' });
    const response = await world.ask(dialect);
    const { error } = await response.json();
    assert.equal(response.status, 400);
    assert.match(error.message, /OPENROUTER_API_KEY is not set/);
    assert.notEqual(error.code, "unsupported_parameter");
    if (dialect !== "anthropic-messages") assert.equal(error.code, "no_usable_target");
  });
}

test("a key that was just tried is not cooling down because another of its provider is", async () => {
  await using world = await proxyWith({ far: { answer: refusal(429, "slow down"), key: ["a", "b"] } }, {
    dialect: "openai-chat",
    clock: testClock(),
  });
  world.far.next(refusal(429, "slow down"), json({ choices: [{ message: { content: "ok" } }] }));
  const first = await world.ask("openai-chat");
  assert.equal(first.status, 200);
  await first.text();
  const { error } = await (await world.ask("openai-chat")).json();
  assert.equal(world.far.arrived.length, 3);
  assert.equal(error.message.match(/cooling down/g)?.length, 1, error.message);
  assert.match(error.message, /far,m: 429 rate limited/);
});

for (const dialect of DIALECTS) {
  for (const stream of [false, true]) {
    test(`a target that is passed over is named with its reason (${dialect}${stream ? ", streamed" : ""})`, async () => {
      const { backup, ...world } = await overTheLimit(dialect);
      await using _ = world.world;
      await world.hear(stream);
      const before = backup.arrived.length;
      const response = await world.hear(stream);
      assert.equal(backup.arrived.length, before + 1);
      assert.match(
        response.headers.get("x-route-reason") ?? "",
        /; far,m: cooling down until [\d: -]+ \(quota exhausted\)$/,
      );
      const [, second] = await world.world.ended(2);
      assert.match(second?.why.at(-1) ?? "", /^far,m: cooling down until [\d: -]+ \(quota exhausted\)$/);
      assert.equal(second?.attempts.length, 1);
    });
  }
}

/** A world whose first target has a used-up quota, and whose second one answers. */
async function overTheLimit(dialect: (typeof DIALECTS)[number]) {
  const world = await proxyWith({
    far: refusal(429, "You exceeded your current quota. Please try again in 2h.", { "retry-after": "7200" }),
    backup: good(dialect, false),
  }, { dialect });
  const hear = async (stream: boolean) => {
    const response = await world.ask(dialect, "hi", { stream });
    await response.text();
    return response;
  };
  return { world, backup: world.backup, hear };
}

test("a target whose window is too small is named where another one answers", async () => {
  await using world = await proxyWith({ groq: {}, backup: good("openai-chat", false) }, {
    dialect: "openai-chat",
    router: 'default = "groq,llama-3.1-8b-instant | backup,m"',
  });
  const response = await world.post(
    PATHS["openai-chat"],
    request("openai-chat", false, "many words ".repeat(60_000)),
  );
  await response.text();
  assert.equal(response.status, 200);
  assert.match(
    response.headers.get("x-route-reason") ?? "",
    /; groq,llama-3\.1-8b-instant: context window of 131,/,
  );
});

test("a paused target is named as paused, and what came after the answer is not named", async () => {
  await using world = await proxyWith({ far: {}, near: good("openai-chat", false), spare: {} }, {
    dialect: "openai-chat",
  });
  world.state.cooldowns.pause({ provider: "far" }, Date.now());
  world.state.cooldowns.pause({ provider: "spare" }, Date.now());
  const response = await world.ask("openai-chat", "hi");
  await response.text();
  assert.match(response.headers.get("x-route-reason") ?? "", /; far,m: paused$/);
});

test("a target that failed first is named in the reason of the answer that another one gives", async () => {
  await using world = await proxyWith({
    far: refusal(529, "Overloaded"),
    backup: good("openai-chat", false),
  }, { dialect: "openai-chat" });
  const response = await world.ask("openai-chat", "hi");
  await response.text();
  assert.match(response.headers.get("x-route-reason") ?? "", /; far,m: overloaded$/);
});
