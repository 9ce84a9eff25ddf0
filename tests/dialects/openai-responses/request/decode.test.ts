import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { UnsupportedRequest } from "../../../../src/dialects/dialect.ts";
import { decodeRequest } from "../../../../src/dialects/openai-responses/request/decode.ts";
import { asked } from "../support.ts";
import { shared, withoutShared } from "../../../support/shared.ts";

const user = (text: string) => ({ role: "user", parts: [{ type: "text", text }] });

test("a string is the user's message, instructions are the system's", () => {
  const { messages, model, stream, dialect } = asked({ instructions: "Be brief.", input: "plan it" });
  assert.deepEqual(messages, [
    { role: "system", parts: [{ type: "text", text: "Be brief." }] },
    user("plan it"),
  ]);
  assert.deepEqual([model, stream, dialect], ["asked-model", true, "openai-responses"]);
});

test("odd shapes do not throw anything but a refusal", () => {
  for (
    const input of [null, 5, {}, [null, 1, "x"], [{ role: "user" }], [{ type: "function_call" }], [{
      type: "reasoning",
    }]]
  ) {
    decodeRequest({
      model: 1,
      input,
      tools: [null, {}, { type: "function" }],
      text: 3,
      reasoning: [],
      include: "x",
    });
  }
  assert.throws(() => decodeRequest(null), UnsupportedRequest);
});

const CAPTURED = "fixtures/client-requests/";

test("every captured Codex request is read: tools, prompt and results", {
  skip: withoutShared(CAPTURED),
}, () => {
  for (const file of readdirSync(shared(CAPTURED)).filter((name) => /^codex\..*json$/.test(name))) {
    const { body, expect } = JSON.parse(readFileSync(shared(CAPTURED + file), "utf8"));
    if (body === null) continue;
    const conversation = decodeRequest(body);
    const texts = conversation.messages.flatMap((message) => message.parts).map((part) =>
      part.type === "text" ? part.text : ""
    );
    if (expect.prompt !== null) assert.ok(texts.some((text) => text.includes(expect.prompt)), file);
    if (file !== "codex.compaction.json") assert.ok(conversation.tools.length > 3, file);
  }
});

test("every setting is read, and what only this dialect knows is kept by name", () => {
  const conversation = asked({
    max_output_tokens: 500,
    temperature: 0,
    top_p: 0.9,
    top_logprobs: 3,
    parallel_tool_calls: false,
    reasoning: { effort: "high", summary: "detailed", context: "all_turns" },
    include: ["reasoning.encrypted_content"],
    text: {
      format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true },
      verbosity: "low",
    },
    service_tier: "flex",
    metadata: { a: "b" },
    user: "u",
    safety_identifier: "s",
    prompt_cache_key: "k",
    prompt_cache_retention: "24h",
    store: true,
    truncation: "auto",
    max_tool_calls: 4,
    client_metadata: { x: "y" },
    previous_response_id: null,
    background: false,
  });
  const { messages: _m, tools: _t, serverTools: _s, ...rest } = conversation;
  assert.deepEqual(rest, {
    dialect: "openai-responses",
    model: "asked-model",
    stream: true,
    maxTokens: 500,
    temperature: 0,
    topP: 0.9,
    topLogprobs: 3,
    parallelToolCalls: false,
    reasoning: { enabled: true, effort: "high", summary: "detailed", encrypted: true },
    outputFormat: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true },
    verbosity: "low",
    serviceTier: "flex",
    metadata: { a: "b" },
    user: "u",
    safetyIdentifier: "s",
    promptCacheKey: "k",
    promptCacheRetention: "24h",
    store: true,
    extensions: {
      truncation: "auto",
      max_tool_calls: 4,
      client_metadata: { x: "y" },
      "reasoning.context": "all_turns",
    },
  });
});

test("effort none switches reasoning off, and a configuration update counts from then on", () => {
  assert.deepEqual(asked({ reasoning: { effort: "none" } }).reasoning, { enabled: false, effort: "none" });
  const updated = asked({
    reasoning: { effort: "low" },
    input: [{ role: "user", content: "x" }, { type: "configuration_update", reasoning: { effort: "high" } }],
  });
  assert.equal(updated.reasoning?.effort, "high");
});

for (
  const [field, body] of [
    ["previous_response_id", { previous_response_id: "resp_1" }],
    ["conversation", { conversation: "conv_1" }],
    ["prompt", { prompt: { id: "pmpt_1" } }],
    ["background", { background: true }],
    ["input[1]", { input: [{ role: "user", content: "a" }, { type: "item_reference", id: "msg_1" }] }],
    ["input[0]", { input: [{ id: "msg_1" }] }],
    ["input[0]", { input: [{ type: "compaction", encrypted_content: "x" }] }],
    ["input[0]", { input: [{ type: "compaction_trigger" }] }],
  ] as const
) {
  test(`${JSON.stringify(body)} needs a server with a memory and is refused by name`, () => {
    assert.throws(() => asked(body), (error) => {
      assert.ok(error instanceof UnsupportedRequest);
      assert.equal(error.param, field);
      assert.ok(error.message.includes(field.replace(/\[.*/, "")));
      return true;
    });
  });
}
