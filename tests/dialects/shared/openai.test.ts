import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  dataUrl,
  decodeBreakpoint,
  effortOf,
  encodeFailure,
  KINDS,
  listModels,
  oneModel,
  saysOverflow,
  urlSource,
} from "../../../src/dialects/shared/openai.ts";
import type { ClientError } from "../../../src/model/failure.ts";

test("an error is written as OpenAI writes it", () => {
  const error: ClientError = {
    status: 400,
    class: "context_overflow",
    message: "too long",
    param: "messages",
  };
  assert.deepEqual(encodeFailure(error), {
    error: {
      message: "Your input exceeds the context window of this model. too long",
      type: "invalid_request_error",
      param: "messages",
      code: "context_length_exceeded",
    },
  });
  assert.equal(encodeFailure({ ...error, class: "bad_request", code: "own" }).error.code, "own");
});

test("every class has a type, and only an overflow says that the prompt is too long", () => {
  for (const kind of Object.keys(KINDS) as ClientError["class"][]) {
    const body = encodeFailure({ status: 400, class: kind, message: "m", requestId: "req_1" });
    assert.equal(typeof body.error.type, "string", kind);
    assert.equal(body.request_id, "req_1");
    assert.equal(saysOverflow(JSON.stringify(body)), kind === "context_overflow", kind);
  }
});

test("an overflow gives both numbers in OpenAI's words, by which agents compact", () => {
  const error: ClientError = { status: 400, class: "context_overflow", message: "x", code: "too_long" };
  const { message, code } = encodeFailure({ ...error, tokens: { asked: 9000, most: 8000 } }).error;
  assert.equal(
    message,
    "This model's maximum context length is 8000 tokens. However, your messages resulted in 9000 tokens. x",
  );
  assert.equal(code, "context_length_exceeded");
});

test("fields beside the message go out with it, and its code becomes the type", () => {
  const error: ClientError = {
    status: 429,
    class: "quota_exhausted",
    message: "m",
    code: "usage_limit_reached",
  };
  const body = encodeFailure({ ...error, fields: { resets_at: 5 } }).error;
  assert.deepEqual([body.type, body.resets_at], ["usage_limit_reached", 5]);
  assert.equal(encodeFailure(error).error.type, "insufficient_quota");
});

test("models are a list without pages; Codex gets its own list too, empty", () => {
  // https://platform.openai.com/docs/api-reference/models/list
  const one = { id: "a/ü", object: "model", created: 0, owned_by: "terraphim-llm-proxy" };
  assert.deepEqual(listModels([{ id: "a/ü" }]), { object: "list", data: [one] });
  assert.deepEqual(listModels([], new URLSearchParams("client_version=1")), {
    object: "list",
    data: [],
    models: [],
  });
  assert.equal(oneModel({ id: "m", owner: "acme" }).owned_by, "acme");
});

test("a budget of thinking is the effort next to it, at every boundary", () => {
  assert.deepEqual([0, 2048, 2049, 12_000, 12_001, 1e9].map(effortOf), [
    "low",
    "low",
    "medium",
    "medium",
    "high",
    "high",
  ]);
});

test("a data URL holds its source, whatever it says of itself; others stay addresses", () => {
  assert.deepEqual(urlSource("data:image/png;charset=x;base64,AAAA"), {
    kind: "data",
    mediaType: "image/png",
    data: "AAAA",
  });
  assert.deepEqual(urlSource("data:;BASE64,AA=="), {
    kind: "data",
    mediaType: "application/octet-stream",
    data: "AA==",
  });
  for (const url of ["https://a/ü?data:x;base64,AA", "data:text/plain,hello", "", "file_1"]) {
    assert.deepEqual(urlSource(url), { kind: "url", url });
  }
});

test("a source survives as a data URL", () => {
  const type = fc.constantFrom("image/png", "application/pdf", "text/plain", "audio/mp3");
  fc.assert(fc.property(type, fc.base64String(), (mediaType, data) => {
    assert.deepEqual(urlSource(dataUrl(mediaType, data)), { kind: "data", mediaType, data });
  }));
});

test("a breakpoint of twelve hours is kept for an hour elsewhere, others for the usual time", () => {
  // https://platform.openai.com/docs/guides/prompt-caching
  assert.deepEqual(decodeBreakpoint({ prompt_cache_breakpoint: { ttl: "12h" } }), { cache: { ttl: "1h" } });
  assert.deepEqual(decodeBreakpoint({ prompt_cache_breakpoint: { ttl: "30m" } }), { cache: {} });
  assert.deepEqual(decodeBreakpoint({ prompt_cache_breakpoint: {} }), { cache: {} });
  for (const odd of [{}, { prompt_cache_breakpoint: true }, { prompt_cache_breakpoint: null }]) {
    assert.deepEqual(decodeBreakpoint(odd), {});
  }
});
