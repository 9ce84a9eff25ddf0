import assert from "node:assert/strict";
import { test } from "node:test";
import { SseParser } from "../../../src/bytes/sse.ts";
import { providerErrorEvent } from "../../../src/dialects/openai-chat/error.ts";
import { openAiChat } from "../../../src/dialects/openai-chat/index.ts";
import type { Json } from "../../../src/model/json.ts";
import { readByClient } from "./client.ts";

test("an error event is followed by the end mark", () => {
  const text = openAiChat.failure.event({ status: 529, class: "overloaded", message: "busy" });
  const [error, end, ...rest] = new SseParser().push(new TextEncoder().encode(text));
  assert.equal(JSON.parse(error!.data).error.message, "busy");
  assert.equal(end?.data, "[DONE]");
  assert.deepEqual(rest, []);
});

/** The error of an event that a stream ends with. */
function errorOf(text: string): Json {
  const [event, end] = new SseParser().push(new TextEncoder().encode(text));
  assert.equal(end?.data, "[DONE]");
  return JSON.parse(event!.data).error;
}

test("a class of the proxy's own is said in OpenAI's words, a provider's word stays", () => {
  // https://platform.openai.com/docs/guides/error-codes
  assert.deepEqual(errorOf(providerErrorEvent({ message: "full", type: "overloaded" })), {
    message: "full",
    type: "server_error",
    param: null,
    code: "server_is_overloaded",
  });
  assert.deepEqual(errorOf(providerErrorEvent({ message: "full", type: "constructor", param: "model" })), {
    message: "full",
    type: "constructor",
    param: "model",
    code: null,
  });
  const own = errorOf(providerErrorEvent({ message: "no", type: "timeout", code: "stream_cut" }));
  assert.equal(own.code, "stream_cut");
  assert.equal(errorOf(providerErrorEvent({ message: "no" })).type, "server_error");
});

test("the official client throws with the provider's words, of any script", async () => {
  const message = 'überlastet "jetzt"\n日本語';
  await assert.rejects(readByClient(providerErrorEvent({ message }), true), (error: Error) => {
    assert.ok(error.message.includes(message), error.message);
    return true;
  });
});
