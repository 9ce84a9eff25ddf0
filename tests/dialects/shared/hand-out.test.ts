import assert from "node:assert/strict";
import { test } from "node:test";
import { HandOut } from "../../../src/dialects/shared/hand-out.ts";
import { Origins } from "../../../src/dialects/shared/origins.ts";
import { ReplyCollector, replyToEvents } from "../../../src/dialects/shared/reply-events.ts";
import type { Conversation, Part, Reply, ToolCallPart } from "../../../src/model/conversation.ts";

const MAKER = { provider: "kimi", key: "k", model: "kimi-k2.6" };

const call = (id: string, args = '{"a":1}', more: Partial<ToolCallPart> = {}): ToolCallPart => ({
  type: "tool_call",
  id,
  name: "Bash",
  kind: "function",
  arguments: args,
  ...more,
});

const asked = (...earlier: Part[]): Conversation => ({
  dialect: "anthropic-messages",
  model: "m",
  stream: false,
  messages: [{ role: "assistant", parts: earlier }],
  tools: [],
  serverTools: [],
  extensions: {},
});

const reply = (parts: readonly Part[], stop: Reply["stop"] = "end_turn"): Reply => ({
  id: "r",
  model: "m",
  parts,
  stop,
});

/** The same answer, handed out whole and streamed. */
function handedOut(given: Reply, earlier: readonly Part[] = [], same = false) {
  const make = (origins: Origins) =>
    new HandOut({ asked: asked(...earlier), callIds: /^[a-zA-Z0-9_-]{1,64}$/, maker: MAKER, origins, same });
  const origins = new Origins();
  const whole = make(origins).reply(given);
  const streaming = make(new Origins());
  const collector = new ReplyCollector();
  for (const event of replyToEvents(given)) for (const one of streaming.event(event)) collector.push(one);
  return { whole, streamed: collector.reply(), origins };
}

const callsIn = ({ parts }: Reply): ToolCallPart[] => parts.filter((part) => part.type === "tool_call");

test("an id that the client's dialect refuses becomes a new one, and is remembered", () => {
  const { whole, origins } = handedOut(reply([call("functions.Bash:0")]));
  const [{ id }] = callsIn(whole) as [ToolCallPart];
  assert.match(id, /^call_[0-9a-f]{24}$/);
  assert.deepEqual(origins.callOf(id), { id: "functions.Bash:0", provider: "kimi" });
});

test("an id that was given before in the conversation or the answer becomes a new one", () => {
  const { whole, streamed } = handedOut(reply([call("call_0"), call("call_1"), call("call_1")]), [
    call("call_0"),
  ]);
  for (const one of [whole, streamed]) {
    const ids = callsIn(one).map(({ id }) => id);
    assert.equal(new Set(["call_0", ...ids]).size, 4);
    assert.equal(ids[1], "call_1");
  }
});

test("an id that a provider starts again after the history was cut is new", () => {
  const origins = new Origins();
  const ids = [1, 2].map(() => {
    const out = new HandOut({ asked: asked(), callIds: /./, maker: MAKER, origins, same: false });
    return callsIn(out.reply(reply([call("tool_0_Bash")])))[0]!.id;
  });
  assert.equal(ids[0], "tool_0_Bash");
  assert.notEqual(ids[1], ids[0]);
});

for (
  const [what, args, expected] of [
    ["an empty object first", '{}{"a":1}', ['{"a":1}']],
    ["everything twice", '{"a":1}{"a":1}', ['{"a":1}']],
    ["null", "null", ["{}"]],
    ["two calls in one", '{"a":1}{"b":2}', ['{"a":1}', '{"b":2}']],
  ] as const
) {
  test(`a call's arguments, ${what}, are the same streamed and whole`, () => {
    const { whole, streamed } = handedOut(reply([call("x", args)]));
    for (const one of [whole, streamed]) {
      assert.deepEqual(callsIn(one).map((one) => one.arguments), expected);
      assert.equal(new Set(callsIn(one).map(({ id }) => id)).size, expected.length);
    }
  });
}

test("the input of a custom tool is not JSON, and stays as it is", () => {
  const { whole, streamed } = handedOut(reply([call("x", "{}{}", { kind: "custom" })]));
  for (const one of [whole, streamed]) assert.equal(callsIn(one)[0]!.arguments, "{}{}");
});

test("the end fits the answer", () => {
  const text: Part = { type: "text", text: "hi" };
  for (
    const [parts, stop, expected] of [
      [[call("x")], "end_turn", "tool_use"],
      [[text], "tool_use", "end_turn"],
      [[call("x")], "max_tokens", "max_tokens"],
      [[text], "pause_turn", "pause_turn"],
    ] as const
  ) {
    const { whole, streamed } = handedOut(reply(parts, stop));
    assert.deepEqual([whole.stop, streamed.stop], [expected, expected]);
  }
});

test("secrets name their maker in another dialect, and are remembered in their own", () => {
  const thought: Part = { type: "reasoning", text: "hm", signature: "sig" };
  const { whole } = handedOut(reply([thought, { type: "reasoning", text: "plain" }]));
  assert.deepEqual(whole.parts, [{ ...thought, maker: MAKER }, { type: "reasoning", text: "plain" }]);
  const same = handedOut(reply([thought]), [], true);
  assert.deepEqual(same.whole.parts, [thought]);
  assert.deepEqual(same.origins.makerOf("sig"), MAKER);
});

test("a call with a signature gets an id that leads to it", () => {
  const { whole, origins } = handedOut(reply([call("call_0", "{}", { signature: "thought" })]));
  const { id } = callsIn(whole)[0]!;
  assert.deepEqual(origins.callOf(id), { id: "call_0", provider: "kimi", signature: "thought" });
});
