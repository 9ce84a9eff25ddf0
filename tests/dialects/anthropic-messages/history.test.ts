import assert from "node:assert/strict";
import { test } from "node:test";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import { sealReasoning } from "../../../src/dialects/anthropic-messages/reasoning.ts";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import { Origins } from "../../../src/dialects/shared/origins.ts";
import type { Json } from "../../../src/model/json.ts";

const CLAUDE: EncodeTarget = { provider: "anthropic", model: "claude-haiku-4-5", key: "k", quirks: [] };
const DEEPSEEK: EncodeTarget = {
  provider: "deepseek",
  model: "deepseek-v4-pro",
  quirks: ["reasoning-content"],
};

const user = (...content: Json[]) => ({ role: "user", content });
const assistant = (...content: Json[]) => ({ role: "assistant", content });
const text = (words: string) => ({ type: "text", text: words });
const use = (id: string, input: Json = {}) => ({ type: "tool_use", id, name: "Bash", input });
const result = (id: string) => ({ type: "tool_result", tool_use_id: id, content: "ok" });
const thought = (thinking: string, signature: string) => ({ type: "thinking", thinking, signature });

const edits = (body: Json, target: EncodeTarget = CLAUDE): Json =>
  anthropicMessages.request.edits!(body, target)?.members;
const fitted = (messages: Json[], target?: EncodeTarget) => edits({ messages }, target)?.messages ?? messages;

const madeBy = (provider: string, model: string, ...secrets: string[]): Origins => {
  const origins = new Origins();
  for (const secret of secrets) origins.saw(secret, { provider, key: "k", model });
  return origins;
};

test("a history that needs nothing is left alone", () => {
  const messages = [
    user(text("hi")),
    assistant(thought("hm", "EqQB"), text("I look."), use("toolu_1")),
    { role: "system", content: "later" },
    user(result("toolu_1"), text("and?")),
    { role: "assistant", content: "Done." },
  ];
  assert.equal(edits({ messages, thinking: { type: "enabled", budget_tokens: 2048 } }), undefined);
  assert.equal(edits({ messages }, DEEPSEEK), undefined);
});

test("Claude gets thinking that the same model signed, and none of another's", () => {
  const history = [user(text("hi")), assistant(thought("hm", "EqQB"), text("ok")), user(text("go"))];
  const to = (origins: Origins, model = CLAUDE.model) =>
    fitted(history, { ...CLAUDE, model, origins })[1].content;
  assert.equal(to(madeBy("anthropic", CLAUDE.model, "EqQB")).length, 2);
  assert.deepEqual(to(madeBy("anthropic", CLAUDE.model, "EqQB"), "claude-opus-4-8"), [text("ok")]);
  assert.deepEqual(to(madeBy("zai", "glm-5.2", "EqQB")), [text("ok")]);
});

test("thinking without a signature, or with one of another form, never reaches Claude", () => {
  for (const signature of ["", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "5c1f2c9e-6a0b-4a39-9a76-0d5c8f2f7c11"]) {
    assert.deepEqual(fitted([user(text("hi")), assistant(thought("hm", signature), text("ok"))]), [
      user(text("hi")),
      assistant(text("ok")),
    ]);
  }
});

test("a seal is opened for its maker, and dropped for others", () => {
  const maker = { provider: "openrouter", key: "k", model: "anthropic/claude-opus-4.8" };
  const sealed = thought("hm", sealReasoning({ text: "hm", signature: "EqQB", maker }));
  const redacted = { type: "redacted_thinking", data: sealReasoning({ redacted: "abc", maker }) };
  const history = [user(text("hi")), assistant(sealed, redacted, text("ok"))];
  assert.deepEqual(fitted(history, { ...maker, quirks: [] })[1].content, [
    thought("hm", "EqQB"),
    { type: "redacted_thinking", data: "abc" },
    text("ok"),
  ]);
  assert.deepEqual(fitted(history)[1].content, [text("ok")]);
});

test("nothing signed goes out where the provider refused it", () => {
  const history = [user(text("hi")), assistant(thought("hm", "EqQB"), text("ok"))];
  assert.deepEqual(fitted(history, { ...CLAUDE, unsigned: true })[1].content, [text("ok")]);
});

test("thinking that signs nothing stays between providers that check nothing", () => {
  const history = [user(text("hi")), assistant(thought("hm", ""), use("a")), user(result("a"))];
  assert.equal(edits({ messages: history }, { provider: "ollama", model: "qwen3.5", quirks: [] }), undefined);
});

test("foreign thinking goes in words to a provider that wants it back, else as a blank", () => {
  const sealed = thought("hm", sealReasoning({ text: "hm" }));
  const history = (
    ...before: Json[]
  ) => [user(text("hi")), assistant(...before, use("a")), user(result("a"))];
  assert.deepEqual(fitted(history(sealed), DEEPSEEK)[1].content, [thought("hm", ""), use("a")]);
  assert.deepEqual(fitted(history(text("I look.")), DEEPSEEK)[1].content, [
    thought(" ", ""),
    text("I look."),
    use("a"),
  ]);
  assert.equal(edits({ messages: history(), thinking: { type: "disabled" } }, DEEPSEEK), undefined);
});

