import assert from "node:assert/strict";
import { test } from "node:test";
import {
  argumentsFor,
  ItemIds,
  responseId,
} from "../../../../src/dialects/openai-responses/answer/encode.ts";
import { openAiResponses } from "../../../../src/dialects/openai-responses/index.ts";
import type { Part, Reply } from "../../../../src/model/conversation.ts";
import type { Json } from "../../../../src/model/json.ts";
import { CODEX_TOOLS } from "../events.ts";
import { asked } from "../support.ts";

const { encode } = openAiResponses.reply;

test("an answer goes out as a response with the client's own settings in it", () => {
  const conversation = asked({
    tools: [{ type: "custom", name: "patch" }, { type: "web_search" }],
    tool_choice: { type: "custom", name: "patch" },
    temperature: 0.5,
    metadata: { a: "b" },
    text: { verbosity: "low" },
  });
  const response = encode({
    id: "msg_1",
    model: "claude",
    created: 5,
    parts: [{
      type: "tool_call",
      id: "toolu_1",
      name: "patch",
      kind: "function",
      arguments: '{"input":"a\\nb"}',
    }],
    stop: "tool_use",
    usage: { input: 1, cacheRead: 2, cacheWrite: 3, output: 4, reasoning: 1 },
  }, conversation);
  const [item] = response.output;
  assert.deepEqual({ ...item, id: "" }, {
    type: "custom_tool_call",
    id: "",
    status: "completed",
    call_id: "toolu_1",
    name: "patch",
    input: "a\nb",
  });
  assert.match(item.id, /^ctc_/);
  assert.deepEqual([response.id, response.created_at, response.status], ["resp_msg_1", 5, "completed"]);
  assert.deepEqual(response.tools, [{ type: "custom", name: "patch" }, { type: "web_search" }]);
  assert.deepEqual(response.tool_choice, { type: "custom", name: "patch" });
  assert.deepEqual([response.temperature, response.metadata, response.text.verbosity], [
    0.5,
    { a: "b" },
    "low",
  ]);
  assert.equal(response.usage.total_tokens, 10);
});

test("an error inside an answer makes it a failed response", () => {
  const response = encode({
    id: "",
    model: "m",
    parts: [],
    stop: "end_turn",
    error: { message: "no", type: "overloaded_error" },
  }, asked());
  assert.deepEqual([response.status, response.error], ["failed", { code: "server_error", message: "no" }]);
});

const answer = (fields: Partial<Reply>, body: Json = {}): Json =>
  encode({ id: "", model: "m", stop: "end_turn", parts: [], ...fields }, asked(body));

test("a response has every field of the API, also where the request said nothing", () => {
  // https://platform.openai.com/docs/api-reference/responses/object
  const { id, created_at, ...rest } = answer({});
  assert.match(id, /^resp_[0-9a-f]{32}$/);
  assert.ok(Math.abs(created_at - Date.now() / 1000) < 600);
  assert.deepEqual(rest, {
    object: "response",
    status: "completed",
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    model: "m",
    output: [],
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: null, summary: null },
    safety_identifier: null,
    service_tier: "auto",
    store: false,
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: "disabled",
    usage: null,
    user: null,
    metadata: {},
  });
});

test("texts in a row of one phase are one message, and empty ones none", () => {
  const parts: Part[] = [
    { type: "text", text: "" },
    { type: "text", text: "a", phase: "commentary" },
    { type: "text", text: "é", phase: "commentary", citations: [{ url: "https://a" }] },
    { type: "text", text: "c" },
    { type: "refusal", text: "no" },
    { type: "reasoning" },
    { type: "text", text: "d" },
  ];
  const { output } = answer({ parts });
  assert.deepEqual(
    output.map(({ phase, content }: Json) => [phase, ...content.map((one: Json) => one.text ?? one.refusal)]),
    [["commentary", "a", "é"], [undefined, "c", "no", "d"]],
  );
  assert.deepEqual(output[0].content[1].annotations, [
    { type: "url_citation", url: "https://a", title: "https://a", start_index: 0, end_index: 1 },
  ]);
  assert.equal(new Set(output.map(({ id }: Json) => id)).size, output.length);
});

test("a refusal without words is a refusal to the client", () => {
  const { output, status } = answer({ stop: "refusal" });
  assert.deepEqual([status, output[0].content[0].type], ["completed", "refusal"]);
  assert.match(output[0].content[0].refusal, /declined/);
  assert.equal(answer({ stop: "refusal", parts: [{ type: "refusal", text: "no" }] }).output.length, 1);
});

test("ids of calls come once, and items keep an id of their own kind alone", () => {
  const ids = new ItemIds();
  assert.equal(ids.call("c"), "c");
  assert.match(ids.call("c"), /^c_\d+$/);
  assert.match(ids.call(""), /^call_[0-9a-f]{32}\d+$/);
  assert.equal(ids.item("rs_", "rs_1"), "rs_1");
  assert.match(ids.item("rs_", "msg_1"), /^rs_[0-9a-f]{32}\d+$/);
  assert.notEqual(ids.item("rs_"), ids.item("rs_"));
});

test("another dialect's id looks like a response's", () => {
  assert.equal(responseId("resp_1"), "resp_1");
  assert.equal(responseId("chatcmpl-1"), "resp_chatcmpl-1");
  assert.notEqual(responseId(""), responseId(""));
});

test("a function without arguments takes an empty object, the other kinds their own form", () => {
  const tool = { kind: "function" as const, name: "f", asFunction: false };
  assert.deepEqual([argumentsFor(tool, ""), argumentsFor(tool, '{"a":1}')], ["{}", '{"a":1}']);
  const custom = { kind: "custom" as const, name: "c" };
  assert.equal(argumentsFor({ ...custom, asFunction: true }, '{"input":"é"}'), "é");
  assert.equal(argumentsFor({ ...custom, asFunction: false }, '{"input":"é"}'), '{"input":"é"}');
});

test("the tools of the request are given back, another dialect's own tools not", () => {
  const { tools, tool_choice } = answer({}, { tools: CODEX_TOOLS, tool_choice: "required" });
  assert.deepEqual(tools.map(({ type, name }: Json) => name ?? type), [
    "exec_command",
    "apply_patch",
    "local_shell",
    "tool_search",
    "agents",
  ]);
  assert.equal(tool_choice, "required");
});
