import { test } from "node:test";
import assert from "node:assert/strict";
import { judge } from "../../src/classifier/classify.ts";
import { conversationView } from "../../src/classifier/prompt/conversation.ts";
import { rememberedJudge } from "../../src/server/prompt-memory.ts";
import { configOf } from "../support/proxy.ts";
import { assistant, requestFacts, user } from "../support/request-facts.ts";

/** The view of a conversation: prompts and answers in turn. */
const viewOf = (...texts: string[]) =>
  conversationView(
    requestFacts({ messages: texts.map((text, i) => i % 2 === 0 ? user(text) : assistant(text)) }),
  );

test("a prompt is judged once for a configuration's words", () => {
  const { words } = configOf("").router;
  for (const prompt of ["plan the architecture", "build this feature", "hello", "1"]) {
    const first = rememberedJudge(viewOf(prompt), words);
    assert.deepEqual(first, judge(viewOf(prompt), words));
    assert.equal(rememberedJudge(viewOf(prompt), words), first);
  }
});

test("the same prompt after another answer is judged again", () => {
  const { words } = configOf("").router;
  const first = rememberedJudge(viewOf("the parser fails", "Shall I commit the fix?", "yes"), words);
  const second = rememberedJudge(viewOf("the parser fails", "Shall I rewrite the parser?", "yes"), words);
  assert.notEqual(first, second);
});

test("other words are another memory", () => {
  const own = configOf('[router.words]\nthink = ["frobnicate"]').router.words;
  assert.notEqual(rememberedJudge(viewOf("frobnicate the cache"), configOf("").router.words).kind, "think");
  assert.equal(rememberedJudge(viewOf("frobnicate the cache"), own).kind, "think");
});

test("the memory forgets its oldest prompts, and never keeps a long one", () => {
  const { words } = configOf("").router;
  const first = rememberedJudge(viewOf("plan 0"), words);
  for (let i = 1; i <= 256; i++) rememberedJudge(viewOf(`plan ${i}`), words);
  assert.notEqual(rememberedJudge(viewOf("plan 0"), words), first);
  const long = viewOf("plan ".repeat(2000));
  assert.notEqual(rememberedJudge(long, words), rememberedJudge(long, words));
});
