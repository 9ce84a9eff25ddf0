import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type {
  BlockStart,
  Conversation,
  Part,
  Reply,
  ReplyEvent,
} from "../../../src/dialects/conversation.ts";
import type { Json } from "../../../src/dialects/dialect.ts";
import { openAiResponses } from "../../../src/dialects/openai-responses/dialect.ts";
import { replyToEvents } from "../../../src/dialects/reply-events.ts";
import { toolNames } from "../../../src/dialects/tool-names.ts";
import { replyArbitrary, streamArbitrary } from "../support/conversation.ts";
import { asked, checkLegal, collect, decodeEvents, encodeEvents, recordedStreams } from "./support.ts";

/** What a Codex client offers, in one of each kind. */
const CODEX_TOOLS = [
  { type: "function", name: "exec_command", parameters: { type: "object", properties: {} }, strict: false },
  {
    type: "custom",
    name: "apply_patch",
    format: { type: "grammar", syntax: "lark", definition: "start: x" },
  },
  { type: "local_shell" },
  { type: "tool_search", execution: "client", parameters: { type: "object" } },
  {
    type: "namespace",
    name: "agents",
    description: "Sub-agents.",
    tools: [{ type: "function", name: "spawn" }, { type: "custom", name: "exec" }],
  },
];

const START: ReplyEvent = { type: "start", id: "chatcmpl-1", model: "some-model", created: 1_795_000_000 };
const finish = (stop: "end_turn" | "tool_use" | "max_tokens" | "refusal" | "content_filter"): ReplyEvent => ({
  type: "finish",
  stop,
  usage: { input: 10, cacheRead: 5, cacheWrite: 1, output: 7, reasoning: 2 },
});

function block(index: number, start: BlockStart, ...texts: string[]): ReplyEvent[] {
  return [
    { type: "block_start", index, block: start },
    ...texts.map((text): ReplyEvent => ({ type: "delta", index, text })),
    { type: "block_stop", index },
  ];
}

/** A call as a model of another dialect makes it: a function of a flat name, with JSON. */
function flatCall(id: string, name: string): BlockStart {
  return { type: "tool_call", id, name, kind: "function" };
}

test("a text is told in the order that the SDK and Codex expect", () => {
  const written = encodeEvents(
    [START, ...block(0, { type: "text" }, "Hel", "lo"), finish("end_turn")],
    asked(),
  );
  checkLegal(written);
  assert.deepEqual(written.map((event) => event.type), [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
  ]);
  const { response } = written.at(-1);
  assert.match(response.id, /^resp_/);
  assert.match(response.output[0].id, /^msg_/);
  assert.equal(response.model, "some-model");
  assert.deepEqual(response.usage, {
    input_tokens: 16,
    input_tokens_details: { cached_tokens: 5, cache_write_tokens: 1 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 2 },
    total_tokens: 23,
  });
});

test("texts in a row are parts of one message, other phases and calls begin a new one", () => {
  const response = checkLegal(encodeEvents([
    START,
    ...block(0, { type: "text" }, "a"),
    ...block(1, { type: "text" }, "b"),
    ...block(2, { type: "text", phase: "final_answer" }, "c"),
    ...block(3, flatCall("call_1", "exec_command"), "{}"),
    ...block(4, { type: "text" }, "d"),
    finish("tool_use"),
  ], asked({ tools: CODEX_TOOLS })));
  assert.deepEqual(
    response.output.map((item: { type: string; content?: unknown[] }) => item.content?.length ?? item.type),
    [
      2,
      1,
      "function_call",
      1,
    ],
  );
});

test("blocks that overlap stay legal", () => {
  checkLegal(encodeEvents([
    START,
    { type: "block_start", index: 0, block: { type: "text" } },
    { type: "delta", index: 0, text: "a" },
    { type: "block_start", index: 1, block: flatCall("call_1", "exec_command") },
    { type: "block_start", index: 2, block: flatCall("call_2", "agents__spawn") },
    { type: "delta", index: 2, text: "{" },
    { type: "delta", index: 0, text: "b" },
    { type: "delta", index: 1, text: "{}" },
    { type: "block_start", index: 3, block: { type: "text" } },
    { type: "delta", index: 3, text: "c" },
    { type: "delta", index: 0, text: "d" },
    { type: "delta", index: 2, text: "}" },
    finish("tool_use"),
  ], asked({ tools: CODEX_TOOLS })));
});

test("a model's call of a custom tool comes back as its free text, wherever the JSON was cut", () => {
  const patch = '*** Begin Patch\n*** Add File: "a".txt\n+日本\\n\n*** End Patch';
  const json = JSON.stringify({ input: patch });
  for (let at = 1; at < json.length; at++) {
    const written = encodeEvents([
      START,
      ...block(0, flatCall("call_1", "apply_patch"), json.slice(0, at), json.slice(at)),
      finish("tool_use"),
    ], asked({ tools: CODEX_TOOLS }));
    const [item]: Json[] = checkLegal(written).output;
    assert.equal(item.type, "custom_tool_call");
    assert.equal(item.call_id, "call_1");
    assert.equal(item.input, patch);
  }
});

