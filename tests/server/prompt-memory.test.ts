import { test } from "node:test";
import assert from "node:assert/strict";
import { classifyPrompt } from "../../src/classifier/classify.ts";
import { rememberedPrompt } from "../../src/server/prompt-memory.ts";
import { configOf } from "../support/proxy.ts";

test("a prompt is classified once for a configuration's words", () => {
  const { words } = configOf("").router;
  for (const prompt of ["plan the architecture", "build this feature", "hello", ""]) {
    const first = rememberedPrompt(prompt, words);
    assert.deepEqual(first, classifyPrompt(prompt, words));
    assert.equal(rememberedPrompt(prompt, words), first);
  }
});

test("other words are another memory", () => {
  const own = configOf('[router.words]\nthink = ["frobnicate"]').router.words;
  assert.equal(rememberedPrompt("frobnicate the cache", configOf("").router.words).kind, "default");
  assert.equal(rememberedPrompt("frobnicate the cache", own).kind, "think");
});

test("the memory forgets its oldest prompts, and never keeps a long one", () => {
  const { words } = configOf("").router;
  const first = rememberedPrompt("plan 0", words);
  for (let i = 1; i <= 256; i++) rememberedPrompt(`plan ${i}`, words);
  assert.notEqual(rememberedPrompt("plan 0", words), first);
  const long = "plan ".repeat(1000);
  assert.notEqual(rememberedPrompt(long, words), rememberedPrompt(long, words));
});
