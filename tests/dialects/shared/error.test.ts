import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeFailure, errorIn, statusOf, unquoted } from "../../../src/dialects/shared/error.ts";
import type { ProviderError } from "../../../src/model/failure.ts";
import type { Json } from "../../../src/model/json.ts";

const FAILURES: readonly {
  readonly whose: string;
  readonly body: Json | string;
  readonly is: ProviderError;
}[] = [
  {
    whose: "OpenAI",
    body: {
      error: {
        message: "bad",
        type: "invalid_request_error",
        param: "messages",
        code: "context_length_exceeded",
      },
    },
    is: { message: "bad", type: "invalid_request_error", param: "messages", code: "context_length_exceeded" },
  },
  {
    whose: "ChatGPT, in a detail",
    body: { detail: { code: "deactivated_workspace" } },
    is: { message: "deactivated_workspace", code: "deactivated_workspace" },
  },
  {
    whose: "ModelScope",
    body: { errors: { message: "Request limit exceeded.", request_id: "1" } },
    is: { message: "Request limit exceeded." },
  },
  {
    whose: "Cloudflare's gateway",
    body: { success: false, error: [{ code: 2009, message: "Unauthorized" }] },
    is: { message: "Unauthorized", code: "2009" },
  },
  { whose: "DeepInfra", body: { detail: { error: "top up" } }, is: { message: "top up" } },
  {
    whose: "Tencent",
    body: { Response: { Error: { Code: "ResourcePackExhausted", Message: "used up" }, RequestId: "1" } },
    is: { message: "used up", code: "ResourcePackExhausted" },
  },
  { whose: "AWS", body: { Message: "not authorized" }, is: { message: "not authorized" } },
  {
    whose: "Huawei",
    body: { error_code: "ModelArts.81005", error_msg: "The free quota has been used up." },
    is: { message: "The free quota has been used up.", code: "ModelArts.81005" },
  },
  { whose: "Ollama", body: { error: "model not found" }, is: { message: "model not found" } },
  { whose: "a plain message", body: { message: "no", code: 403 }, is: { message: "no", code: "403" } },
  {
    whose: "Mistral",
    body: { object: "error", message: "bad", type: "invalid_request_error", code: 3051 },
    is: { message: "bad", type: "invalid_request_error", code: "3051" },
  },
  {
    whose: "Gemini",
    body: [{ error: { code: 429, message: "quota", status: "RESOURCE_EXHAUSTED" } }],
    is: { message: "quota", type: "RESOURCE_EXHAUSTED", code: "429" },
  },
  {
    whose: "FastAPI",
    body: { detail: [{ loc: ["body", "messages"], msg: "field required", type: "missing" }] },
    is: { message: "body.messages: field required" },
  },
  { whose: "FastAPI in a word", body: { detail: "Not Found" }, is: { message: "Not Found" } },
  {
    whose: "OpenRouter",
    body: {
      error: {
        message: "Provider returned error",
        code: 429,
        metadata: { raw: '{"error":{"message":"slow down"}}', provider_name: "Groq" },
      },
    },
    is: { message: "Provider returned error: Groq: slow down", code: "429" },
  },
  {
    whose: "Anthropic behind a gateway",
    body: { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    is: { message: "Overloaded", type: "overloaded_error" },
  },
  {
    whose: "an HTML page",
    body: "<html><head><title>502 Bad Gateway</title></head></html>",
    is: { message: "an HTML page: 502 Bad Gateway" },
  },
  { whose: "text", body: "upstream timeout\n", is: { message: "upstream timeout" } },
  { whose: "an unknown shape", body: { foo: 1 }, is: { message: '{"foo":1}' } },
  { whose: "nothing", body: null, is: { message: "null" } },
];

for (const { whose, body, is } of FAILURES) {
  test(`an error body of ${whose} is read`, () => {
    assert.deepEqual(decodeFailure(body), is);
  });
}

test("a key that a provider quotes is not repeated, and long messages are cut", () => {
  const key = ["sk", "proj", "a1b2c3d4e5f6g7h8i9j0"].join("-");
  assert.equal(
    decodeFailure({ error: { message: `Incorrect API key provided: ${key}.` } }).message,
    "Incorrect API key provided: [redacted].",
  );
  assert.equal(decodeFailure("x".repeat(50_000)).message.length, 16_384);
});

test("MiniMax's status is an error unless it is zero", () => {
  // https://www.minimax.io/platform/document/error_code
  assert.deepEqual(errorIn({ base_resp: { status_code: 1008, status_msg: "insufficient balance" } }), {
    message: "insufficient balance",
    code: "1008",
  });
  assert.equal(errorIn({ base_resp: { status_code: 0, status_msg: "success" } }), undefined);
});

test("an answer is not an error, whatever messages it holds", () => {
  for (
    const answer of [
      { choices: [{ message: { content: "hi" } }], message: "ok", detail: "x" },
      { error: null, choices: [{}] },
      { error: false },
      {},
      null,
      undefined,
      "text",
      7,
      [],
    ] as Json[]
  ) assert.equal(errorIn(answer), undefined, JSON.stringify(answer));
});

test("when a limit is reset is kept as it came, with the headers that OpenRouter quotes", () => {
  const error = {
    message: "Usage limit reached",
    type: "usage_limit_reached",
    resets_at: 1_795_000_000,
    plan_type: "plus",
    rate_limit: null,
  };
  assert.deepEqual(errorIn({ error })?.details, { resets_at: 1_795_000_000 });
  const headers = { "X-RateLimit-Reset": "1795000000000" };
  assert.deepEqual(errorIn({ error: { message: "no", metadata: { headers } } })?.details, { headers });
  assert.equal("details" in errorIn({ error: { message: "no" } })!, false);
});

test("several errors are read by their first, and one in another by the inner", () => {
  assert.equal(errorIn({ errors: [{ message: "a" }, { message: "b" }] })?.message, "a");
  assert.equal(errorIn({ errors: ["a"] })?.message, "a");
  assert.deepEqual(errorIn({ error: { error: { message: "inner", code: 5 } } }), {
    message: "inner",
    code: "5",
  });
});

test("a page without a title, or with one in a heading, is named as a page", () => {
  assert.equal(decodeFailure("<html><body>no</body></html>").message, "an HTML page");
  assert.equal(decodeFailure("  <h1 class='x'> 404 </h1>").message, "an HTML page: 404");
});

test("a status is found in a code or a type, and nowhere else", () => {
  const error = (fields: Partial<ProviderError>) => statusOf({ message: "500", ...fields });
  assert.equal(error({ code: "429" }), 429);
  assert.equal(error({ type: "503" }), 503);
  assert.equal(error({ code: "rate_limited", type: "529" }), 529);
  for (const code of ["200", "4290", "42", "600", ""]) assert.equal(error({ code }), undefined, code);
  assert.equal(error({}), undefined);
});

test("a body of any shape is read as words, and never throws", () => {
  fc.assert(fc.property(fc.oneof(fc.jsonValue(), fc.string({ unit: "grapheme" })), (body) => {
    const error = decodeFailure(body as Json);
    assert.equal(typeof error.message, "string");
    for (const field of [error.type, error.code, error.param]) {
      assert.ok(field === undefined || typeof field === "string");
    }
  }));
});

test("an error body that is another one's message takes its place", () => {
  const inner = {
    code: 429,
    message: "used up",
    status: "RESOURCE_EXHAUSTED",
    details: [{ retryDelay: "9s" }],
  };
  for (const text of [JSON.stringify({ error: inner }, null, 2), JSON.stringify([{ error: inner }])]) {
    assert.deepEqual(unquoted({ error: { message: text, code: 429 }, id: "x" }), { error: inner, id: "x" });
  }
  const others = [
    { error: { message: "{ not JSON" } },
    { error: { message: '{"a":1}' } },
    { error: "{}" },
    [],
    null,
    undefined,
  ];
  for (const body of others) assert.equal(unquoted(body), body);
});

test("an error body that a message quotes between other words takes its place, with these words", () => {
  const quoted = JSON.stringify({ error: { message: "Insufficient Balance", code: "no_money" } });
  for (
    const body of [
      {
        error: {
          message: `litellm.BadRequestError: DeepseekException - ${quoted} (reset after 27s)`,
          code: 400,
        },
      },
      { error: `litellm.BadRequestError: DeepseekException - ${quoted} (reset after 27s)` },
      { message: `litellm.BadRequestError: DeepseekException - ${quoted} (reset after 27s)`, code: "400" },
    ]
  ) {
    const { message, code } = decodeFailure(unquoted(body));
    assert.equal(
      message,
      "litellm.BadRequestError: DeepseekException - Insufficient Balance (reset after 27s)",
    );
    assert.equal(code, "no_money");
  }
});

test("what a message quotes in brackets before an error body is kept", () => {
  const quoted = JSON.stringify({ status: 400, title: "Bad Request", detail: "DEGRADED function" });
  assert.equal(
    decodeFailure(unquoted({ error: { message: `[nvidia/x] [400]: ${quoted}` } })).message,
    "[nvidia/x] [400]: DEGRADED function",
  );
});

test("JSON in a message that is not an error body stays as it is", () => {
  for (
    const message of [
      'tools.0: {"type":"object"} is no schema',
      "messages[0] is not [1,2]",
      '{"message":"hi"}',
    ]
  ) {
    assert.equal(decodeFailure(unquoted({ error: { message } })).message, message);
  }
});
