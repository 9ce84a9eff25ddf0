import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { accumulateResponse } from "openai/lib/responses/ResponseAccumulator";
import { openAiResponses } from "../../../src/dialects/openai-responses/index.ts";
import { ownStream, parseWritten } from "./support.ts";
import { sharedWhereThere } from "../../support/shared.ts";

const { decode, encode, event } = openAiResponses.failure;

test("an error body is read", () => {
  const [url] = sharedWhereThere("fixtures/provider-streams/openai-responses.openai-error.1.json");
  const body = url !== undefined ? JSON.parse(readFileSync(url, "utf8")) : {
    error: {
      message: "You exceeded your current quota",
      type: "insufficient_quota",
      param: null,
      code: "insufficient_quota",
    },
  };
  const error = decode(body);
  assert.match(error.message, /^You exceeded your current quota/);
  assert.deepEqual([error.type, error.code], ["insufficient_quota", "insufficient_quota"]);
});

test("an error body has the four fields that the SDK reads", () => {
  const { error } = encode({
    status: 400,
    class: "unsupported",
    message: "no",
    param: "previous_response_id",
  });
  assert.deepEqual(Object.keys(error).sort(), ["code", "message", "param", "type"]);
  assert.equal(error.param, "previous_response_id");
});

test("a failure after output ends a stream that passed through unread", () => {
  const [written, ...more] = parseWritten(event({ status: 503, class: "overloaded", message: "busy" }));
  assert.deepEqual(more, []);
  assert.equal(written.type, "response.failed");
  assert.deepEqual(written.response.error, { code: "server_error", message: "busy" });
  let snapshot;
  for (const before of ownStream("max-tokens").slice(0, 5)) {
    snapshot = accumulateResponse(before, snapshot);
    assert.ok(written.sequence_number > before.sequence_number);
  }
  assert.equal(accumulateResponse(written, snapshot).status, "failed");
});
