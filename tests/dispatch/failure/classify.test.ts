import assert from "node:assert/strict";
import { test } from "node:test";
import { classifyFailure, resetInBody } from "../../../src/dispatch/failure/classify.ts";
import type { FailureClass, ProviderError } from "../../../src/model/failure.ts";

const cases: readonly (readonly [FailureClass, number | undefined, ProviderError, number?])[] = [
  ["rate_limited", 429, { message: "Rate limit reached", type: "rate_limit_error" }],
  ["rate_limited", 429, { message: "slow" }, 60_000],
  ["quota_exhausted", 429, { message: "slow" }, 6 * 60_000],
  ["quota_exhausted", 429, { message: "You exceeded your current quota", code: "insufficient_quota" }],
  ["quota_exhausted", 429, { message: "The usage limit has been reached", type: "usage_limit_reached" }],
  ["quota_exhausted", 402, { message: "Insufficient credits" }],
  ["quota_exhausted", 400, {
    message: "Your credit balance is too low to access the Anthropic API.",
    type: "invalid_request_error",
  }],
  ["quota_exhausted", 429, { message: "You've hit your limit · resets 3am", type: "rate_limit_error" }],
  ["overloaded", 529, { message: "Overloaded", type: "overloaded_error" }],
  ["overloaded", 503, { message: "Service Unavailable" }],
  ["overloaded", undefined, { message: "Overloaded", type: "overloaded_error" }],
  ["overloaded", undefined, { message: "busy", code: "server_is_overloaded" }],
  ["rate_limited", undefined, { message: "too many", code: "rate_limit_exceeded" }],
  ["rate_limited", undefined, { message: "Provider returned error", code: "429" }],
  ["server_error", 500, { message: "Internal", type: "api_error" }],
  ["server_error", 502, { message: "an HTML page instead of JSON: 502 Bad Gateway" }],
  ["server_error", 500, { message: "x", type: "invalid_request_error" }],
  ["server_error", undefined, { message: "?" }],
  ["server_error", 302, { message: "the provider redirects" }],
  ["timeout", 504, { message: "gateway timeout" }],
  ["refused_credentials", 401, { message: "invalid x-api-key", type: "authentication_error" }],
  ["refused_credentials", 403, { message: "forbidden" }],
  ["refused_credentials", 400, { message: "API key not valid. Please pass a valid API key." }],
  ["model_unknown", 404, { message: "model: claude-9", type: "not_found_error" }],
  ["model_unknown", 400, { message: "foo/bar is not a valid model ID" }],
  ["model_unknown", 404, { message: "No endpoints found for x/y." }],
  ["model_unknown", 400, { message: "The model `x` has been decommissioned", code: "model_decommissioned" }],
  ["context_overflow", 400, {
    message: "prompt is too long: 210000 tokens > 200000 maximum",
    type: "invalid_request_error",
  }],
  ["context_overflow", 400, {
    message: "This model's maximum context length is 8192 tokens",
    code: "context_length_exceeded",
  }],
  ["context_overflow", 413, { message: "Request too large" }],
  ["bad_request", 400, { message: "max_tokens: must be at least 1", type: "invalid_request_error" }],
  ["bad_request", 422, { message: "unprocessable" }],
  ["content_refused", 400, { message: "rejected", code: "content_policy_violation" }],
  ["content_refused", 403, { message: "Your input was flagged by moderation" }],
];

for (const [kind, status, error, reset] of cases) {
  test(`${status ?? "an error inside a 200"} "${error.message}" ${error.code ?? error.type ?? ""} is ${kind}`, () => {
    assert.equal(classifyFailure(status, error, reset), kind);
  });
}

test("reset times in a body are read: Codex, Gemini, OpenRouter", () => {
  const now = Date.UTC(2026, 0, 1);
  assert.equal(resetInBody({ error: { resets_in_seconds: 90 } }, now), now + 90_000);
  assert.equal(resetInBody({ error: { resets_at: now / 1000 + 5 } }, now), now + 5000);
  assert.equal(resetInBody([{ error: { details: [{ retryDelay: "37s" }] } }], now), now + 37_000);
  assert.equal(
    resetInBody({ error: { metadata: { headers: { "X-RateLimit-Reset": String(now + 1000) } } } }, now),
    now + 1000,
  );
  for (
    const odd of [undefined, null, "text", 5, [], {}, { error: null }, { error: { details: [null, 1] } }]
  ) {
    assert.equal(resetInBody(odd, now), undefined);
  }
});
