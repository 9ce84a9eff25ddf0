import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import { openAiResponses } from "../../../src/dialects/openai-responses/index.ts";
import { estimateTokens } from "../../../src/dialects/shared/estimate-tokens.ts";
import { inspectAnthropicMessages } from "../../../src/dialects/anthropic-messages/request/inspect.ts";
import type { Json } from "../../../src/model/json.ts";
import type { RequestFacts } from "../../../src/model/request-facts.ts";
import { inspectOpenAiChat } from "../../../src/dialects/openai-chat/request/inspect.ts";
import { inspectOpenAiResponses } from "../../../src/dialects/openai-responses/request/inspect.ts";
import { isPacked, packedIn, SEALED_CHARS_PER_TOKEN, textJson } from "../../../src/dialects/shared/packed.ts";

test("a long string in base64 is a medium; text, hexadecimal numbers and short strings are not", () => {
  const base64 = randomBytes(3000).toString("base64");
  assert.equal(isPacked(base64), true);
  assert.equal(isPacked(randomBytes(3000).toString("base64url")), true);
  assert.equal(isPacked(base64.slice(0, 1023)), false);
  assert.equal(isPacked(base64.slice(0, 1024)), true);
  assert.equal(isPacked(`data:text/plain;charset=utf-8;base64,${"ü".repeat(1024)}`), true);
  assert.equal(isPacked(randomBytes(3000).toString("hex")), false);
  assert.equal(isPacked("a sentence of words, and more of them. ".repeat(100)), false);
  assert.equal(isPacked(`${base64}\n`.repeat(2) + "and a remark at the end"), false);
  for (const odd of [undefined, null, 7, {}, ["x".repeat(2000)]]) assert.equal(isPacked(odd), false);
});

test("media and sealed reasoning are found at any depth, and a call's arguments are text", () => {
  const medium = randomBytes(3000).toString("base64");
  const inner = { type: "new_part", bytes: medium };
  const found = packedIn([{ content: [[{ a: { b: inner } }]] }, { input: { data: medium } }, {
    input: [inner],
  }]);
  assert.deepEqual([found.media, found.mediaLength], [2, 2 * medium.length]);
  let deep: unknown = inner;
  for (let i = 0; i < 50_000; i++) deep = [deep];
  assert.equal(packedIn(deep).media, 1);
});

test("sealed reasoning counts by its characters, less the text beside it that says the same", () => {
  const signature = randomBytes(3300).toString("base64");
  const tokens = (fields: Json) => packedIn([{ type: "thinking", ...fields }]).sealedTokens;
  assert.equal(tokens({ signature }), signature.length / SEALED_CHARS_PER_TOKEN);
  assert.equal(
    tokens({ signature, thinking: "x".repeat(400) }),
    signature.length / SEALED_CHARS_PER_TOKEN - 100,
  );
  assert.equal(tokens({ signature, thinking: "x".repeat(100_000) }), 0);
  assert.equal(tokens({ signature: "short" }), 0);
  assert.equal(packedIn({ type: "reasoning.encrypted", data: signature }).sealedLength, signature.length);
  assert.equal(packedIn({ type: "text", data: signature }).sealedLength, 0);
});

test("JSON loses its media and its sealed reasoning, and nothing else", () => {
  const medium = randomBytes(3000).toString("base64");
  const value = {
    text: medium,
    source: { data: medium, media_type: "image/png" },
    signature: "EvQB",
    more: ["ü", 7, null],
  };
  assert.deepEqual(JSON.parse(textJson(value)), {
    ...value,
    source: { data: "", media_type: "image/png" },
    signature: "",
  });
  assert.equal(textJson(undefined), "");
});

test("JSON without anything packed is the JSON itself", () => {
  const plain = fc.jsonValue().filter((value) =>
    !/signature|encrypted_content|"data"/i.test(JSON.stringify(value))
  );
  fc.assert(fc.property(plain, (value) => {
    assert.equal(textJson(value), JSON.stringify(value));
    assert.deepEqual(packedIn(value), { media: 0, mediaLength: 0, sealedLength: 0, sealedTokens: 0 });
  }));
});

/** 1.9 MB of base64, as a picture has it. */
const PICTURE = randomBytes(1_425_000).toString("base64");
const PICTURE_URL = `data:image/png;base64,${PICTURE}`;
const AS_TEXT = PICTURE.length / 4;

