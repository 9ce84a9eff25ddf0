import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json } from "../../../../src/model/json.ts";
import { openAiChat } from "../../../../src/dialects/openai-chat/index.ts";
import { isUsageOnlyChunk } from "../../../../src/dialects/openai-chat/stream/watch.ts";
import { chunk, collect, decode, piece, recordings, wire } from "../streams.ts";

/** As JavaScript and as Python write JSON. */
const FORMS: readonly ((json: Json) => string)[] = [
  (json) => JSON.stringify(json),
  (json) => JSON.stringify(json, null, 1).replaceAll("\n", " "),
];

const CASES: readonly { name: string; data: Json; is: "prelude" | "output" | "error" }[] = [
  { name: "a role", data: chunk({ role: "assistant", content: "" }), is: "prelude" },
  { name: "null content", data: chunk({ role: "assistant", content: null, refusal: null }), is: "prelude" },
  { name: "empty reasoning and no calls", data: chunk({ reasoning: "", tool_calls: [] }), is: "prelude" },
  { name: "a chunk without choices", data: { choices: [], prompt_filter_results: [] }, is: "prelude" },
  {
    name: "usage alone",
    data: { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } },
    is: "prelude",
  },
  { name: "no error", data: chunk({ content: "" }, null, { error: null }), is: "prelude" },
  { name: "text", data: chunk({ content: "x" }), is: "output" },
  { name: "a quote", data: chunk({ content: '"' }), is: "output" },
  { name: "reasoning", data: chunk({ content: "", reasoning_content: "x" }), is: "output" },
  { name: "a refusal", data: chunk({ content: null, refusal: "x" }), is: "output" },
  { name: "a tool call", data: chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", "")] }), is: "output" },
  { name: "an error", data: { error: { message: "busy" } }, is: "error" },
  {
    name: "an error beside choices",
    data: chunk({ content: "" }, "error", { error: { message: "busy" } }),
    is: "error",
  },
  {
    name: "an error in a choice",
    data: { choices: [{ index: 0, delta: {}, error: { message: "busy" } }] },
    is: "error",
  },
  { name: "a message alone", data: { object: "error", message: "busy" }, is: "error" },
  { name: "a failed finish", data: chunk({}, "insufficient_system_resource"), is: "error" },
  { name: "the word error", data: chunk({ content: "error" }), is: "output" },
  { name: "talk of errors", data: chunk({ content: '{"error":{"message":"busy"}}' }), is: "output" },
  { name: "talk of usage", data: chunk({ content: '"usage":{"prompt_tokens":1}' }), is: "output" },
];

for (const { name, data, is } of CASES) {
  test(`${name} is ${is}`, () => {
    for (const form of FORMS) {
      const watch = openAiChat.stream.watch();
      assert.equal(watch.push({ data: form(data) }), is);
      assert.equal(watch.error !== undefined, is === "error");
    }
  });
}

test("the end mark is the end; a finish reason says that it may be missing", () => {
  const watch = openAiChat.stream.watch();
  watch.push({ data: JSON.stringify(chunk({ content: "x" })) });
  assert.equal(watch.finished, false);
  watch.push({ data: JSON.stringify(chunk({}, "stop")) });
  assert.equal(watch.finished, true);
  assert.equal(watch.push({ data: "[DONE]" }), "end");
});

test("text that is not JSON, and an event named error, are failures", () => {
  assert.equal(openAiChat.stream.watch().push({ data: "bad gateway" }), "error");
  assert.equal(
    openAiChat.stream.watch().push({ event: "error", data: '{"message":"x","choices":[]}' }),
    "error",
  );
});

for (const { name, lines } of recordings()) {
  test(`the recorded stream "${name}" gives the watch what it gives the decoder`, () => {
    const events = decode(wire(lines));
    const reply = collect(events);
    for (const form of FORMS) {
      const watch = openAiChat.stream.watch();
      const seen = lines.map((line) => watch.push({ data: form(JSON.parse(line)) }));
      assert.ok(seen.includes("output"));
      assert.ok(!seen.includes("error"));
      assert.deepEqual(watch.usage, reply.usage);
      assert.equal(watch.finished, true);
      let chars = 0;
      for (const event of events) if (event.type === "delta") chars += event.text.length;
      assert.ok(
        watch.outputChars >= chars * 0.8 && watch.outputChars <= chars * 2 + 10,
        `${watch.outputChars}/${chars}`,
      );
    }
  });
}

test("whatever the text, watching sees output and neither error nor usage", () => {
  const words = fc.array(
    fc.constantFrom('"usage":{', '"error":', "\\", '"', "[DONE]", '"choices":[]', "é", "{"),
  );
  fc.assert(fc.property(words, (list) => {
    const content = "x" + list.join("");
    const watch = openAiChat.stream.watch();
    assert.equal(watch.push({ data: JSON.stringify(chunk({ content })) }), "output");
    assert.equal(watch.usage, undefined);
    assert.equal(watch.outputChars, JSON.stringify(content).length - 2);
    assert.equal(isUsageOnlyChunk(JSON.stringify(chunk({ content }))), false);
  }));
});

test("the usage chunk is known from all others", () => {
  const usage = { prompt_tokens: 1, completion_tokens: 2 };
  for (const form of FORMS) {
    assert.equal(isUsageOnlyChunk(form({ id: "x", choices: [], usage })), true);
    assert.equal(isUsageOnlyChunk(form({ id: "x", choices: [], usage: null })), false);
    assert.equal(isUsageOnlyChunk(form({ id: "x", choices: [], prompt_filter_results: [] })), false);
    assert.equal(isUsageOnlyChunk(form({ choices: [], usage, error: { message: "busy" } })), false);
    assert.equal(isUsageOnlyChunk(form(chunk({ content: "x" }, "stop", { usage }))), false);
  }
  assert.equal(isUsageOnlyChunk("[DONE]"), false);
});

test("an error, usage or a finish reason is seen behind a text like the one before", () => {
  for (const form of FORMS) {
    const watch = openAiChat.stream.watch();
    const say = (finish: string | null, more: Json = {}) =>
      watch.push({ data: form(chunk({ content: "x" }, finish, more)) });
    assert.deepEqual([say(null), say(null), say(null)], ["output", "output", "output"]);
    assert.equal(watch.finished, false);
    assert.equal(say("stop"), "output");
    assert.equal(watch.finished, true);
    say(null, { usage: { prompt_tokens: 1, completion_tokens: 2 } });
    assert.equal(watch.usage?.output, 2);
    assert.equal(watch.outputChars, 5);
    assert.equal(say(null, { error: { message: "busy" } }), "error");
    assert.equal(watch.error?.message, "busy");
  }
});
