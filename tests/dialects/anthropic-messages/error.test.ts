import assert from "node:assert/strict";
import { test } from "node:test";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import type { ClientError } from "../../../src/model/failure.ts";
import { assertLegal } from "./legal.ts";

const { failure } = anthropicMessages;

const TYPES: Readonly<Record<ClientError["class"], string>> = {
  rate_limited: "rate_limit_error",
  quota_exhausted: "rate_limit_error",
  overloaded: "overloaded_error",
  server_error: "api_error",
  unreachable: "api_error",
  timeout: "timeout_error",
  refused_credentials: "permission_error",
  model_unknown: "not_found_error",
  context_overflow: "invalid_request_error",
  bad_request: "invalid_request_error",
  content_refused: "invalid_request_error",
  cancelled: "api_error",
  unauthorized: "authentication_error",
  not_found: "not_found_error",
  method_not_allowed: "invalid_request_error",
  unsupported_media_type: "invalid_request_error",
  too_large: "request_too_large",
  unsupported: "invalid_request_error",
};

test("every class of failure has Anthropic's own type", () => {
  for (const [kind, type] of Object.entries(TYPES)) {
    const error: ClientError = {
      status: 400,
      class: kind as ClientError["class"],
      message: "m",
      requestId: "req_1",
    };
    // Clients know an overflow by the words that it begins with.
    const message = kind === "context_overflow" ? "prompt is too long. m" : "m";
    assert.deepEqual(failure.encode(error), {
      type: "error",
      error: { type, message },
      request_id: "req_1",
    });
    assert.deepEqual(failure.decode(failure.encode(error)), { message, type });
  }
  const unpaid: ClientError = { status: 402, class: "quota_exhausted", message: "m" };
  assert.equal(failure.encode(unpaid).error.type, "billing_error");
});

test("the message names the field that is wrong", () => {
  const error: ClientError = {
    status: 400,
    class: "unsupported",
    message: "is kept by Anthropic",
    param: "container",
  };
  assert.equal(failure.encode(error).error.message, "container: is kept by Anthropic");
  assert.equal(failure.encode({ ...error, message: "no container here" }).error.message, "no container here");
});

test("a failure after output began is one error event", () => {
  const [event] = assertLegal(failure.event({ status: 529, class: "overloaded", message: "busy" }));
  assert.deepEqual(event.error, { type: "overloaded_error", message: "busy" });
});

test("error bodies of every shape are read, without secrets", () => {
  const read = (body: unknown) => failure.decode(body as string);
  assert.deepEqual(read({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }), {
    message: "Overloaded",
    type: "overloaded_error",
  });
  assert.equal(read("<html><title>502 Bad Gateway</title></html>").message, "an HTML page: 502 Bad Gateway");
  assert.equal(read({ error: "no" }).message, "no");
  assert.doesNotMatch(
    read({ error: { message: "bad key sk-ant-api03-abcdefghijklmnop1234" } }).message,
    /abcdefgh/,
  );
});
