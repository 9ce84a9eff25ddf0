import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { namesModel, readParts, speaksOfRequest, textOf } from "../../../src/dispatch/failure/parts.ts";
import type { FailureClass } from "../../../src/model/failure.ts";

const classOf = (message: string, status: number | undefined = 400, codes: readonly string[] = []) =>
  readParts(textOf(codes, message), status)?.class;

/** Sentences of providers that nobody has listed. */
const SENTENCES: readonly (readonly [FailureClass | undefined, string, number?])[] = [
  ["context_overflow", "Your conversation is longer than the 32k tokens this model can read."],
  ["context_overflow", "输入长度超过模型最大长度"],
  ["quota_exhausted", "Your wallet balance is negative, please recharge", 402],
  ["quota_exhausted", "账户余额不足，请充值", 403],
  ["quota_exhausted", "You have used all of your weekly allowance: limit reached", 429],
  ["rate_limited", "Too many requests per minute, limit is 60", 429],
  ["rate_limited", "请求过多，请稍后再试", 429],
  ["unsupported", "This model does not accept image input"],
  ["unsupported", "该模型不支持图片"],
  ["model_unknown", "The model gpt-99 does not exist", 404],
  ["refused_credentials", "Your organization has been suspended", 403],
  ["content_refused", "The prompt was flagged by our safety system"],
  ["overloaded", "The engine is currently overloaded, please try again later", 503],
  ["refused_credentials", "This endpoint is restricted to authorized clients", 403],
  ["refused_credentials", "Our plan can only be used by official clients", 405],
  ["refused_credentials", "Access to the API has been suspended"],
  ["refused_credentials", "您的账号已被冻结"],
  ["content_refused", "输入内容违规"],
  ["model_unknown", "This model has been retired. Use the next one."],
  ["model_unknown", "The deployment m1 is not running"],
  ["model_unknown", "Available models are: a, b"],
  ["model_unknown", "No providers match your data policy", 404],
  ["model_unknown", "The model requires approval before its first use", 403],
  ["model_unknown", "当前套餐不包含该模型", 403],
  ["unsupported", "`temperature` is not supported for this model"],
  ["unsupported", "prompt caching isn\u2019t available with this model"],
  ["unsupported", "Too many images in one request: 30, at most 20 images"],
  ["quota_exhausted", "The free tier has ended", 403],
  ["overloaded", "The instance is degraded", 400],
  ["quota_exhausted", "Rate limit exceeded: you have used all your free requests for today (20/20)", 429],
  ["unsupported", "Error rendering prompt with jinja template: no user query found"],
  ["unsupported", "Failed to apply the chat template to the messages", 500],
  ["content_refused", "The content you provided is blocked", 451],
  ["model_unknown", "unknown provider for model m-1"],
  ["model_unknown", "claude-x is a model that isn't available on your Free plan", 403],
  ["model_unknown", "Model not covered by the subscription", 402],
  ["model_unknown", "Using this model requires an opt-in of the account's owner", 403],
  ["model_unknown", "You have not yet accepted the terms of this model", 403],
  ["refused_credentials", "Your plan does not include API access", 403],
  ["refused_credentials", "Your subscription does not cover programmatic access", 403],
  ["refused_credentials", "This service is unavailable to your organization", 403],
  ["context_overflow", "The maximum input characters are 100000, got 200000"],
  ["overloaded", "no other data center can take the request", 429],
  ["quota_exhausted", "Model usage stopped: free tier quota exceeded", 429],
  [undefined, "Something went wrong"],
  [undefined, ""],
];
for (const [kind, sentence, status] of SENTENCES) {
  test(`${status ?? 400} "${sentence}" is ${kind ?? "not understood by its words"}`, () => {
    assert.equal(classOf(sentence, status), kind);
  });
}

test("codes are read as words, those that say nothing are not", () => {
  assert.equal(
    textOf(["quotaExceeded", "invalid_request_error", "rate-limit.hit"], "No"),
    "quota exceeded · rate limit hit · no",
  );
  assert.equal(textOf(["ModelArts.81019"], "Frozen"), "frozen");
  assert.equal(textOf([], ""), "");
});

test("addresses in a message say nothing, and of a long one only the beginning is read", () => {
  assert.equal(classOf("Failed. See https://example.com/billing/quota-exceeded"), undefined);
  assert.equal(classOf("See platform.example.com/account/suspended for more"), undefined);
  assert.ok(textOf([], "x".repeat(100_000)).length <= 2000);
  assert.equal(classOf(`${"a ".repeat(1500)} rate limit exceeded`, 429), undefined);
});

test("a limit on one field is not one on the prompt", () => {
  assert.equal(classOf("metadata.key: string too long, maximum length 64"), undefined);
  assert.equal(
    classOf("max_tokens is too large: 200000. This model supports at most 16384 completion tokens."),
    undefined,
  );
});

test("what a status cannot mean is not read into it", () => {
  assert.equal(classOf("prompt is too long", 429), undefined);
  assert.equal(classOf("This model does not support tools", 401), undefined);
  assert.equal(classOf("The context length was exceeded", undefined), "context_overflow");
});

test("a refusal speaks of the request by its field, its words, its code or a single word", () => {
  assert.equal(speaksOfRequest([], "oops, try something else", "messages"), true);
  assert.equal(speaksOfRequest([], "temperature must be below 2", undefined), true);
  assert.equal(speaksOfRequest(["schema_error"], "oops it went wrong", undefined), true);
  assert.equal(speaksOfRequest([], "Error", undefined), true);
  assert.equal(speaksOfRequest([], "something happened here", undefined), false);
});

test("a limit of one model is known by its name or by the word, not by a short name anywhere", () => {
  assert.equal(namesModel("quota for model x is used up", "other"), true);
  assert.equal(namesModel("tokens per model per day", "other"), true);
  assert.equal(namesModel("limit of llama-3.1-8b reached", "meta/Llama-3.1-8B"), true);
  assert.equal(namesModel("go on later", "go"), false);
  assert.equal(namesModel("your account has no credits", "gpt-5"), false);
});

test("any text is read in a time that grows with its length alone", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(undefined, 400, 429, 500),
      (text, status) => {
        const read = readParts(textOf([text], text), status);
        assert.ok(read === undefined || typeof read.class === "string");
      },
    ),
  );
  const hostile = ["your ", "model ", "not ", "the token limit ", "access to "].map((part) =>
    part.repeat(400)
  );
  for (const text of hostile) readParts(textOf([], text), 400);
});
