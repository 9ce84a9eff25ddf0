import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dialects } from "../../src/dialects/registry.ts";
import { callerBy, Refusal, refuse, requester, requestId } from "../../src/server/errors.ts";

const CALLERS = [
  ["/v1/messages", "anthropic-messages"],
  ["/v1/chat/completions", "openai-chat"],
  ["/v1/responses", "openai-responses"],
] as const;

for (const [path, name] of CALLERS) {
  test(`a refusal at ${path} has the words and the status, in the shape of ${name}`, async () => {
    const caller = callerBy(dialects, path, {});
    assert.equal(caller.dialect.name, name);
    const answer = refuse(new Refusal(413, "Too much."), caller, "req_1");
    assert.equal(answer.status, 413);
    assert.equal(answer.headers.get("x-request-id"), "req_1");
    const body = await answer.json();
    assert.equal(body.error.message, "Too much.");
    assert.equal("type" in body, name === "anthropic-messages");
  });
}

describe("what a refused client reads", () => {
  const caller = callerBy(dialects, "/v1/chat/completions", {});

  test("load and limits pass, so a client may try again; a mistake stays one", () => {
    for (const status of [429, 500, 503]) {
      assert.equal(refuse(new Refusal(status, "x"), caller).headers.get("x-should-retry"), null, `${status}`);
    }
    for (const status of [400, 401, 403, 404, 413, 415]) {
      assert.equal(
        refuse(new Refusal(status, "x"), caller).headers.get("x-should-retry"),
        "false",
        `${status}`,
      );
    }
  });

  test("the seconds to wait and other headers are sent on", () => {
    const refusal = new Refusal(429, "Wait.", { "retry-after": "7", "connection": "close" });
    const { headers } = refuse(refusal, caller);
    assert.equal(headers.get("retry-after"), "7");
    assert.equal(headers.get("connection"), "close");
  });

  test("a code is the error's code, and every refusal has a name of its own", async () => {
    const refusal = new Refusal(401, "No.", {}, "invalid_api_key");
    assert.equal((await refuse(refusal, caller).json()).error.code, "invalid_api_key");
    const ids = Array.from({ length: 3 }, () => refuse(refusal, caller).headers.get("x-request-id"));
    assert.equal(new Set(ids).size, 3);
  });

  test("a status without a class of its own is a mistake of the request", async () => {
    const body = await refuse(new Refusal(418, "Tea."), caller).json();
    assert.equal(body.error.type, "invalid_request_error");
  });
});

test("the caller of a request that nobody read is known by its path and its headers", () => {
  const at = (url: string, headers: Record<string, string> = {}) =>
    requester(dialects, { url, headers: new Headers(headers) } as Request).dialect.name;
  assert.equal(at("/v1/messages?beta=true"), "anthropic-messages");
  assert.equal(at("http://localhost:3456/v1/responses#x"), "openai-responses");
  assert.equal(at("/elsewhere", { "anthropic-version": "2023-06-01" }), "anthropic-messages");
  assert.equal(at("/elsewhere"), at(""));
});

test("a request's name is short, plain and never the same twice", () => {
  const ids = new Set(Array.from({ length: 1000 }, requestId));
  assert.equal(ids.size, 1000);
  for (const id of ids) assert.match(id, /^req_[0-9a-f]{24}$/);
});
