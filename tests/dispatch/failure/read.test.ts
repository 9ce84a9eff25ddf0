import assert from "node:assert/strict";
import { test } from "node:test";
import { dialects } from "../../../src/dialects/registry.ts";
import { type Cause, ProxyCut, readFailure } from "../../../src/dispatch/failure/read.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const CALL = {
  target: { provider: "groq", model: "llama" },
  dialect: dialects["openai-chat"],
  sent: { authorization: "Bearer secret-key-1" },
  now: NOW,
};

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (cause: Cause) => readFailure(cause, CALL);
const refused = (status: number, body: string, headers: Record<string, string> = {}) =>
  read({ kind: "refused", status, headers: new Headers(headers), bytes: bytes(body) });
const broken = (error: unknown, more: { expired?: string; stopped?: boolean } = {}) =>
  read({ kind: "broken", error, expired: more.expired, stopped: more.stopped ?? false });

test("a refusal is read with its status, its reset time and its own bytes", () => {
  const body = JSON.stringify({ error: { message: "slow down", code: "rate_limit_exceeded" } });
  const failure = refused(429, body, { "retry-after": "30", "x-should-retry": "true" });
  const { class: kind, status, message, code, resetAt, shouldRetry } = failure;
  assert.deepEqual([kind, status, message, code], ["rate_limited", 429, "slow down", "rate_limit_exceeded"]);
  assert.deepEqual([resetAt, shouldRetry], [NOW + 30_000, true]);
  assert.equal(new TextDecoder().decode(failure.raw?.bytes), body);
});

test("a secret of the call is redacted in the words and in the bytes", () => {
  const failure = refused(401, JSON.stringify({ error: { message: "bad key secret-key-1" } }));
  assert.equal(failure.message, "bad key [redacted]");
  assert.doesNotMatch(new TextDecoder().decode(failure.raw?.bytes), /secret-key-1/);
});

test("a web page in place of an error is named by its title, and does not pass through", () => {
  const failure = refused(502, "<html><title>Bad gateway</title></html>");
  assert.match(failure.message, /HTML page instead of JSON: Bad gateway/);
  assert.equal(failure.raw, undefined);
});

test("a redirect names the key of the configuration to check", () => {
  assert.match(refused(308, "").message, /api_base_url/);
});

test("an error inside a 200 answer is classified by its code", () => {
  const error = { message: "busy", code: "server_is_overloaded" };
  const failure = read({ kind: "reported", error, headers: new Headers() });
  assert.deepEqual([failure.class, failure.status], ["overloaded", undefined]);
});

test("an answer that is not JSON is a server error", () => {
  const failure = read({ kind: "unreadable", bytes: bytes("nonsense"), contentType: "application/json" });
  assert.deepEqual([failure.class, failure.message], ["server_error", "the answer is not JSON"]);
});

test("a time limit that ran out counts before a hang-up, and that before the error itself", () => {
  const error = new Error("aborted");
  assert.equal(broken(error, { expired: "silent for 2 s", stopped: true }).class, "timeout");
  assert.equal(broken(error, { stopped: true }).class, "cancelled");
  assert.equal(broken(error).class, "unreachable");
});

test("a cut by the proxy itself keeps its words", () => {
  const { class: kind, message } = broken(new ProxyCut("the proxy is stopping"));
  assert.deepEqual([kind, message], ["server_error", "the proxy is stopping"]);
});
