import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { dialects } from "../../src/dialects/registry.ts";
import { headerText, requestHeaders } from "../../src/dispatch/headers.ts";
import { configOf } from "../support/proxy.ts";

test("any text becomes a header value that HTTP takes", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 1500 }), (text) => {
    const value = headerText(text + "\ud83d");
    assert.match(value, /^[\x20-\x7e]{0,1000}$/);
    new Headers({ "x-route-reason": value });
  }));
});

test("plain words stay, arrows and quotes become their likeness, the rest is percent-encoded", () => {
  assert.equal(headerText("plan → think"), "plan -> think");
  assert.equal(headerText("“größer”\nnext"), '"gr%C3%B6%C3%9Fer" next');
  assert.equal(headerText("a\ud83db"), "a?b");
  assert.equal(headerText("😀"), "%F0%9F%98%80");
});

test("a header that the client's Connection header names goes no further", () => {
  const provider = configOf('[[providers]]\nname = "anthropic"\napi_key = "k"\n').providers.get("anthropic")!;
  const client = { connection: "Keep-Alive, X-App", "x-app": "1", "x-session-id": "2" };
  const key = { id: "1", secret: "k" };
  const headers = requestHeaders({
    client,
    provider,
    key,
    dialect: dialects["anthropic-messages"],
    same: true,
    stream: false,
  });
  assert.equal(headers["x-app"], undefined);
  assert.equal(headers["x-session-id"], "2");
});
