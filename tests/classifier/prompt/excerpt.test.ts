import assert from "node:assert/strict";
import { test } from "node:test";
import { excerpt } from "../../../src/classifier/prompt/excerpt.ts";

const FENCE = "\n```\n";

test("a fence that is open where the end begins is opened there again", () => {
  const read = excerpt(`fix this${FENCE}${"code ".repeat(2000)}\nthe end`);
  assert.match(read, /^fix this\n```\ncode/);
  assert.match(read, /\n\n```\n```\n\n?[^`]*the end$/, "closed after the beginning, opened before the end");
});

test("a prompt of half a million characters and more has no open fence at its end", () => {
  const read = excerpt(
    `fix this${"\nwords and words".repeat(40_000)}${FENCE}${"code ".repeat(2000)}\nthe end`,
  );
  assert.doesNotMatch(read, /```/);
  assert.match(read, /the end$/);
});
