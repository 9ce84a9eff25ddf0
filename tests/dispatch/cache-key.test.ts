import assert from "node:assert/strict";
import { test } from "node:test";
import { cacheKeyOf } from "../../src/dispatch/cache-key.ts";
import { anthropicCache, openAiCache } from "../support/prefix-cache.ts";
import { fakeProvider } from "../support/provider.ts";
import { proxyWith, type ProxyWorld } from "../support/world.ts";

// deno-lint-ignore no-explicit-any
type Body = any;

const LONG = "The agent works in a repository, reads before it edits, and explains what it did. ".repeat(200);
const RESULT = "export const answer = 42; // the file as it is now\n".repeat(8);
const TURNS = 10;

/** A proxy before one provider, by its name, and the model that it has. */
const before = (name: string, { url }: { readonly url: string }, model: string, dialect: string) =>
  proxyWith({ [name]: { url } }, { dialect, router: `default = "${name},${model}"` });

/** Ten turns of Claude Code, each with calls of a tool until the model is done. */
async function claudeCode(world: ProxyWorld, session = "s1"): Promise<void> {
  const messages: Body[] = [];
  for (let turn = 1; turn <= TURNS; turn++) {
    messages.push({ role: "user", content: [{ type: "text", text: `Now fix file ${turn}.` }] });
    for (;;) {
      const response = await world.post("/v1/messages?beta=true", {
        model: "claude-opus-4-8",
        max_tokens: 32000,
        system: [
          { type: "text", text: `x-anthropic-billing-header: cc_version=2; cch=${turn}${messages.length};` },
          { type: "text", text: LONG, cache_control: { type: "ephemeral" } },
        ],
        tools: [{ name: "Read", description: LONG, input_schema: { type: "object", properties: {} } }],
        messages: messages.map((one, at) =>
          at === messages.length - 1
            ? { ...one, content: [{ ...one.content[0], cache_control: { type: "ephemeral" } }] }
            : one
        ),
        metadata: { user_id: "user_x_account__session_s1" },
      }, { "user-agent": "claude-cli/2.1.330 (external, cli)", "x-claude-code-session-id": session });
      assert.equal(response.status, 200);
      const { content, stop_reason: stop }: Body = await response.json();
      messages.push({ role: "assistant", content });
      if (stop !== "tool_use") break;
      messages.push({
        role: "user",
        content: [{ type: "tool_result", tool_use_id: content.at(-1).id, content: RESULT }],
      });
    }
  }
}

/** Ten turns of Codex. */
async function codex(world: ProxyWorld): Promise<void> {
  const input: Body[] = [{
    type: "message",
    role: "developer",
    content: [{ type: "input_text", text: LONG }],
  }];
  for (let turn = 1; turn <= TURNS; turn++) {
    input.push({
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: `Now fix ${turn}.` }],
    });
    for (;;) {
      const response = await world.post("/v1/responses", {
        model: "gpt-5.2-codex",
        input,
        tools: [
          {
            type: "function",
            name: "exec",
            description: LONG,
            parameters: { type: "object", properties: {} },
          },
          { type: "custom", name: "apply_patch", description: "Edits files.", format: { type: "text" } },
        ],
        store: false,
        include: ["reasoning.encrypted_content"],
        prompt_cache_key: "thread-1",
      }, { "user-agent": "codex_cli_rs/0.169.0" });
      assert.equal(response.status, 200);
      const { output }: Body = await response.json();
      input.push(...output);
      const calls = output.filter(({ type }: Body) => type === "function_call");
      if (calls.length === 0) break;
      for (const { call_id } of calls) input.push({ type: "function_call_output", call_id, output: RESULT });
    }
  }
}

test("Claude Code at an OpenAI server reads nine tenths of its input from the cache", async () => {
  await using provider = await openAiCache();
  await using world = await before("openai", provider, "gpt-5.2", "openai-chat");
  await claudeCode(world);
  const { input, read } = provider.counts;
  assert.equal(provider.arrived.length, 30);
  assert.ok(read / input >= 0.9, `${read} of ${input} tokens were read from the cache`);
  const keys = new Set(provider.arrived.map(({ json }) => json.prompt_cache_key));
  assert.equal(keys.size, 1);
  assert.match([...keys][0], /^[0-9a-f]{32}$/);
});

test("Codex at an Anthropic server reads nine tenths of its input from the cache", async () => {
  await using provider = await anthropicCache();
  await using world = await before("anthropic", provider, "claude-opus-4-8", "anthropic-messages");
  await codex(world);
  const { input, read } = provider.counts;
  assert.equal(provider.arrived.length, 30);
  assert.ok(read / input >= 0.9, `${read} of ${input} tokens were read from the cache`);
});

test("a Messages client's own marks stay as they are", async () => {
  await using provider = await anthropicCache();
  await using world = await before("anthropic", provider, "claude-opus-4-8", "anthropic-messages");
  await claudeCode(world);
  const marks = (provider.arrived.at(-1)!.text.match(/"cache_control"/g) ?? []).length;
  assert.equal(marks, 2);
});

