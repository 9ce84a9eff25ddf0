import assert from "node:assert/strict";
import { test } from "node:test";
import { lowerOf, withEffort, withSettings } from "../../../src/dialects/shared/settings.ts";
import type { Conversation } from "../../../src/model/conversation.ts";

const ASKED: Conversation = {
  dialect: "openai-chat",
  model: "m",
  stream: false,
  messages: [],
  tools: [],
  serverTools: [],
  extensions: {},
  maxTokens: 100,
  temperature: 0.2,
  reasoning: { enabled: true, effort: "high", budgetTokens: 9000, summary: "auto", encrypted: true },
};

test("a conversation without settings of its target stays the same object", () => {
  assert.equal(withSettings(ASKED, undefined), ASKED);
  assert.deepEqual(withSettings(ASKED, {}), ASKED);
});

test("a target's temperature overrides the client's, its limit only lowers it", () => {
  assert.equal(withSettings(ASKED, { temperature: 0 }).temperature, 0);
  assert.equal(withSettings(ASKED, { maxTokens: 50 }).maxTokens, 50);
  assert.equal(withSettings(ASKED, { maxTokens: 500 }).maxTokens, 100);
  const { maxTokens: _limit, ...unlimited } = ASKED;
  assert.equal(withSettings(unlimited, { maxTokens: 500 }).maxTokens, 500);
});

test("a target's effort takes the place of effort and budget; how thinking is shown stays", () => {
  assert.deepEqual(withSettings(ASKED, { effort: "low" }).reasoning, {
    enabled: true,
    effort: "low",
    summary: "auto",
    encrypted: true,
  });
  assert.deepEqual(withEffort(undefined, "none"), { enabled: false, effort: "none" });
});

test("the lower of two limits is taken, and one alone as it is", () => {
  assert.deepEqual([lowerOf(1, 2), lowerOf(2, 1), lowerOf(0, 5)], [1, 1, 0]);
  assert.deepEqual([lowerOf(undefined, 2), lowerOf(0, undefined), lowerOf(undefined, undefined)], [
    2,
    0,
    undefined,
  ]);
});