type Inspect = (body: Json, headers: Record<string, string>, size: number) => RequestFacts;

const UNUSUAL: readonly (readonly [what: string, inspect: Inspect, body: Json])[] = [
  ["a picture that a Responses model made", inspectOpenAiResponses, {
    input: [{ type: "image_generation_call", id: "ig", status: "completed", result: PICTURE }],
  }],
  ["a picture that a Chat model made", inspectOpenAiChat, {
    messages: [{
      role: "assistant",
      content: "here",
      images: [{ type: "image_url", image_url: { url: PICTURE_URL } }],
    }],
  }],
  ["a video", inspectOpenAiChat, {
    messages: [{
      role: "user",
      content: [{ type: "video_url", video_url: { url: `data:video/mp4;base64,${PICTURE}` } }],
    }],
  }],
  ["a video in a field of its own", inspectOpenAiChat, {
    messages: [{ role: "user", content: [{ type: "input_video", input_video: { data: PICTURE } }] }],
  }],
  ["the sound that a Chat model made", inspectOpenAiChat, {
    messages: [{ role: "assistant", audio: { id: "a", data: PICTURE, transcript: "hi" } }],
  }],
  ["a Messages document made of a picture", inspectAnthropicMessages, {
    messages: [{
      role: "user",
      content: [{
        type: "document",
        source: {
          type: "content",
          content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: PICTURE } }],
        },
      }],
    }],
  }],
  ["a picture in a search result of a Messages server tool", inspectAnthropicMessages, {
    messages: [{
      role: "assistant",
      content: [{ type: "some_new_tool_result", content: [{ type: "shot", bytes: PICTURE }] }],
    }],
  }],
  ["a Responses screenshot of another field", inspectOpenAiResponses, {
    input: [{ type: "computer_call_output", output: { type: "screen", image: PICTURE_URL } }],
  }],
];
for (const [what, inspect, body] of UNUSUAL) {
  test(`${what} is not counted as text`, () => {
    const { approxTokens } = inspect(body, {}, JSON.stringify(body).length);
    assert.ok(approxTokens > 100 && approxTokens < 5000, `${approxTokens}`);
  });
}

test("base64 that the model reads as text is counted as text", () => {
  for (
    const [inspect, body] of [
      [inspectOpenAiChat, { messages: [{ role: "user", content: PICTURE }] }],
      [inspectAnthropicMessages, {
        messages: [{ role: "assistant", content: [{ type: "tool_use", input: { data: PICTURE } }] }],
      }],
      [inspectOpenAiResponses, { input: [{ type: "function_call_output", call_id: "c", output: PICTURE }] }],
    ] as const
  ) {
    const { approxTokens } = inspect(body, {}, JSON.stringify(body).length);
    assert.ok(approxTokens > AS_TEXT * 0.9, `${approxTokens}`);
  }
});

test("sealed reasoning is counted by what it holds, in routing and in a count of tokens", () => {
  const thought = "a thought of some words ".repeat(400);
  const sealed = randomBytes(thought.length).toString("base64");
  const tokens = thought.length / 4;
  const CASES: readonly (readonly [Inspect, Json, Pick<typeof anthropicMessages, "request">])[] = [
    [inspectOpenAiResponses, {
      input: [{ type: "reasoning", id: "rs", summary: [], encrypted_content: sealed }],
    }, openAiResponses],
    [inspectAnthropicMessages, {
      max_tokens: 10,
      messages: [{ role: "assistant", content: [{ type: "redacted_thinking", data: sealed }] }],
    }, anthropicMessages],
    [inspectAnthropicMessages, {
      max_tokens: 10,
      messages: [{
        role: "assistant",
        content: [{ type: "thinking", thinking: "in short", signature: sealed }],
      }],
    }, anthropicMessages],
  ];
  for (const [inspect, body, { request }] of CASES) {
    const routed = inspect(body, {}, JSON.stringify(body).length).approxTokens;
    const counted = estimateTokens(request.decode(body));
    for (const count of [routed, counted]) {
      assert.ok(count > tokens * 0.9 && count < tokens * 1.15, `${count} for ${tokens}`);
    }
  }
});
