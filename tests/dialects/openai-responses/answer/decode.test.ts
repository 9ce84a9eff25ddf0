import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Json } from "../../../../src/model/json.ts";
import { openAiResponses } from "../../../../src/dialects/openai-responses/index.ts";
import { asked, ownAnswer } from "../support.ts";
import { shared, withoutShared } from "../../../support/shared.ts";

const { decode, encode } = openAiResponses.reply;

test("a whole answer is read: texts, citations, calls, reasoning, usage", () => {
  const reply = decode(ownAnswer("web-search"));
  assert.deepEqual(reply.parts.map((part) => part.type), ["opaque", "text"]);
  const [, text] = reply.parts;
  assert.deepEqual(text?.type === "text" && text.citations, [
    { url: "https://example.com/webhooks", title: "Webhooks", start: 0, end: 12 },
    {
      raw: {
        dialect: "openai-responses",
        value: { type: "file_citation", file_id: "file_1", filename: "notes.txt", index: 20 },
      },
    },
  ]);
  assert.deepEqual(reply.usage, { input: 80, cacheRead: 40, cacheWrite: 0, output: 30, reasoning: 0 });
  assert.equal(reply.stop, "end_turn");
  assert.equal(reply.serviceTier, "default");
});

for (
  const [name, stop] of [
    ["reasoning-tools", "tool_use"],
    ["custom-tool", "tool_use"],
    ["refusal", "refusal"],
    ["max-tokens", "max_tokens"],
  ] as const
) {
  test(`the answer "${name}" ended by ${stop}`, () => assert.equal(decode(ownAnswer(name)).stop, stop));
}

test("a failed response has its error", () => {
  const reply = decode({
    id: "r",
    status: "failed",
    error: { code: "server_error", message: "no" },
    output: [],
  });
  assert.deepEqual(reply.error, { message: "no", code: "server_error" });
});

for (
  const name of [
    "apply-patch-tool.1",
    "custom-tool.1",
    "local-shell-tool.1",
    "phase.1",
    "reasoning-encrypted-content.1",
  ]
) {
  const path = `fixtures/provider-streams/openai-responses.openai-${name}.json`;
  const skip = withoutShared(path);
  test(`the recorded answer "${name}" is decoded and encoded without loss`, { skip }, () => {
    const recorded = JSON.parse(readFileSync(shared(path), "utf8"));
    const again = encode(decode(recorded), asked());
    assert.deepEqual(
      decode(JSON.parse(JSON.stringify(again))).parts.map(plain),
      decode(recorded).parts.map(plain),
    );
    assert.deepEqual(again.usage.total_tokens, recorded.usage.total_tokens);
  });
}

function plain(part: Json): Json {
  return { ...part, itemId: undefined };
}
