import assert from "node:assert/strict";
import { test } from "node:test";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import { openAiResponses } from "../../../src/dialects/openai-responses/index.ts";
import { Origins } from "../../../src/dialects/shared/origins.ts";
import { seal, sealSecret } from "../../../src/dialects/shared/seal.ts";
import type { Json } from "../../../src/model/json.ts";

const MAKER = { provider: "openai", key: "k1", model: "gpt-5.5" };
const OPENAI: EncodeTarget = { ...MAKER, quirks: [] };

const message = (role: string, text: string) => ({
  type: "message",
  role,
  content: [{ type: "input_text", text }],
});
const call = (id: string, more: Json = {}) => ({
  type: "function_call",
  call_id: id,
  name: "f",
  arguments: "{}",
  ...more,
});
const output = (id: string) => ({ type: "function_call_output", call_id: id, output: "ok" });
const thought = (encrypted_content: string) => ({
  type: "reasoning",
  id: "rs_1",
  summary: [],
  encrypted_content,
});

const edits = (input: Json[], target: EncodeTarget = OPENAI): Json =>
  openAiResponses.request.edits!({ input }, target)?.members;
const fitted = (input: Json[], target?: EncodeTarget): Json => edits(input, target)?.input ?? input;
const typesOf = (items: Json): string => items.map(({ type, role }: Json) => role ?? type).join(" ");

test("a history that needs nothing is left alone", () => {
  assert.equal(
    edits([
      message("user", "hi"),
      thought("gAAA"),
      call("a", { id: "fc_1" }),
      call("b"),
      output("b"),
      output("a"),
      message("user", "and?"),
      thought("gAAB"),
      { type: "message", id: "msg_1", role: "assistant", content: [] },
      { type: "web_search_call", id: "ws_1", status: "completed" },
    ]),
    undefined,
  );
});

test("encrypted reasoning goes back to the account that made it, under any of its keys", () => {
  const origins = new Origins();
  origins.saw("gAAA", MAKER);
  const history = [message("user", "hi"), thought("gAAA"), call("a"), output("a")];
  const kept = (target: Partial<EncodeTarget>) =>
    fitted(history, { ...OPENAI, origins, ...target }).length === 4;
  assert.ok(kept({}));
  assert.ok(kept({ model: "gpt-5" }));
  assert.ok(kept({ key: "k2" }), "another key of the block");
  assert.ok(!kept({ key: "client" }), "the login of a client");
  assert.ok(!kept({ provider: "xai" }));
  assert.ok(!kept({ unsigned: true }));
});

test("a seal is opened for its maker, and dropped for others", () => {
  const history = (sealed: string) => [message("user", "hi"), thought(sealed), call("a"), output("a")];
  const own = sealSecret("gAAA", MAKER);
  assert.deepEqual(fitted(history(own))[1], thought("gAAA"));
  assert.equal(fitted(history(own), { ...OPENAI, provider: "azure" }).length, 3);
  assert.equal(fitted(history(seal({ text: "hm", signature: "EqQB" }))).length, 3);
});

test("calls without results get some of their kind, before what follows", () => {
  const history = [
    call("a"),
    { type: "custom_tool_call", call_id: "b", name: "patch", input: "x" },
    { type: "local_shell_call", call_id: "c", action: {} },
    message("user", "stop"),
  ];
  assert.equal(
    typesOf(fitted(history)),
    "function_call custom_tool_call local_shell_call function_call_output custom_tool_call_output local_shell_call_output user",
  );
});

test("results that come after a message are brought to their calls", () => {
  const history = [call("a"), call("b"), output("a"), message("user", "an image"), output("b")];
  assert.deepEqual(fitted(history), [
    call("a"),
    call("b"),
    output("a"),
    output("b"),
    message("user", "an image"),
  ]);
});

test("a result without a call becomes the user's words", () => {
  assert.deepEqual(
    fitted([output("gone"), message("user", "hi")])[0],
    message("user", "[Result of the tool call gone]\nok"),
  );
});

test("ids of calls are short and come once", () => {
  const long = `call_${"x".repeat(90)}`;
  const [first, , second, answer] = fitted([call(long), output(long), call(long), output(long)]);
  assert.ok(first.call_id.length <= 64 && second.call_id.length <= 64);
  assert.notEqual(first.call_id, second.call_id);
  assert.equal(answer.call_id, second.call_id);
});

test("an item's id that the dialect does not know is dropped", () => {
  const [one] = fitted([call("a", { id: "chatcmpl|1" }), output("a")]);
  assert.deepEqual(one, call("a"));
  const [other] = fitted([call("a", { id: "call_1" }), output("a")]);
  assert.deepEqual(other, call("a"));
});

test("reasoning that nothing of the assistant's follows is dropped", () => {
  assert.deepEqual(fitted([thought("gAAA"), message("user", "hi")]), [message("user", "hi")]);
});

test("arguments that a gateway wrote twice are one object", () => {
  assert.equal(fitted([call("a", { arguments: '{}{"a":1}' }), output("a")])[0].arguments, '{"a":1}');
});

test("a result whose call the provider keeps stays a result", () => {
  const part = [output("kept"), message("user", "go on")];
  const kept = [
    { previous_response_id: "resp_1", input: part },
    { conversation: "conv_1", input: part },
    { input: [{ type: "item_reference", id: "fc_1" }, ...part] },
  ];
  for (const body of kept) assert.equal(openAiResponses.request.edits!(body, OPENAI), undefined);
  assert.equal(fitted(part)[0].role, "user");
});

test("reasoning stays before an item that the provider keeps, and its loss is reported", () => {
  const reference = { type: "item_reference", id: "msg_1" };
  assert.equal(edits([message("user", "hi"), thought("gAAA"), reference]), undefined);
  const { dropped } = openAiResponses.request.edits!(
    { input: [thought("gAAA"), message("user", "hi")] },
    OPENAI,
  )!;
  assert.deepEqual(dropped, ["earlier_reasoning"]);
});
