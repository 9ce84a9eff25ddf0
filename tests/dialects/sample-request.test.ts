import assert from "node:assert/strict";
import { test } from "node:test";
import { dialects } from "../../src/dialects/registry.ts";
import { inConversation, NoRequest, requestFor, requestFrom } from "../../src/dialects/sample-request.ts";

test("a prompt is a request of each dialect", () => {
  for (const name of Object.keys(dialects) as (keyof typeof dialects)[]) {
    const facts = requestFor("Pläne\n日本", name, "fast");
    assert.deepEqual([facts.dialect, facts.model, facts.messages.at(-1)?.texts], [name, "fast", [
      "Pläne\n日本",
    ]]);
  }
  assert.deepEqual([requestFor("hi").dialect, requestFor("hi").model], ["anthropic-messages", "auto"]);
});

test("earlier prompts come before it, and what the agent said last right before it", () => {
  const facts = requestFor("third");
  assert.equal(inConversation(facts, [], undefined), facts);
  const { messages } = inConversation(facts, ["first", "second"], "Shall I?");
  assert.deepEqual(messages.map(({ role, texts }) => [role, ...texts]), [
    ["user", "first"],
    ["assistant"],
    ["user", "second"],
    ["assistant", "Shall I?"],
    ["user", "third"],
  ]);
  const answered = inConversation(facts, [], "Shall I?").messages;
  assert.deepEqual(answered.map(({ role }) => role), ["assistant", "user"]);
});

test("a bare body is known by its own fields", () => {
  const of = (body: unknown) => requestFrom(JSON.stringify(body), "a.json").dialect;
  const messages = [{ role: "user", content: "hi" }];
  assert.equal(of({ messages }), "openai-chat");
  assert.equal(of({ messages, max_tokens: 10 }), "anthropic-messages");
  assert.equal(of({ input: "hi" }), "openai-responses");
  assert.equal(of({}), "openai-chat");
});

test("a recorded request is read with its path and headers, whatever their case", () => {
  const recorded = {
    method: "POST",
    path: "/v1/messages/count_tokens",
    headers: { "User-Agent": "claude-cli/2.1.330 (external, cli)" },
    body: { model: "claude-x", messages: [{ role: "user", content: "hi" }] },
  };
  const facts = requestFrom(JSON.stringify(recorded), "a.json");
  assert.deepEqual([facts.dialect, facts.operation, facts.client], [
    "anthropic-messages",
    "count_tokens",
    "claude-code",
  ]);
  const asked = requestFrom(JSON.stringify(recorded), "a.json", "openai-chat", "fast");
  assert.deepEqual([asked.dialect, asked.model], ["openai-chat", "fast"]);
});

test("what is not a request is refused with its source, for people", () => {
  const refused = (text: string) => {
    try {
      requestFrom(text, "prompt.json");
    } catch (error) {
      assert.ok(error instanceof NoRequest);
      return error.message;
    }
    return undefined;
  };
  assert.match(refused("{") ?? "", /^prompt\.json is not JSON/);
  for (const text of ["[]", "null", '"hi"', "7"]) {
    assert.match(refused(text) ?? "", /^prompt\.json should hold a JSON object/, text);
  }
});
