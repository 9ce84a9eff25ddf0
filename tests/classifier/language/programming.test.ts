import assert from "node:assert/strict";
import { test } from "node:test";
import { classifyPrompt } from "../../../src/classifier/classify.ts";

const CASES: readonly (readonly [prompt: string, language: string | undefined])[] = [
  ["write a parser in rust", "rust"],
  ["fix it\n```py\nx\n```", "python"],
  ["explain src/version.rs", "rust"],
  ["Compare these for one Go backend", "go"],
  ["does go have enums", "go"],
  ["how does garbage collection work in go", "go"],
  ["we need to go to production", undefined],
  ["Go ahead and rename it", undefined],
  ["we need a swift answer", undefined],
  ["what is weak self in a Swift closure", "swift"],
  ["write a linked list in C", "c"],
  ["plan C is the best", undefined],
  ["a C++ daemon leaks", "cpp"],
  ["make it async in C#", "csharp"],
  ["add a test to Foo.java", "java"],
  ["what is a closure in JavaScript", "javascript"],
  ["add zod validation", "typescript"],
  ["Django model for invoices", "python"],
  ["express this in simpler words", undefined],
  ["Express middleware for logging", "javascript"],
  ["the room is cold", undefined],
  ["add a Room migration", "kotlin"],
  ["what is 3.14 and e.g. this", undefined],
  ["`SELECT` in SQL", "sql"],
];

for (const [prompt, language] of CASES) {
  test(`${JSON.stringify(prompt)} is about ${language ?? "no language"}`, () => {
    assert.equal(classifyPrompt(prompt).language, language);
  });
}
