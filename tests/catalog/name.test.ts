import { test } from "node:test";
import assert from "node:assert/strict";
import { readName } from "../../src/catalog/name.ts";

/** [name, base, vendor, date, variant]. */
const NAMES: readonly [string, string, string, string, string][] = [
  ["claude-3.5-haiku", "claude-3-5-haiku", "", "", ""],
  ["claude-3-5-haiku-20241022", "claude-3-5-haiku", "", "20241022", ""],
  ["claude-3-5-haiku@20241022", "claude-3-5-haiku", "", "20241022", ""],
  ["claude-3-5-haiku-latest", "claude-3-5-haiku", "", "", ""],
  ["Anthropic/Claude-3.5-Haiku", "claude-3-5-haiku", "anthropic", "", ""],
  ["gpt-4o-2024-11-20", "gpt-4o", "", "20241120", ""],
  ["openai/gpt-oss-20b:free", "gpt-oss-20b", "openai", "", "free"],
  ["gpt-oss:20b", "gpt-oss-20b", "", "", ""],
  ["qwen3:latest", "qwen3", "", "", ""],
  ["accounts/fireworks/models/glm-5p1", "glm-5-1", "accounts/fireworks/models", "", ""],
  ["~anthropic/claude-opus-latest", "claude-opus", "anthropic", "", ""],
  ["qwen/qwen-plus-2025-07-28:thinking", "qwen-plus", "qwen", "20250728", "thinking"],
  ["gpt-4-0613", "gpt-4-0613", "", "", ""],
  ["mistral-large-2411", "mistral-large-2411", "", "", ""],
  ["", "", "", "", ""],
];

for (const [id, base, vendor, date, variant] of NAMES) {
  test(`the name "${id}" is split into its parts`, () =>
    assert.deepEqual(readName(id), { base, vendor, date, variant }));
}