/** What a provider gets of one request with a session. */
async function sent(
  { name, dialect, path, body }: {
    readonly name: string;
    readonly dialect: string;
    readonly path: string;
    readonly body: Body;
  },
) {
  await using provider = await fakeProvider();
  await using world = await before(name, provider, "some-claude", dialect);
  await (await world.post(path, { model: "auto", ...body }, { "x-session-id": "s1" })).text();
  return provider.arrived[0]!;
}

const CHAT = { messages: [{ role: "user", content: "hi" }] };
const REQUESTS = [
  { path: "/v1/messages", body: { max_tokens: 99, ...CHAT } },
  { path: "/v1/chat/completions", body: CHAT },
  { path: "/v1/responses", body: { input: "hi" } },
] as const;

for (const request of REQUESTS) {
  test(`providers that want the session get it in their own way, from ${request.path}`, async () => {
    for (const [name, dialect] of [["openai", "openai-chat"], ["openai", "openai-responses"]] as const) {
      const { json } = await sent({ name, dialect, ...request });
      assert.match(json.prompt_cache_key, /^[0-9a-f]{32}$/);
      assert.equal(json.user, undefined);
    }
    const fireworks = await sent({ name: "fireworks", dialect: "openai-chat", ...request });
    assert.match(fireworks.headers["x-session-affinity"]!, /^[0-9a-f]{32}$/);
    const xai = await sent({ name: "xai", dialect: "openai-chat", ...request });
    assert.match(xai.headers["x-grok-conv-id"]!, /^[0-9a-f]{32}$/);
    const groq = await sent({ name: "groq", dialect: "openai-chat", ...request });
    assert.equal(groq.json.prompt_cache_key, undefined);
  });
}

test("a client's own key stays, and a request without a session gets none", async () => {
  const [, chat] = REQUESTS;
  const own = await sent({
    name: "openai",
    dialect: "openai-chat",
    path: chat.path,
    body: { ...CHAT, prompt_cache_key: "mine" },
  });
  assert.equal(own.json.prompt_cache_key, "mine");
  await using provider = await fakeProvider();
  await using world = await before("openai", provider, "gpt-4.1", "openai-chat");
  await (await world.post(chat.path, { model: "auto", ...CHAT })).text();
  assert.equal(provider.arrived[0]!.json.prompt_cache_key, undefined);
});

test("chat requests to Claude at OpenRouter get marks where the client sets none", async () => {
  const ask = async (messages: Body[], tools: Body[]) =>
    (await sent({
      name: "openrouter",
      dialect: "openai-chat",
      path: "/v1/chat/completions",
      body: { messages, tools },
    })).json;
  const tools = [{
    type: "function",
    function: { name: "read", parameters: { type: "object", properties: {} } },
  }];
  const messages = [
    { role: "system", content: LONG },
    { role: "user", content: "first" },
    { role: "assistant", content: "yes" },
    { role: "user", content: "second" },
  ];
  const marked = (await ask(messages, tools)).messages.map(({ content }: Body) =>
    content?.[0]?.cache_control?.type
  );
  assert.deepEqual(marked, ["ephemeral", "ephemeral", undefined, "ephemeral"]);
  const own = [{
    role: "system",
    content: [{ type: "text", text: LONG, cache_control: { type: "ephemeral" } }],
  }];
  const kept = await ask([...own, ...messages.slice(1)], tools);
  assert.equal((JSON.stringify(kept).match(/cache_control/g) ?? []).length, 1);
  for (const [some, few] of [[messages.slice(1), tools], [messages, []]] as const) {
    assert.doesNotMatch(JSON.stringify(await ask([...some], [...few])), /cache_control/);
  }
});

test("a session's key differs from every other session's, and does not hold its name", () => {
  assert.equal(cacheKeyOf("/codex/s1"), cacheKeyOf("/codex/s1"));
  assert.notEqual(cacheKeyOf("/codex/s1"), cacheKeyOf("/codex/s2"));
  assert.doesNotMatch(cacheKeyOf("/codex/s1"), /codex|s1/);
});

test("a request that is shorter than the model's cache keeps gets no marks", async () => {
  const tools = [{ type: "function", name: "read", parameters: { type: "object", properties: {} } }];
  const marksAt = async (model: string, words: number) => {
    await using provider = await fakeProvider();
    await using world = await before("anthropic", provider, model, "anthropic-messages");
    await (await world.post("/v1/responses", { model: "auto", input: "word ".repeat(words), tools })).text();
    return (provider.arrived[0]!.text.match(/cache_control/g) ?? []).length;
  };
  assert.equal(await marksAt("claude-sonnet-4-5", 100), 0);
  assert.ok(await marksAt("claude-sonnet-4-5", 2500) > 0);
  assert.equal(await marksAt("claude-haiku-4-5", 2500), 0, "its cache keeps 4,096 tokens at least");
  assert.ok(await marksAt("claude-haiku-4-5", 6000) > 0);
});
