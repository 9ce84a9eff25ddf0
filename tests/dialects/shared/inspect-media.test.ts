import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import { openAiResponses } from "../../../src/dialects/openai-responses/index.ts";
import { estimateTokens } from "../../../src/dialects/shared/estimate-tokens.ts";
import { inspectAnthropicMessages } from "../../../src/dialects/anthropic-messages/request/inspect.ts";
import type { Json } from "../../../src/model/json.ts";
import type { RequestFacts } from "../../../src/model/request-facts.ts";
import { inspectOpenAiChat } from "../../../src/dialects/openai-chat/request/inspect.ts";
import { inspectOpenAiResponses } from "../../../src/dialects/openai-responses/request/inspect.ts";

const anthropic = (body: Json) => inspectAnthropicMessages(body, {}, 4000);
const chat = (body: Json) => inspectOpenAiChat(body, {}, 4000);
const responses = (body: Json) => inspectOpenAiResponses(body, {}, 4000);

const PNG = "iVBORw0KGgo=".repeat(300);
const MEDIA:
  readonly (readonly [what: string, facts: () => RequestFacts, images: boolean, documents: boolean])[] = [
    [
      "an Anthropic image",
      () =>
        anthropic({
          messages: [{ role: "user", content: [{ type: "image", source: { type: "base64", data: PNG } }] }],
        }),
      true,
      false,
    ],
    [
      "an Anthropic image in a tool result",
      () =>
        anthropic({
          messages: [{
            role: "user",
            content: [{ type: "tool_result", content: [{ type: "image", source: { type: "url" } }] }],
          }],
        }),
      true,
      false,
    ],
    [
      "an Anthropic document",
      () =>
        anthropic({
          messages: [{
            role: "user",
            content: [{ type: "document", source: { type: "file", file_id: "f" } }],
          }],
        }),
      false,
      true,
    ],
    [
      "a Chat image",
      () =>
        chat({
          messages: [{
            role: "user",
            content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }],
          }],
        }),
      true,
      false,
    ],
    [
      "a Chat file",
      () =>
        chat({
          messages: [{ role: "user", content: [{ type: "file", file: { file_data: PNG } }] }],
        }),
      false,
      true,
    ],
    [
      "a Responses image",
      () =>
        responses({
          input: [{
            role: "user",
            content: [{ type: "input_image", image_url: `data:image/png;base64,${PNG}` }],
          }],
        }),
      true,
      false,
    ],
    [
      "a Responses image in a call's output",
      () =>
        responses({
          input: [{ type: "function_call_output", output: [{ type: "input_image", file_id: "f" }] }],
        }),
      true,
      false,
    ],
    [
      "a Responses screenshot",
      () =>
        responses({
          input: [{
            type: "computer_call_output",
            output: { type: "computer_screenshot", image_url: "https://example.com/a" },
          }],
        }),
      true,
      false,
    ],
    [
      "a Responses file",
      () =>
        responses({
          input: [{ role: "user", content: [{ type: "input_file", file_url: "https://example.com/a.pdf" }] }],
        }),
      false,
      true,
    ],
    ["text alone", () => chat({ messages: [{ role: "user", content: "an image_url" }] }), false, false],
  ];
for (const [what, facts, images, documents] of MEDIA) {
  test(`${what}: images ${images}, documents ${documents}`, () => {
    const { hasImages, hasDocuments } = facts();
    assert.deepEqual({ hasImages, hasDocuments }, { hasImages: images, hasDocuments: documents });
  });
}

test("tokens are a quarter of the bytes, and an image counts as an image, not as its base64", () => {
  assert.equal(inspectOpenAiChat({}, {}, 40_000).approxTokens, 10_000);
  const data = "A".repeat(4_000_000);
  const body = {
    messages: [{ role: "user", content: [{ type: "image", source: { type: "base64", data } }] }],
  };
  const { approxTokens } = inspectAnthropicMessages(body, {}, data.length + 400);
  assert.ok(approxTokens > 1000 && approxTokens < 3000, `${approxTokens}`);
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
