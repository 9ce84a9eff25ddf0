import assert from "node:assert/strict";
import { test } from "node:test";
import { openAiResponses } from "../../../../src/dialects/openai-responses/index.ts";
import {
  historyEdits,
  needsReencode,
} from "../../../../src/dialects/openai-responses/request/passthrough.ts";
import { takesServerTool } from "../../../../src/dialects/openai-responses/tools.ts";
import type { Json } from "../../../../src/model/json.ts";

test("a body that passes through loses the sealed reasoning of other dialects, and nothing else", () => {
  const sealed = { type: "reasoning", summary: [], encrypted_content: "tlp1.e30" };
  const own = { type: "reasoning", summary: [], encrypted_content: "gAAA" };
  const user = { role: "user", content: "hi" };
  const target = { provider: "openai", model: "gpt-5.5", quirks: [] };
  const edits = (input: Json) => openAiResponses.request.edits!({ input }, target);
  const said = { role: "assistant", content: "ok" };
  assert.equal(edits([user, own, said]), undefined);
  assert.equal(edits("hi"), undefined);
  assert.deepEqual(edits([user, sealed, own, said]), {
    members: { input: [user, own, said] },
    dropped: ["earlier_reasoning"],
  });
});

const OPENAI = { provider: "openai", model: "m", quirks: [] };
const COPY = { provider: "p", model: "m", quirks: ["functions-only"] };

test("tools and items that only OpenAI reads are re-encoded for copies of its API", () => {
  // https://platform.openai.com/docs/api-reference/responses/create#responses-create-tools
  const needs: Json[] = [
    { tools: [{ type: "function" }, { type: "custom" }] },
    { tools: [{ type: "namespace", tools: [] }] },
    { tools: [{ type: "web_search" }] },
    { input: [{ role: "user", content: "a" }, { type: "custom_tool_call_output" }] },
    { input: [{ type: "additional_tools", tools: [] }] },
  ];
  for (const body of needs) {
    const said = JSON.stringify(body);
    assert.equal(needsReencode(body, COPY), true, said);
    assert.equal(needsReencode(body, { ...COPY, quirks: ["strict-fields"] }), true, said);
    assert.equal(needsReencode(body, OPENAI), false, said);
  }
});

test("functions and plain items pass to a copy, and bodies of any shape do", () => {
  const plain: Json[] = [
    { tools: [{ type: "function" }], input: [{ type: "function_call" }, { type: "reasoning" }] },
    { input: "hi" },
    {},
    null,
    { tools: "x", input: [null, 7, "x", { type: "constructor" }] },
    { tools: [null, 7] },
  ];
  for (const body of plain) assert.equal(needsReencode(body, COPY), false, JSON.stringify(body));
});

test("a tool that a provider runs itself does not keep a body from it", () => {
  const groq = { ...COPY, provider: "groq", model: "openai/gpt-oss-120b" };
  assert.equal(takesServerTool("browser_search", groq), true);
  assert.equal(needsReencode({ tools: [{ type: "browser_search" }, { type: "function" }] }, groq), false);
  for (const type of ["web_search", "custom", "", undefined, 7]) {
    assert.equal(takesServerTool(type, groq), false);
  }
  assert.equal(takesServerTool("browser_search", COPY), false);
});

test("a history that needs nothing is left alone, whatever its shape", () => {
  for (
    const body of [{ input: [{ role: "user", content: "hi" }] }, { input: "hi" }, {}, null, {
      input: [null, 7],
    }]
  ) {
    assert.equal(historyEdits(body, OPENAI), undefined);
  }
});
