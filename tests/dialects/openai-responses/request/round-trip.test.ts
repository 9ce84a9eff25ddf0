import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Conversation } from "../../../../src/model/conversation.ts";
import type { Json } from "../../../../src/model/json.ts";
import { openAiResponses } from "../../../../src/dialects/openai-responses/index.ts";
import { conversationArbitrary } from "../../support/conversation.ts";
import { TARGET } from "../encoded.ts";
import { asked } from "../support.ts";

test("a Codex request goes out again to a provider of this dialect with all that it has", () => {
  const body = {
    model: "gpt-test",
    stream: true,
    store: false,
    include: ["reasoning.encrypted_content"],
    reasoning: { effort: "medium", context: "all_turns" },
    text: { verbosity: "low" },
    prompt_cache_key: "k",
    client_metadata: { a: "b" },
    parallel_tool_calls: true,
    tool_choice: "auto",
    tools: [
      {
        type: "function",
        name: "exec",
        description: "E",
        strict: false,
        parameters: { type: "object", properties: {} },
      },
      {
        type: "custom",
        name: "apply_patch",
        description: "P",
        format: { type: "grammar", syntax: "lark", definition: "x" },
      },
      { type: "tool_search", execution: "client", description: "S", parameters: { type: "object" } },
      { type: "web_search", external_web_access: true },
    ],
    input: [
      { type: "message", role: "developer", content: [{ type: "input_text", text: "D" }] },
      { type: "message", role: "user", content: [{ type: "input_text", text: "U" }] },
      { type: "function_call", call_id: "c1", name: "exec", arguments: "{}" },
      { type: "function_call_output", call_id: "c1", output: "R" },
    ],
  };
  const encoded = openAiResponses.request.encode(asked(body), { ...TARGET, model: "gpt-test" });
  assert.deepEqual(encoded.body, body);
  assert.deepEqual(encoded.dropped, []);
});

/** The order of tools and their grouping in namespaces make no difference. */
function normal(conversation: Conversation): Json {
  const tools = [...conversation.tools].sort((a, b) =>
    `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1
  );
  return JSON.parse(
    JSON.stringify({ ...conversation, tools, maxTokens: Math.max(16, conversation.maxTokens ?? 16) }),
  );
}

test("any conversation survives encoding and decoding, except for what the tables drop", () => {
  const carried = conversationArbitrary("openai-responses", {
    cacheMarks: false,
    signedReasoning: false,
    stop: false,
  });
  fc.assert(fc.property(carried, (conversation) => {
    const { body, dropped } = openAiResponses.request.encode(conversation, {
      ...TARGET,
      model: conversation.model,
    });
    assert.deepEqual(dropped, []);
    const { reasoning: _asked, ...again } = openAiResponses.request.decode(JSON.parse(JSON.stringify(body)));
    const { store, ...rest } = again;
    assert.equal(store, false);
    const expected = normal(conversation);
    // A choice or a parallel mark without tools says nothing.
    if (conversation.tools.length === 0) {
      delete expected.toolChoice;
      delete expected.parallelToolCalls;
    }
    assert.deepEqual(normal(rest), expected);
  }));
});

test("any conversation of any dialect becomes a body without undefined fields", () => {
  fc.assert(fc.property(
    fc.constantFrom("anthropic-messages" as const, "openai-chat" as const).chain((dialect) =>
      conversationArbitrary(dialect)
    ),
    fc.subarray(["strict-fields", "no-developer-role", "system-first-only", "no-additional-properties"]),
    (conversation, quirks) => {
      const { body } = openAiResponses.request.encode(conversation, { ...TARGET, quirks });
      assert.deepEqual(
        JSON.parse(JSON.stringify(body)),
        JSON.parse(JSON.stringify(body, (_key, value) => value === undefined ? "undefined!" : value)),
      );
      const results = body.input.filter((item: Json) => /_output$/.test(item.type)).map((item: Json) =>
        item.call_id
      );
      const calls = body.input.filter((item: Json) => /_call$/.test(item.type)).map((item: Json) =>
        item.call_id
      );
      assert.deepEqual(results.filter((id: string) => !calls.includes(id)), []);
    },
  ));
});
