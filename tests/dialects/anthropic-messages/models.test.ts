import assert from "node:assert/strict";
import { test } from "node:test";
import { modelTraits } from "../../../src/dialects/anthropic-messages/models.ts";

const NAMES:
  readonly (readonly [model: string, thinking: string, sampling: string, maxOutput: number | undefined])[] = [
    ["claude-3-opus-20240229", "none", "all", 4096],
    ["anthropic/claude-3-opus", "none", "all", 4096],
    ["anthropic/claude-3.5-haiku", "none", "all", 8192],
    ["claude-3-5-sonnet-latest", "none", "all", 8192],
    ["claude-3-7-sonnet-20250219", "budget", "all", 64000],
    ["claude-sonnet-4-20250514", "budget", "all", 64000],
    ["claude-opus-4-20250514", "budget", "all", 32000],
    ["claude-opus-4-0", "budget", "all", 32000],
    ["claude-opus-4-1-20250805", "budget", "one", 32000],
    ["claude-haiku-4-5-20251001", "budget", "one", 64000],
    ["us.anthropic.claude-opus-4-6-v1", "both", "one", 128000],
    ["claude-sonnet-4-6", "both", "one", 64000],
    ["anthropic/claude-opus-4.8", "adaptive", "none", 128000],
    ["anthropic/claude-4.7-opus", "adaptive", "none", 128000],
    ["claude-sonnet-5", "adaptive", "none", 128000],
    ["claude-opus-5-5", "adaptive", "none", 128000],
    ["claude-fable-5", "adaptive", "none", 128000],
    ["claude-opus-latest", "adaptive", "none", 128000],
    ["deepseek-chat", "budget", "all", undefined],
    ["kimi-k2-0905-preview", "budget", "all", undefined],
  ];

test("a model's traits follow from its name, as any provider writes it", () => {
  for (const [model, thinking, sampling, maxOutput] of NAMES) {
    const traits = modelTraits(model);
    assert.deepEqual(
      [traits.thinking, traits.sampling, traits.maxOutput],
      [thinking, sampling, maxOutput],
      model,
    );
  }
});

test("the newest models cannot stop thinking, or know another word for it", () => {
  assert.equal(modelTraits("claude-opus-4-8").thinkingOff, "absent");
  assert.equal(modelTraits("claude-opus-5").thinkingOff, "disabled");
  assert.equal(modelTraits("claude-sonnet-5-5").thinkingOff, "between_tools");
  assert.equal(modelTraits("claude-opus-5-5").thinkingOff, "never");
  assert.equal(modelTraits("claude-fable-5").thinkingOff, "never");
});

test("models from 4.6 on take no prefill, and Opus from 4.8 on takes later system messages", () => {
  assert.equal(modelTraits("claude-sonnet-4-5").prefill, true);
  assert.equal(modelTraits("claude-sonnet-4-6").prefill, false);
  assert.equal(modelTraits("claude-opus-4-7").laterSystem, false);
  assert.equal(modelTraits("claude-opus-4-8").laterSystem, true);
  assert.equal(modelTraits("claude-sonnet-5").laterSystem, false);
});