test("a namespaced tool comes back in its namespace, also where the model left it out", () => {
  const names = toolNames(asked({ tools: CODEX_TOOLS }).tools);
  for (const name of [names.wire({ name: "spawn", namespace: "agents" }), "spawn"]) {
    const [item]: Json[] = checkLegal(
      encodeEvents(
        [START, ...block(0, flatCall("c", name), "{}"), finish("tool_use")],
        asked({ tools: CODEX_TOOLS }),
      ),
    ).output;
    assert.equal(item.type, "function_call");
    assert.equal(item.name, "spawn");
    assert.equal(item.namespace, "agents");
  }
  const [custom] = checkLegal(encodeEvents([
    START,
    ...block(0, flatCall("c", names.wire({ name: "exec", namespace: "agents" })), '{"input":"1+1"}'),
    finish("tool_use"),
  ], asked({ tools: CODEX_TOOLS }))).output;
  assert.deepEqual([custom.type, custom.name, custom.namespace, custom.input], [
    "custom_tool_call",
    "exec",
    "agents",
    "1+1",
  ]);
});

test("local_shell and tool_search come back as their own items", () => {
  const { output } = checkLegal(encodeEvents([
    START,
    ...block(0, flatCall("c1", "local_shell"), '{"command":["ls",', '"-a"]}'),
    ...block(1, flatCall("c2", "tool_search"), '{"query":"agents"}'),
    finish("tool_use"),
  ], asked({ tools: CODEX_TOOLS })));
  assert.deepEqual(output[0].action, { type: "exec", env: {}, command: ["ls", "-a"] });
  assert.deepEqual([output[0].type, output[0].call_id], ["local_shell_call", "c1"]);
  assert.deepEqual([output[1].type, output[1].execution, output[1].arguments], [
    "tool_search_call",
    "client",
    { query: "agents" },
  ]);
});

test("a shell call with unreadable arguments runs nothing", () => {
  const [item]: Json[] = checkLegal(
    encodeEvents(
      [START, ...block(0, flatCall("c1", "local_shell"), '{"command": rm'), finish("tool_use")],
      asked({ tools: CODEX_TOOLS }),
    ),
  ).output;
  assert.deepEqual(item.action.command, []);
});

test("a function without arguments gets an empty object", () => {
  const [item]: Json[] = checkLegal(
    encodeEvents(
      [START, ...block(0, flatCall("c", "exec_command")), finish("tool_use")],
      asked({ tools: CODEX_TOOLS }),
    ),
  ).output;
  assert.equal(item.arguments, "{}");
});

test("two calls with one id, or none, are told apart", () => {
  const { output } = checkLegal(encodeEvents([
    START,
    ...block(0, flatCall("c", "exec_command"), "{}"),
    ...block(1, flatCall("c", "exec_command"), "{}"),
    ...block(2, flatCall("", "exec_command"), "{}"),
    finish("tool_use"),
  ], asked({ tools: CODEX_TOOLS })));
  assert.equal(new Set(output.map((item: { call_id: string }) => item.call_id)).size, 3);
});

test("another dialect's thinking is shown as a summary and sealed with its signature", () => {
  const [item]: Json[] = checkLegal(encodeEvents([
    START,
    { type: "block_start", index: 0, block: { type: "reasoning" } },
    { type: "delta", index: 0, text: "Let me " },
    { type: "delta", index: 0, text: "think." },
    { type: "signature", index: 0, signature: "sig==" },
    { type: "block_stop", index: 0 },
    finish("end_turn"),
  ], asked())).output;
  assert.deepEqual(item.summary, [{ type: "summary_text", text: "Let me think." }]);
  // What Codex sends back: no text, the encrypted content unchanged.
  const again = asked({
    input: [{ type: "reasoning", summary: [], encrypted_content: item.encrypted_content }],
  });
  assert.deepEqual(again.messages, [{
    role: "assistant",
    parts: [{ type: "reasoning", text: "Let me think.", signature: "sig==" }],
  }]);
});

test("empty texts and empty reasoning are not told", () => {
  const { output } = checkLegal(encodeEvents([
    START,
    ...block(0, { type: "reasoning" }),
    ...block(1, { type: "text" }, ""),
    finish("end_turn"),
  ], asked()));
  assert.deepEqual(output, []);
});

test("a refusal without words is told as one", () => {
  const { output } = checkLegal(encodeEvents([START, finish("refusal")], asked()));
  assert.equal(output[0].content[0].type, "refusal");
});

