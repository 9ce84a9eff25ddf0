import assert from "node:assert/strict";
import { test } from "node:test";
import { heardBy } from "../../src/clients/refusals.ts";
import type { ClientError } from "../../src/model/failure.ts";

const error = (kind: ClientError["class"], status: number, message = "groq,llama: no"): ClientError => ({
  class: kind,
  status,
  message,
  requestId: "req_5020",
});

test("a client that is not known gets every error as it is, and is asked not to try in vain", () => {
  const given = error("unreachable", 502);
  assert.deepEqual(heardBy("curl", { error: given, retry: false, stream: true }), {
    error: given,
    headers: { "x-should-retry": "false" },
    streamed: false,
    changed: false,
  });
});

test("a wait is sent in whole seconds, and at least one", () => {
  const { headers } = heardBy("curl", {
    error: error("rate_limited", 429),
    wait: 0.2,
    retry: true,
    stream: true,
  });
  assert.deepEqual(headers, { "retry-after": "1" });
});

test("an agent that would sit out a wait in silence does not get a long one", () => {
  const limited = { error: error("rate_limited", 429), retry: true, stream: true };
  assert.equal(heardBy("codex", { ...limited, wait: 8 }).headers["retry-after"], "8");
  assert.deepEqual(heardBy("claude-code", { ...limited, wait: 61 }).headers, { "x-should-retry": "false" });
  const { headers } = heardBy("codex", { ...limited, wait: 33_469 });
  assert.equal(headers["retry-after"], undefined);
});

test("Codex gets a used-up limit as its own, with the reset and the words", () => {
  const spent = { ...error("quota_exhausted", 429, "budget → spent."), resetAt: 1_800_000_000_500 };
  const heard = heardBy("codex", { error: spent, wait: 33_469, retry: false, stream: true });
  assert.equal(heard.error.code, "usage_limit_reached");
  assert.deepEqual(heard.error.fields, { resets_at: 1_800_000_001 });
  assert.equal(heard.headers["x-codex-promo-message"], "budget   spent");
  assert.equal(heard.streamed, false);
});

test("Codex gets what no retry cures as a stream that fails, for only its text is shown", () => {
  const down = { error: error("unreachable", 502), retry: false };
  assert.equal(heardBy("codex", { ...down, stream: true }).streamed, true);
  assert.equal(heardBy("codex", { ...down, stream: false }).streamed, false);
  assert.equal(heardBy("codex", { ...down, retry: true, stream: true }).streamed, false);
  assert.equal(
    heardBy("codex", { error: error("context_overflow", 400), retry: false, stream: true }).streamed,
    false,
  );
});

test("Claude Code gets no words that it replaces, nor a class that it tries again", () => {
  const login = error("unauthorized", 401, "invalid x-api-key");
  assert.equal(
    heardBy("claude-code", { error: login, retry: false, stream: true }).error.message,
    "invalid API key",
  );
  const busy = heardBy("claude-code", { error: error("overloaded", 529), retry: false, stream: true });
  assert.equal(busy.error.class, "server_error");
  const key = heardBy("claude-code", {
    error: error("refused_credentials", 401),
    retry: false,
    stream: true,
  });
  assert.equal(key.error.status, 424);
});

test("opencode gets no status, word or digits at which it tries again", () => {
  const words = "All 2 targets failed. a: 502 server error; b: connection refused";
  const { error: sent } = heardBy("opencode", {
    error: error("unreachable", 502, words),
    retry: false,
    stream: true,
  });
  assert.equal(sent.status, 424);
  assert.equal(sent.requestId, undefined);
  assert.doesNotMatch(JSON.stringify(sent), /502|server error|connection refused/);
  assert.equal(sent.message.replaceAll("\u2060", ""), words);
});

test("a bad request keeps its status for every agent", () => {
  for (const client of ["claude-code", "opencode", "openclaw"]) {
    const { error: sent } = heardBy(client, {
      error: error("bad_request", 400, "messages: required"),
      retry: false,
      stream: true,
    });
    assert.deepEqual([sent.status, sent.class, sent.message], [400, "bad_request", "messages: required"]);
  }
});