test("blocks of tools that another provider ran are dropped, with what cites them", () => {
  const search = (id: string): Json[] => [
    { type: "server_tool_use", id, name: "web_search", input: { query: "x" } },
    { type: "web_search_tool_result", tool_use_id: id, content: [] },
    {
      type: "text",
      text: "It is.",
      citations: [{ type: "web_search_result_location", encrypted_index: "e" }],
    },
  ];
  const history = (id: string) => [user(text("hi")), assistant(...search(id))];
  assert.deepEqual(fitted(history("call_1")), [user(text("hi")), assistant(text("It is."))]);
  assert.equal(edits({ messages: history("srvtoolu_1") }), undefined);
  const zai: EncodeTarget = { provider: "zai", model: "glm-5.2", quirks: [] };
  assert.deepEqual(fitted(history("srvtoolu_1"), zai), [user(text("hi")), assistant(text("It is."))]);
  assert.equal(edits({ messages: history("call_1") }, zai), undefined);
});

test("Anthropic gets legal ids, each once, in calls and results alike", () => {
  const round = [assistant(use("functions.Bash:0")), user(result("functions.Bash:0"))];
  assert.deepEqual(fitted([user(text("hi")), ...round, ...round]), [
    user(text("hi")),
    assistant(use("functions_Bash_0")),
    user(result("functions_Bash_0")),
    assistant(use("functions_Bash_0_2")),
    user(result("functions_Bash_0_2")),
  ]);
  assert.equal(
    edits({ messages: [user(text("hi")), ...round, ...round] }, { ...DEEPSEEK, quirks: [] }),
    undefined,
  );
});

test("an input that is not an object becomes one", () => {
  const history = (input: Json) => [user(text("hi")), assistant(use("a", input)), user(result("a"))];
  assert.deepEqual(fitted(history('{"command":"ls"}'))[1].content, [use("a", { command: "ls" })]);
  assert.deepEqual(fitted(history(null))[1].content, [use("a", {})]);
});

test("a call that was interrupted gets a result, and a result without its call becomes words", () => {
  const history = [
    user(text("hi")),
    assistant(use("a"), use("b")),
    user(text("stop"), result("a")),
    assistant(text("ok")),
  ];
  assert.deepEqual(fitted(history)[2].content.map(({ type }: Json) => type), [
    "tool_result",
    "tool_result",
    "text",
  ]);
  const orphan = fitted([user(result("gone")), assistant(text("ok"))]);
  assert.deepEqual(orphan[0].content, [text("[Result of the tool call gone]"), text("ok")]);
});

test("results in a later message are brought to their calls", () => {
  const late = [
    user(text("hi")),
    assistant(use("a"), use("b")),
    user(result("a"), text("x")),
    user(result("b")),
  ];
  assert.deepEqual(fitted(late)[2].content, [result("a"), result("b"), text("x")]);
});

test("blocks stay as they came where calls and results are put in order", () => {
  const cited = {
    type: "text",
    text: "It is.",
    citations: [{
      type: "char_location",
      cited_text: "x",
      document_index: 0,
      start_char_index: 0,
      end_char_index: 1,
    }],
  };
  const asked = user(
    {
      type: "document",
      source: { type: "text", media_type: "text/plain", data: "x" },
      citations: { enabled: true },
    },
    { type: "search_result", source: "u", title: "t", content: [text("x")] },
  );
  const called = assistant(cited, { ...use("a"), caller: { type: "direct" } }, use("b"));
  const answer = { ...result("a"), cache_control: { type: "ephemeral" } };
  assert.deepEqual(fitted([asked, called, { role: "user", content: "go on" }, user(answer)]), [
    asked,
    called,
    user(
      answer,
      { ...result("b"), content: "No result: the tool call was interrupted.", is_error: true },
      text("go on"),
    ),
  ]);
});

test("thinking with a budget goes off where the last answer calls tools without any", () => {
  const messages = [
    user(text("hi")),
    assistant(thought("hm", ""), use("a")),
    user(result("a"), text("go on")),
  ];
  const body = {
    messages,
    thinking: { type: "enabled", budget_tokens: 2048 },
    context_management: {
      edits: [{ type: "clear_thinking_20251015" }, { type: "clear_tool_uses_20250919" }],
    },
  };
  assert.deepEqual(edits(body), {
    messages: [messages[0], assistant(use("a")), messages[2]],
    thinking: { type: "disabled" },
    context_management: { edits: [{ type: "clear_tool_uses_20250919" }] },
  });
  const over = { ...body, messages: [...messages, assistant(text("done")), user(text("thanks"))] };
  assert.equal(edits(over)?.thinking, undefined);
});
