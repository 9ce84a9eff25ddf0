import assert from "node:assert/strict";
import { test } from "node:test";
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
