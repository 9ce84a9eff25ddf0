import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { inConversation, requestFor } from "../../src/dialects/sample-request.ts";
import { decide } from "../../src/server/decide.ts";
import { targetText } from "../../src/text/target-settings.ts";
import { configOf } from "../support/proxy.ts";

const KEYS = Object.fromEntries(
  ["OPENROUTER", "ANTHROPIC", "DEEPSEEK", "GROQ"].map((name) => [`${name}_API_KEY`, `key-of-${name}`]),
);
const CONFIG = configOf(
  readFileSync(new URL("../../examples/languages.toml", import.meta.url), "utf8"),
  KEYS,
);

const routed = (prompt: string, previous: readonly string[] = []) => {
  const facts = inConversation(requestFor(prompt), previous, undefined);
  const { plan } = decide(facts, CONFIG, { now: 0, model: () => undefined });
  return [plan.route, targetText(plan.targets[0]!)];
};

describe("examples/languages.toml sends a prompt to the model of its language", () => {
  for (
    const [prompt, route, target] of [
      [
        "fix the borrow checker error in this Rust function",
        "rule:rust",
        "anthropic,claude-sonnet-5?effort=high",
      ],
      ["add a generic type to the TypeScript interface", "rule:typescript", "anthropic,claude-sonnet-5"],
      ["write a Python script that reads the CSV with pandas", "rule:python", "deepseek,deepseek-v4-flash"],
      ["optimise this SQL query with a join", "rule:sql", "deepseek,deepseek-v4-pro?max_tokens=8000"],
      ["add a Terraform module for the bucket", "rule:terraform", "anthropic,claude-opus-4-8?effort=low"],
      ["add a menu to the page", "build", "anthropic,claude-sonnet-5"],
    ] as const
  ) test(prompt, () => assert.deepEqual(routed(prompt), [route, target]));
});
