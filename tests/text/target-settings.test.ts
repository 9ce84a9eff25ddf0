import assert from "node:assert/strict";
import { test } from "node:test";
import { splitSettings, targetText } from "../../src/text/target-settings.ts";

test("a target is shown with its settings as a file may write it", () => {
  const text = "anthropic,claude-opus-4-8?effort=high&max_tokens=8000&temperature=0.2";
  const { name, settings, wrong } = splitSettings(text);
  assert.deepEqual([name, wrong], ["anthropic,claude-opus-4-8", []]);
  assert.equal(targetText({ provider: "anthropic", model: "claude-opus-4-8", settings: settings! }), text);
  assert.equal(targetText({ provider: "a", model: "b" }), "a,b");
});
