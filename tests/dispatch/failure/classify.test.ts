import assert from "node:assert/strict";
import { test } from "node:test";
import { classifyFailure } from "../../../src/dispatch/failure/classify.ts";
import type { Wording } from "../../../src/dispatch/failure/wordings.ts";
import { REFUSALS } from "./refusals.ts";
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
    assert.equal(classifyFailure({ status, error, resetInMs: reset, model: "a-model" }).class, kind);
  });
}

/** How many refusals of the table are read rightly, class and scope. */
function read(wordings?: readonly Wording[]): { readonly right: number; readonly wrong: readonly string[] } {
  const wrong = REFUSALS.filter(({ status, code, message, class: kind, scope }) => {
    const error = { message, ...(code === undefined ? {} : { code }) };
    const found = classifyFailure({ status, error, model: "a-model" }, wordings);
    return found.class !== kind || found.scope !== scope;
  });
  return { right: REFUSALS.length - wrong.length, wrong: wrong.map(({ message }) => message) };
}

test("every refusal that providers are known to send is understood, and what it concerns", () => {
  assert.deepEqual(read().wrong, []);
  assert.ok(REFUSALS.length >= 520, `${REFUSALS.length}`);
});

test("the rule over the parts of a sentence alone understands at least 97 of 100 of them", () => {
  const { right, wrong } = read([]);
  assert.ok(right / REFUSALS.length >= 0.97, `${right} of ${REFUSALS.length}: ${wrong.join("\n")}`);
});

test("a code that speaks of one field's length is not a context overflow", () => {
  const error = { message: "too long", code: "string_above_max_length" };
  assert.equal(classifyFailure({ status: 400, error, model: "m" }).class, "bad_request");
});

test("a 400 or 422 that says nothing of the request is the provider's failure", () => {
  for (const status of [400, 422]) {
    for (const message of ["", "Provider returned error", "something went wrong"]) {
      assert.equal(classifyFailure({ status, error: { message }, model: "m" }).class, "server_error");
    }
    assert.equal(
      classifyFailure({ status, error: { message: "" }, page: true, model: "m" }).class,
      "server_error",
    );
  }
});

test("a 413 as a page says nothing about tokens", () => {
  assert.equal(
    classifyFailure({ status: 413, error: { message: "" }, page: true, model: "m" }).class,
    "unsupported",
  );
});

test("quotas that Google names in the details decide which limit it is, and for what", () => {
  const quota = (quotaId: string) =>
    classifyFailure({
      status: 429,
      error: {
        message: "You exceeded your current quota, please check your plan and billing details.",
        type: "RESOURCE_EXHAUSTED",
        details: { details: [{ violations: [{ quotaId }] }] },
      },
      model: "gemini-2.5-pro",
    });
  const day = quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier");
  assert.deepEqual([day.class, day.scope], ["quota_exhausted", "key+model"]);
  assert.equal(quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier").class, "rate_limited");
});

test("a subscription's own week for some models holds for these", () => {
  const error = { message: "This request would exceed your account's rate limit.", type: "rate_limit_error" };
  const found = classifyFailure({
    status: 429,
    error,
    model: "claude-opus-4-8",
    resetInMs: 86_400_000,
    family: "opus",
  });
  assert.deepEqual(found, { class: "quota_exhausted", scope: "family", family: "opus" });
});
