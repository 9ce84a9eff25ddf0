import assert from "node:assert/strict";
import { test } from "node:test";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import type { Message, Part, ToolCallPart, ToolResultPart } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { ASKED } from "./streams.ts";

const text = (words: string): Part => ({ type: "text", text: words });
const call = (id: string, name = "Bash"): ToolCallPart => ({
  type: "tool_call",
  id,
  name,
  kind: "function",
  arguments: '{"command":"ls"}',
});
const result = (id: string, words = "ok"): ToolResultPart => ({
  type: "tool_result",
  id,
  kind: "function",
  content: [{ type: "text", text: words }],
});
const user = (...parts: Part[]): Message => ({ role: "user", parts });
const assistant = (...parts: Part[]): Message => ({ role: "assistant", parts });
const system = (words: string): Message => ({ role: "system", parts: [text(words)] });

/** The messages as sent, in short: role, then each block as its text, `call:id` or `result:id`. */
function sent(messages: Message[], model = "claude-sonnet-4-5"): string[][] {
  const { body } = anthropicMessages.request.encode({ ...ASKED, messages }, {
    model,
    provider: "p",
    quirks: [],
  });
  return body.messages.map(({ role, content }: Json) => [
    role,
    ...content.map((block: Json) =>
      block.type === "tool_use"
        ? `call:${block.id}`
        : block.type === "tool_result"
        ? `result:${block.tool_use_id}${block.is_error ? ":error" : ""}`
        : block.text ?? block.type
    ),
  ]);
}

test("turns of the same role become one", () => {
  assert.deepEqual(
    sent([user(text("a")), user(text("b")), assistant(text("c")), assistant(text("d")), user(text("e"))]),
    [
      ["user", "a", "b"],
      ["assistant", "c", "d"],
      ["user", "e"],
    ],
  );
});

test("results come right after their calls, and first in their message", () => {
  assert.deepEqual(
    sent([user(text("a")), assistant(call("1"), call("2")), user(text("b"), result("2"), result("1"))]),
    [
      ["user", "a"],
      ["assistant", "call:1", "call:2"],
      ["user", "result:1", "result:2", "b"],
    ],
  );
  assert.deepEqual(
    sent([
      user(text("a")),
      assistant(call("1")),
      user(text("b")),
      user(result("1")),
      assistant(text("c")),
      user(text("d")),
    ]),
    [
      ["user", "a"],
      ["assistant", "call:1"],
      ["user", "result:1", "b"],
      ["assistant", "c"],
      ["user", "d"],
    ],
  );
});

test("a call whose result never came gets one that says so", () => {
  assert.deepEqual(sent([user(text("a")), assistant(call("1")), user(text("stop"))]), [
    ["user", "a"],
    ["assistant", "call:1"],
    ["user", "result:1:error", "stop"],
  ]);
  assert.deepEqual(sent([user(text("a")), assistant(call("1"))]).at(-1), ["user", "result:1:error"]);
});

test("a result without its call, or a second one, is kept as text", () => {
  assert.deepEqual(
    sent([
      user(text("a"), result("9", "lost")),
      assistant(call("1")),
      user(result("1"), result("1", "again")),
    ]),
    [
      ["user", "a", "[Result of the tool call 9]", "lost"],
      ["assistant", "call:1"],
      ["user", "result:1", "[Result of the tool call 1]", "again"],
    ],
  );
});

test("ids that a client repeats become different ones, each with its own result", () => {
  assert.deepEqual(
    sent([
      user(text("a")),
      assistant(call("call_0")),
      user(result("call_0", "x")),
      assistant(call("call_0")),
      user(result("call_0", "y")),
    ]),
    [
      ["user", "a"],
      ["assistant", "call:call_0"],
      ["user", "result:call_0"],
      ["assistant", "call:call_0_2"],
      ["user", "result:call_0_2"],
    ],
  );
});

test("an earlier turn without a result does not take the result of a later one", () => {
  assert.deepEqual(
    sent([user(text("a")), assistant(call("1")), user(text("b")), assistant(call("1")), user(result("1"))])
      .slice(2),
    [["user", "result:1:error", "b"], ["assistant", "call:1_2"], ["user", "result:1_2"]],
  );
});

test("ids with characters that Anthropic refuses are made legal on both sides", () => {
  assert.deepEqual(
    sent([user(text("a")), assistant(call("functions.Bash:0")), user(result("functions.Bash:0"))]).slice(1),
    [
      ["assistant", "call:functions_Bash_0"],
      ["user", "result:functions_Bash_0"],
    ],
  );
});

test("blank text is dropped, and a conversation without user text gets one", () => {
  assert.deepEqual(sent([user(text(" \n"), text("a")), assistant(text(""), text("b")), user(text("c"))]), [
    ["user", "a"],
    ["assistant", "b"],
    ["user", "c"],
  ]);
  assert.deepEqual(sent([assistant(text("Hello")), user(text("Hi"))])[0], ["user", "Continue."]);
  assert.deepEqual(sent([system("Only this.")]), [["user", "Continue."]]);
});

test("a prefilled answer loses its last white space; models that take none get a user message", () => {
  assert.deepEqual(sent([user(text("a")), assistant(text("The answer is \n"))]).at(-1), [
    "assistant",
    "The answer is",
  ]);
  assert.deepEqual(sent([user(text("a")), assistant(text("The answer is "))], "claude-opus-4-6").at(-1), [
    "user",
    "Continue.",
  ]);
});

test("later system messages stay where the model takes them, else they join the user's message", () => {
  const messages = [user(text("a")), system("s"), assistant(text("b")), system("t"), user(text("c"))];
  assert.deepEqual(sent(messages, "claude-opus-4-8"), [
    ["user", "a"],
    ["system", "s"],
    ["assistant", "b"],
    ["user", "<system-reminder>\nt\n</system-reminder>", "c"],
  ]);
  assert.deepEqual(sent(messages)[0], ["user", "a", "<system-reminder>\ns\n</system-reminder>"]);
});

test("a system message between a call and its result follows the result", () => {
  const messages = [user(text("a")), assistant(call("1")), system("s"), user(result("1"))];
  assert.deepEqual(sent(messages, "claude-opus-4-8").slice(2), [["user", "result:1"], ["system", "s"]]);
  assert.deepEqual(sent([...messages, user(text("b"))], "claude-opus-4-8").slice(2), [
    ["user", "result:1", "<system-reminder>\ns\n</system-reminder>", "b"],
  ]);
});

test("arguments that are not a JSON object are kept as the model wrote them", () => {
  const broken: Part = { ...call("1"), arguments: '{"command": "l' };
  const { body } = anthropicMessages.request.encode(
    { ...ASKED, messages: [user(text("a")), assistant(broken), user(result("1"))] },
    { model: "claude-sonnet-4-5", provider: "p", quirks: [] },
  );
  assert.deepEqual(body.messages[1].content[0].input, { raw_arguments: '{"command": "l' });
});
