import assert from "node:assert/strict";
import { test } from "node:test";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import { openAiChat } from "../../../src/dialects/openai-chat/index.ts";
import { Origins } from "../../../src/dialects/shared/origins.ts";
import { sealSecret } from "../../../src/dialects/shared/seal.ts";
import { parseExact } from "../../../src/json/exact.ts";
import type { Json } from "../../../src/model/json.ts";

const to = (...quirks: string[]): EncodeTarget => ({ provider: "p", model: "m", key: "k", quirks });
const GEMINI: EncodeTarget = {
  ...to("thought-signatures"),
  provider: "google",
  model: "gemini-3-pro-preview",
};

const user = (content: Json) => ({ role: "user", content });
const tool = (id: string, content: Json = "ok") => ({ role: "tool", tool_call_id: id, content });
const call = (id: string, more: Json = {}) => ({
  id,
  type: "function",
  function: { name: "Bash", arguments: "{}" },
  ...more,
});
const calling = (calls: Json[], more: Json = {}) => ({
  role: "assistant",
  content: null,
  ...more,
  tool_calls: calls,
});

const edits = (body: Json, target: EncodeTarget): Json => openAiChat.request.edits!(body, target)?.members;
const fitted = (messages: Json[], target: EncodeTarget = to()): Json =>
  edits({ messages }, target)?.messages ?? messages;
const rolesOf = (messages: Json): string => messages.map(({ role }: Json) => role).join(" ");

test("a history that needs nothing is left alone", () => {
  const messages = [
    { role: "system", content: "s" },
    user("hi"),
    calling([call("a"), call("b")], { reasoning_content: "hm" }),
    tool("b"),
    tool("a"),
    { role: "assistant", content: "done" },
  ];
  for (const target of [to(), to("reasoning-content")]) assert.equal(edits({ messages }, target), undefined);
});

test("results that come late are brought right behind their calls", () => {
  const late = [user("hi"), calling([call("a"), call("b")]), tool("a"), user("an image"), tool("b"), {
    role: "system",
    content: "x",
  }];
  assert.equal(rolesOf(fitted(late)), "user assistant tool tool user system");
  const between = [user("hi"), calling([call("a")]), { role: "system", content: "x" }, tool("a")];
  assert.equal(rolesOf(fitted(between)), "user assistant tool system");
});

test("a call without a result gets one, and a result without a call becomes words", () => {
  const [, , missing] = fitted([user("hi"), calling([call("a")]), user("stop")]);
  assert.deepEqual(missing, tool("a", "No result: the tool call was interrupted."));
  assert.deepEqual(fitted([tool("gone"), user("hi")])[0], user("[Result of the tool call gone]\nok"));
  const image = { type: "image_url", image_url: { url: "data:," } };
  assert.deepEqual(fitted([tool("gone", [image])])[0].content.length, 2);
});

test("a result without a call becomes words whatever its content is", () => {
  const orphaned = (content: Json) => fitted([tool("gone", content), user("hi")])[0];
  const mark = "[Result of the tool call gone]\n";
  assert.deepEqual(orphaned(parseExact('{"n":9007199254740993}').n), user(`${mark}9007199254740993`));
  assert.deepEqual(orphaned({ toString: 1 }), user(`${mark}{"toString":1}`));
  assert.deepEqual(orphaned(null), user(mark));
});

test("an id that comes again in a later answer keeps each result at its call", () => {
  const history = [
    user("hi"),
    calling([call("c")]),
    tool("c", "1"),
    calling([call("c")]),
    user("x"),
    tool("c", "2"),
  ];
  assert.deepEqual(
    fitted(history).filter(({ role }: Json) => role === "tool").map(({ content }: Json) => content),
    ["1", "2"],
  );
});

test("a provider that wants an answer after results gets one, and a mark on a last answer", () => {
  const mistral = to("answer-after-results");
  const history = [user("hi"), calling([call("a")]), tool("a"), user("go on"), {
    role: "assistant",
    content: "I",
  }];
  const out = fitted(history, mistral);
  assert.equal(rolesOf(out), "user assistant tool assistant user assistant");
  assert.deepEqual(out.at(-1), { role: "assistant", content: "I", prefix: true });
  assert.equal(edits({ messages: history.slice(0, 3) }, mistral), undefined);
});

