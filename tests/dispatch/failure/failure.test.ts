import assert from "node:assert/strict";
import { test } from "node:test";
import {
  canSucceedSoon,
  describeFailure,
  type Failure,
  FAILURE_RULES,
  gravestFirst,
  isCuredByWaiting,
  keptOf,
  mayTakeOtherKey,
  scopeOf,
  soonestReset,
  statusFor,
  streamErrorOf,
} from "../../../src/dispatch/failure/failure.ts";
import type { FailureClass } from "../../../src/model/failure.ts";

const failure = (kind: FailureClass, more: Partial<Failure> = {}): Failure => ({
  class: kind,
  provider: "groq",
  model: "m",
  message: "no",
  ...more,
});
const CLASSES = Object.keys(FAILURE_RULES) as FailureClass[];

test("every class has a status, and one that concerns a request alone starts no cooldown", () => {
  for (const kind of CLASSES) {
    const { status, scope, cools } = FAILURE_RULES[kind];
    assert.ok(status >= 400 && status < 600, kind);
    assert.equal(scope === "request", cools === undefined, kind);
    if (cools !== undefined) {
      assert.ok(cools.first > 0 && cools.first <= cools.most && cools.after >= 1, kind);
    }
  }
});

test("what a provider says of the scope overrides what its class concerns", () => {
  assert.equal(scopeOf({ class: "rate_limited" }), "key+model");
  assert.equal(scopeOf({ class: "rate_limited", scope: "family" }), "family");
});

test("a client gets the provider's own status where that says the same to it", () => {
  assert.equal(statusFor({ class: "overloaded", status: 503 }), 503);
  assert.equal(statusFor({ class: "overloaded" }), 529);
  for (const status of [200, 302, 407, 421]) {
    assert.equal(statusFor({ class: "server_error", status }), 502, String(status));
  }
  assert.equal(statusFor({ class: "rate_limited", status: 413 }), 429, "clients would shorten their prompt");
  assert.equal(statusFor({ class: "context_overflow", status: 413 }), 413);
});

test("an attempt is one line of words, without what is not known", () => {
  assert.equal(describeFailure(failure("rate_limited", { status: 429 })), "groq,m: 429 rate limited (no)");
  assert.equal(
    describeFailure(failure("refused_credentials", { message: "" })),
    "groq,m: refused credentials",
  );
});

test("the most useful failure comes first, and those of one use keep their order", () => {
  const order = gravestFirst([
    failure("model_unknown"),
    failure("rate_limited", { model: "a" }),
    failure("bad_request"),
    failure("rate_limited", { model: "b" }),
    failure("unreachable"),
  ]);
  assert.deepEqual(order.map(({ class: kind, model }) => `${kind} ${model}`), [
    "bad_request m",
    "rate_limited a",
    "rate_limited b",
    "unreachable m",
    "model_unknown m",
  ]);
  assert.deepEqual(gravestFirst([]), []);
});

test("a target that is down and cooling down asks for no more tries, a busy one does", () => {
  assert.equal(canSucceedSoon({ class: "server_error" }), true);
  assert.equal(canSucceedSoon({ class: "server_error", cooling: true }), false);
  assert.equal(canSucceedSoon({ class: "overloaded", cooling: true }), true);
  assert.equal(canSucceedSoon({ class: "bad_request" }), false);
});

test("time ends limits and outages, and no mistake", () => {
  const cured = CLASSES.filter(isCuredByWaiting);
  for (const kind of ["rate_limited", "quota_exhausted", "overloaded", "timeout"] as FailureClass[]) {
    assert.ok(cured.includes(kind), kind);
  }
  for (const kind of ["bad_request", "refused_credentials", "context_overflow"] as FailureClass[]) {
    assert.ok(!cured.includes(kind), kind);
  }
});

test("the soonest reset of several is found, zero included", () => {
  const at = (resetAt?: number) => failure("rate_limited", resetAt === undefined ? {} : { resetAt });
  assert.equal(soonestReset([at(), at(9), at(5)]), 5);
  assert.equal(soonestReset([at(3), at(0)]), 0);
  assert.equal(soonestReset([at()]), undefined);
});

test("what may be kept of a message quotes nothing of the prompt, where that was found", () => {
  assert.equal(keptOf(failure("bad_request")), "no");
  assert.equal(keptOf(failure("bad_request", { message: 'no "secret"', kept: 'no "…"' })), 'no "…"');
});

test("a failure within a stream names its target", () => {
  const error = streamErrorOf(failure("overloaded", { code: "busy", message: "größer" }), {
    provider: "groq",
    model: "m",
  }, "req_1");
  assert.deepEqual(error, {
    class: "overloaded",
    status: 529,
    message: "groq,m: größer",
    code: "busy",
    requestId: "req_1",
  });
});

test("another key may take what failed for one key, and what one key's account is too small for", () => {
  assert.ok(mayTakeOtherKey({ class: "refused_credentials" }));
  assert.ok(mayTakeOtherKey({ class: "model_unknown" }));
  assert.ok(mayTakeOtherKey({ class: "quota_exhausted", scope: "request" }));
  assert.ok(!mayTakeOtherKey({ class: "overloaded" }));
  assert.ok(!mayTakeOtherKey({ class: "unsupported" }));
  assert.ok(!mayTakeOtherKey({ class: "quota_exhausted", scope: "model" }));
  assert.ok(!mayTakeOtherKey({ class: "server_error", scope: "request" }));
});
