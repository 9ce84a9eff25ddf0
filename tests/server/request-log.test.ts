import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequestEnd } from "../../src/model/request-end.ts";
import { logRequest } from "../../src/server/request-log.ts";
import { anAttempt, anEnd } from "../ledger/sample.ts";
import type { LogLine } from "../support/proxy.ts";

function linesOf(
  changes: Partial<RequestEnd>,
  level: Parameters<typeof logRequest>[2] = "info",
): readonly LogLine[] {
  const lines: LogLine[] = [];
  const { provider: _provider, model: _model, ...nobody } = anEnd();
  const end = "provider" in changes && changes.provider === undefined ? nobody : anEnd();
  logRequest((of, message, fields) => void lines.push({ level: of, message, fields }), {
    ...end,
    ...changes,
  }, level);
  return lines;
}

const lineOf = (changes: Partial<RequestEnd>) => linesOf(changes)[0]!.message;

test("a line says where a request went, how it ended, how long it took and what it cost", () => {
  assert.equal(
    lineOf({ durationMs: 1800 }),
    "think → openrouter,anthropic/claude-3-opus 200 1.8 s, 1,250 + 300 tokens, $0.01",
  );
});

test("tokens that were counted by the proxy are about right", () => {
  const usage = { input: 9, cacheRead: 0, cacheWrite: 0, output: 2, reasoning: 0, estimated: true };
  assert.match(lineOf({ usage }), /, about 9 \+ 2 tokens/);
});

test("what is free, or of no known price, has no dollars in its line", () => {
  for (const costs of [{ estimated: false, cost: 0 }, { estimated: false }]) {
    assert.doesNotMatch(lineOf({ costs }), /\$/);
  }
});

test("a request that nobody answered names the last target that was tried", () => {
  const attempts = [anAttempt, { ...anAttempt, provider: "groq", model: "llama" }];
  const [line] = linesOf({ provider: undefined as never, attempts, status: 503, failure: "overloaded" });
  assert.match(line!.message, /^think → groq,llama 503 overloaded .*, 2 attempts$/);
  assert.equal(line!.level, "warn");
});

test("a request that was never sent has no target", () => {
  const line = lineOf({ provider: undefined as never, attempts: [], status: 429, failure: "rate_limited" });
  assert.match(line, /^think → no target 429 rate_limited /);
});

test("at the level warn only failures have a line, and a hang-up is not a failure", () => {
  for (const level of ["warn", "error"] as const) {
    assert.deepEqual(linesOf({}, level), []);
    assert.deepEqual(linesOf({ cancelled: true, failure: "cancelled" }, level), []);
    assert.equal(linesOf({ status: 500, failure: "server_error" }, level).length, 1);
  }
  const [cancelled] = linesOf({ cancelled: true, failure: "cancelled" });
  assert.equal(cancelled!.level, "info");
  assert.match(cancelled!.message, / cancelled 2\.4 s/);
});

test("the fields have whole milliseconds, and no prompt", () => {
  const attempts = [{ ...anAttempt, startMs: 1.4, ms: 899.6 }];
  const [line] = linesOf({ attempts, firstTokenMs: 420.4, durationMs: 2400.5 });
  const { fields } = line!;
  assert.deepEqual(fields?.attempts, [{ ...anAttempt, startMs: 1, ms: 900 }]);
  assert.equal(fields?.first_token_ms, 420);
  assert.equal(fields?.duration_ms, 2401);
  assert.equal(fields?.id, "req_1");
});