for (
  const [stop, reason] of [["max_tokens", "max_output_tokens"], ["content_filter", "content_filter"]] as const
) {
  test(`an answer that ended by ${stop} is incomplete because of ${reason}`, () => {
    const response = checkLegal(
      encodeEvents([START, ...block(0, { type: "text" }, "a"), finish(stop)], asked()),
    );
    assert.equal(response.status, "incomplete");
    assert.deepEqual(response.incomplete_details, { reason });
  });
}

for (
  const [type, code] of [
    ["rate_limited", "rate_limit_exceeded"],
    ["overloaded", "server_error"],
    ["unreachable", "server_error"],
    ["context_overflow", "context_length_exceeded"],
    ["bad_request", "invalid_prompt"],
    ["overloaded_error", "server_error"],
  ] as const
) {
  test(`a failure of the kind ${type} after output began ends the stream with ${code}`, () => {
    const written = encodeEvents([
      START,
      { type: "block_start", index: 0, block: { type: "text" } },
      { type: "delta", index: 0, text: "Half" },
      { type: "block_start", index: 1, block: flatCall("c", "exec_command") },
      { type: "delta", index: 1, text: '{"cmd":"rm -rf' },
      { type: "error", error: { message: "no more", type } },
    ], asked({ tools: CODEX_TOOLS }));
    const response = checkLegal(written);
    assert.deepEqual(response.error, { code, message: "no more" });
    // Codex runs a call as soon as its item is done.
    const done = written.filter((event) => event.type === "response.output_item.done");
    assert.deepEqual(done.map((event) => event.item.type), ["message"]);
  });
}

test("a failure before anything else is a whole stream of its own", () => {
  checkLegal(encodeEvents([{ type: "error", error: { message: "no" } }], asked()));
  checkLegal(encodeEvents([], asked()));
});

test("a citation without offsets covers its text", () => {
  const [item]: Json[] = checkLegal(encodeEvents([
    START,
    { type: "block_start", index: 0, block: { type: "text" } },
    { type: "citation", index: 0, citation: { url: "https://example.com", title: "Example" } },
    { type: "delta", index: 0, text: "0123456789" },
    { type: "block_stop", index: 0 },
    finish("end_turn"),
  ], asked())).output;
  assert.deepEqual(item.content[0].annotations, [
    { type: "url_citation", url: "https://example.com", title: "Example", start_index: 0, end_index: 10 },
  ]);
});

/** Ids are made anew each time. */
function withoutIds(output: unknown): unknown {
  return JSON.parse(JSON.stringify(output, (key, value) => key === "id" ? undefined : value));
}

/** The reply as a client of this dialect can know it. */
function visible(reply: Reply): Part[] {
  return JSON.parse(
    JSON.stringify(
      reply.parts.map((part) =>
        part.type === "tool_call" || "itemId" in part ? { ...part, itemId: undefined } : part
      ),
    ),
  );
}

test("any streamed answer is legal, and equals the same answer given whole", () => {
  const conversation: Conversation = asked({ tools: CODEX_TOOLS });
  const tools = conversation.tools.filter((tool) => tool.kind === "function" || tool.kind === "custom");
  fc.assert(
    fc.property(
      fc.oneof(streamArbitrary(), streamArbitrary(replyArbitrary({ tools }))),
      ({ reply, events }) => {
        const response = checkLegal(encodeEvents(events, conversation));
        const whole = openAiResponses.reply.encode(reply, conversation);
        assert.deepEqual(withoutIds(response.output), withoutIds(whole.output));
        assert.deepEqual(response.usage, whole.usage);
        assert.equal(response.status, whole.status);
        assert.deepEqual(response.tools, whole.tools);
      },
    ),
  );
});

test("any answer survives writing and reading, streamed and whole", () => {
  const conversation: Conversation = asked({ tools: CODEX_TOOLS });
  const tools = conversation.tools.filter((tool) => tool.kind === "function" || tool.kind === "custom");
  fc.assert(
    fc.property(streamArbitrary(replyArbitrary({ tools, signedReasoning: false })), ({ reply, events }) => {
      const streamed = collect(decodeEvents(encodeEvents(events, conversation)));
      const whole = openAiResponses.reply.decode(openAiResponses.reply.encode(reply, conversation));
      for (const got of [streamed, whole]) {
        assert.deepEqual(visible(got), visible(reply));
        assert.equal(got.id, `resp_${reply.id}`);
        assert.equal(got.stop, reply.stop);
        assert.deepEqual(got.usage, { ...reply.usage });
        assert.equal(got.model, reply.model);
      }
    }),
  );
});

test("every recorded answer, read and written again, gives the same items", () => {
  for (const { name, events } of recordedStreams()) {
    if (events.at(-1).type === "response.failed") continue;
    const read = decodeEvents(events);
    const response = checkLegal(encodeEvents(read, asked()));
    const reply = collect(read);
    assert.deepEqual(visible(openAiResponses.reply.decode(response)), visible(reply), name);
    assert.deepEqual(
      visible(collect(decodeEvents(encodeEvents([...replyToEvents(reply)], asked())))),
      visible(reply),
      name,
    );
  }
});