test("each answer that calls tools has its reasoning where a provider wants it back", () => {
  const target = to("reasoning-content");
  const content = (more: Json, settings: Json = {}) => {
    const messages = [user("hi"), calling([call("a")], more), tool("a")];
    return (edits({ ...settings, messages }, target)?.messages ?? messages)[1].reasoning_content;
  };
  assert.equal(content({}), " ");
  assert.equal(content({ reasoning_content: "" }), " "); // Moonshot counts an empty text as missing
  assert.equal(content({ reasoning: "hm" }), "hm");
  assert.equal(content({ reasoning_details: [{ type: "reasoning.text", text: "hm" }] }), "hm");
  assert.equal(content({}, { thinking: { type: "disabled" } }), undefined);
  assert.equal(content({}, { reasoning_effort: "none" }), undefined);
});

test("Gemini gets its own signature, what is remembered of it, or the documented stand-in", () => {
  const origins = new Origins();
  origins.gave("call_x", { id: "c", provider: "google", signature: "own" });
  origins.saw("own", { provider: "google", key: "k", model: "gemini-3-pro-preview" });
  origins.saw("foreign", { provider: "other", key: "k", model: "m" });
  const extra = (thought_signature: string) => ({ extra_content: { google: { thought_signature } } });
  const signatures = (calls: Json[], target: EncodeTarget = { ...GEMINI, origins }) =>
    fitted([user("hi"), calling(calls), ...calls.map(({ id }) => tool(id))], target)[1].tool_calls
      .map(({ extra_content }: Json) => extra_content?.google?.thought_signature);
  assert.deepEqual(signatures([call("a", extra("own")), call("b")]), ["own", undefined]);
  assert.deepEqual(signatures([call("call_x")]), ["own"]);
  assert.deepEqual(signatures([call("a"), call("b")]), ["skip_thought_signature_validator", undefined]);
  assert.deepEqual(signatures([call("a", extra("foreign"))]), ["skip_thought_signature_validator"]);
  assert.deepEqual(signatures([call("a")], { ...GEMINI, model: "gemini-2.5-flash" }), [undefined]);
  assert.deepEqual(signatures([call("a", extra("own"))], to()), [undefined]);
});

test("ids that mean something to their provider come back to it", () => {
  const origins = new Origins();
  origins.gave("call_x", { id: "functions.Bash:0", provider: "kimi" });
  const history = [user("hi"), calling([call("call_x")]), tool("call_x")];
  const ids = (provider: string) => {
    const [, { tool_calls: [{ id }] }, { tool_call_id }] = fitted(history, { ...to(), provider, origins });
    return [id, tool_call_id];
  };
  assert.deepEqual(ids("kimi"), ["functions.Bash:0", "functions.Bash:0"]);
  assert.deepEqual(ids("other"), ["call_x", "call_x"]);
});

test("details that another model signed lose their signature, or go", () => {
  const maker = { provider: "p", key: "k", model: "m" };
  const details = (signed: Json, target: EncodeTarget = to()) =>
    fitted([user("hi"), { role: "assistant", content: "ok", reasoning_details: [signed] }], target)[1]
      .reasoning_details;
  const signed = (signature: string) => ({ type: "reasoning.text", text: "hm", signature, format: "f" });
  assert.deepEqual(details(signed(sealSecret("s", maker))), [signed("s")]);
  const foreign = sealSecret("s", { ...maker, provider: "other" });
  assert.deepEqual(details(signed(foreign)), [{ type: "reasoning.text", text: "hm", format: "unknown" }]);
  assert.equal(details(signed(foreign), { ...to(), model: "anthropic/claude-opus-4.8" }), undefined);
  assert.equal(details({ type: "reasoning.encrypted", data: foreign }), undefined);
  assert.deepEqual(details(signed("unknown")), [signed("unknown")]);
});

test("arguments that a gateway wrote twice or into a string are one object", () => {
  const history = (
    args: string,
  ) => [user("hi"), calling([{ ...call("a"), function: { name: "Bash", arguments: args } }]), tool("a")];
  for (const args of ['{}{"a":1}', '{"a":1}{"a":1}', '"{\\"a\\":1}"']) {
    assert.equal(fitted(history(args))[1].tool_calls[0].function.arguments, '{"a":1}');
  }
  assert.equal(fitted(history("null"))[1].tool_calls[0].function.arguments, "{}");
});

test("an answer that is only a call in the old form stays", () => {
  const messages = [
    user("hi"),
    { role: "assistant", content: null, function_call: { name: "Bash", arguments: "{}" } },
    { role: "function", name: "Bash", content: "ok" },
  ];
  assert.equal(edits({ messages }, to()), undefined);
});
