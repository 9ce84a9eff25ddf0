import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  decodeTier,
  decodeUsage,
  encodeDeltaUsage,
  encodeUsage,
  mergeUsage,
} from "../../../src/dialects/anthropic-messages/usage.ts";
import type { Usage } from "../../../src/model/usage.ts";

const NOTHING: Usage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };

test("every count of the wire is read, each kind of token once", () => {
  // https://platform.claude.com/docs/en/api/messages#response-usage
  const wire = {
    input_tokens: 10,
    cache_read_input_tokens: 20,
    cache_creation_input_tokens: 30,
    cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    output_tokens: 40,
    output_tokens_details: { thinking_tokens: 15 },
    server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
  };
  assert.deepEqual(decodeUsage(wire), {
    input: 10,
    cacheRead: 20,
    cacheWrite: 30,
    cacheWrite1h: 20,
    output: 40,
    reasoning: 15,
    webSearches: 2,
    webFetches: 1,
  });
});

test("writes that are reported by their lives alone are added up", () => {
  const cache_creation = { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 };
  assert.deepEqual(decodeUsage({ cache_creation }), { ...NOTHING, cacheWrite: 30, cacheWrite1h: 20 });
});

test("counts of odd kinds count as none", () => {
  for (const odd of [-1, "7", null, NaN, {}]) {
    assert.deepEqual(decodeUsage({ input_tokens: odd, output_tokens: odd, cache_creation: odd }), NOTHING);
  }
  for (const none of [undefined, null, "x", 7, []]) assert.equal(decodeUsage(none), undefined);
});

test("a later count wins unless it is zero, and output only grows", () => {
  const start = decodeUsage({ input_tokens: 9, cache_read_input_tokens: 5, output_tokens: 1 });
  assert.deepEqual(mergeUsage(start, { output_tokens: 7, input_tokens: 0 }), {
    ...NOTHING,
    input: 9,
    cacheRead: 5,
    output: 7,
  });
  assert.equal(mergeUsage(mergeUsage(start, { output_tokens: 7 }), { output_tokens: 2 })?.output, 7);
  assert.equal(mergeUsage(start, { input_tokens: 12 })?.input, 12);
  assert.equal(mergeUsage(start, null), start);
});

test("usage is the same to a client as it was to the provider's", () => {
  const count = fc.nat(9000);
  const usage = fc.record({
    input: count,
    cacheRead: count,
    cacheWrite: count,
    output: count,
    reasoning: count,
  }, {
    noNullPrototype: true,
  });
  fc.assert(fc.property(usage, fc.nat(20_000), (usage, hour) => {
    const wire = encodeUsage({ ...usage, cacheWrite1h: hour }, undefined);
    const { cacheWrite1h = 0, ...back } = decodeUsage(wire)!;
    assert.deepEqual(back, usage);
    assert.equal(cacheWrite1h, Math.min(hour, usage.cacheWrite));
    const lives = wire.cache_creation;
    assert.equal(lives.ephemeral_5m_input_tokens + lives.ephemeral_1h_input_tokens, usage.cacheWrite);
  }));
});

test("searches and thinking are reported where there were any", () => {
  const bare = encodeDeltaUsage(NOTHING);
  assert.deepEqual(Object.keys(bare).filter((key) => /details|tool/.test(key)), []);
  assert.deepEqual(encodeDeltaUsage({ ...NOTHING, webFetches: 3, reasoning: 4 }), {
    ...bare,
    output_tokens_details: { thinking_tokens: 4 },
    server_tool_use: { web_search_requests: 0, web_fetch_requests: 3 },
  });
});

test("a tier has OpenAI's word between the dialects, and Anthropic's own for a client", () => {
  assert.equal(decodeTier({ service_tier: "standard" }), "default");
  assert.equal(decodeTier({ service_tier: "priority" }), "priority");
  assert.equal(decodeTier({ service_tier: "future" }), "future");
  for (const none of [undefined, null, {}, { service_tier: 7 }]) assert.equal(decodeTier(none), undefined);
  const tier = (word: string | undefined) => encodeUsage(NOTHING, word).service_tier;
  assert.deepEqual(["priority", "batch", "flex", "default", undefined].map(tier), [
    "priority",
    "batch",
    "standard",
    "standard",
    "standard",
  ]);
});
