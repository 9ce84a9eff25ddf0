import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { Json } from "../../../../src/model/json.ts";
import { UnsupportedRequest } from "../../../../src/dialects/dialect.ts";
import { decodeRequest } from "../../../../src/dialects/openai-responses/request/decode.ts";
import { asked } from "../support.ts";
import { shared, withoutShared } from "../../../support/shared.ts";

const user = (text: string) => ({ role: "user", parts: [{ type: "text", text }] });

test("a string is the user's message, instructions are the system's", () => {
  const { messages, model, stream, dialect } = asked({ instructions: "Be brief.", input: "plan it" });
  assert.deepEqual(messages, [
    { role: "system", parts: [{ type: "text", text: "Be brief." }] },
    user("plan it"),
  ]);
  assert.deepEqual([model, stream, dialect], ["asked-model", true, "openai-responses"]);
});

test("system and developer messages stay where they are", () => {
  const { messages } = asked({
    input: [
      { role: "system", content: "A" },
      { type: "message", role: "user", content: [{ type: "input_text", text: "B" }] },
      { type: "message", role: "developer", content: [{ type: "input_text", text: "C" }] },
    ],
  });
  assert.deepEqual(messages.map((message) => message.role), ["system", "user", "developer"]);
});

test("a turn's reasoning, texts and calls are one message, its results and next prompt another", () => {
  const { messages } = asked({
    input: [
      { role: "user", content: "look" },
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: "hm" }],
        encrypted_content: "gAAA",
      },
      {
        type: "message",
        role: "assistant",
        phase: "commentary",
        content: [{ type: "output_text", text: "I look." }],
      },
      { type: "function_call", id: "fc_1", call_id: "call_1", name: "ls", arguments: '{"a": 1}' },
      {
        type: "custom_tool_call",
        call_id: "call_2",
        name: "patch",
        namespace: "functions",
        input: "*** Begin",
      },
      { type: "function_call_output", call_id: "call_1", output: "a.ts" },
      { type: "custom_tool_call_output", call_id: "call_2", output: [{ type: "input_text", text: "ok" }] },
      { role: "user", content: "and now?" },
      { role: "user", content: "well?" },
    ],
  });
  assert.deepEqual(messages, [
    user("look"),
    {
      role: "assistant",
      parts: [
        { type: "reasoning", summary: ["hm"], encrypted: "gAAA", itemId: "rs_1" },
        { type: "text", text: "I look.", phase: "commentary" },
        {
          type: "tool_call",
          id: "call_1",
          name: "ls",
          kind: "function",
          arguments: '{"a": 1}',
          itemId: "fc_1",
        },
        {
          type: "tool_call",
          id: "call_2",
          name: "patch",
          namespace: "functions",
          kind: "custom",
          arguments: "*** Begin",
        },
      ],
    },
    {
      role: "user",
      parts: [
        { type: "tool_result", id: "call_1", kind: "function", content: [{ type: "text", text: "a.ts" }] },
        { type: "tool_result", id: "call_2", kind: "custom", content: [{ type: "text", text: "ok" }] },
        { type: "text", text: "and now?" },
      ],
    },
    user("well?"),
  ]);
});

test("images and files are read in every form", () => {
  const { messages } = asked({
    input: [{
      role: "user",
      content: [
        { type: "input_image", image_url: "data:image/png;base64,AAAA", detail: "high" },
        { type: "input_image", image_url: "https://example.com/a.png" },
        { type: "input_image", file_id: "file_1" },
        { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,BBBB" },
        { type: "input_file", file_data: "CCCC" },
        { type: "input_file", file_url: "https://example.com/a.pdf" },
        { type: "input_file", file_id: "file_2" },
        { type: "input_audio", input_audio: { data: "DDDD", format: "mp3" } },
      ],
    }],
  });
  assert.deepEqual(messages[0]?.parts, [
    { type: "image", source: { kind: "data", mediaType: "image/png", data: "AAAA" }, detail: "high" },
    { type: "image", source: { kind: "url", url: "https://example.com/a.png" } },
    { type: "image", source: { kind: "file", id: "file_1" } },
    {
      type: "document",
      source: { kind: "data", mediaType: "application/pdf", data: "BBBB" },
      title: "a.pdf",
    },
    { type: "document", source: { kind: "data", mediaType: "application/pdf", data: "CCCC" } },
    { type: "document", source: { kind: "url", url: "https://example.com/a.pdf" } },
    { type: "document", source: { kind: "file", id: "file_2" } },
    { type: "audio", data: "DDDD", format: "mp3" },
  ]);
});

test("calls and results of the tools with their own items are read", () => {
  const action = { type: "exec", command: ["ls"], env: {} };
  const operation = { type: "delete_file", path: "a.txt" };
  const { messages, tools } = asked({
    input: [
      { type: "local_shell_call", id: "lsh_1", call_id: "c1", status: "completed", action },
      { type: "apply_patch_call", id: "apc_1", call_id: "c2", status: "completed", operation },
      { type: "shell_call", call_id: "c3", action: { commands: ["ls"] } },
      { type: "tool_search_call", call_id: "c4", execution: "client", arguments: { query: "x" } },
      { type: "local_shell_call_output", call_id: "c1", output: "a" },
      { type: "apply_patch_call_output", call_id: "c2", status: "failed", output: "no such file" },
      {
        type: "shell_call_output",
        call_id: "c3",
        output: [{ stdout: "b", stderr: "", outcome: { type: "exit", exit_code: 0 } }],
      },
      {
        type: "tool_search_output",
        call_id: "c4",
        tools: [{ type: "function", name: "found", parameters: {} }],
      },
    ],
  });
  const [calls, results] = messages.map((message) => message.parts as Json[]);
  assert.deepEqual(calls?.map((part) => [part.kind, part.id, part.arguments]), [
    ["local_shell", "c1", JSON.stringify(action)],
    ["apply_patch", "c2", JSON.stringify(operation)],
    ["shell", "c3", '{"commands":["ls"]}'],
    ["tool_search", "c4", '{"query":"x"}'],
  ]);
  assert.deepEqual(results?.map((part) => [part.kind, part.id, part.isError]), [
    ["local_shell", "c1", undefined],
    ["apply_patch", "c2", true],
    ["shell", "c3", undefined],
    ["tool_search", "c4", undefined],
  ]);
  assert.deepEqual(tools.map((tool) => tool.name), ["found"], "what a search found can be called");
});

test("items that only this dialect knows go on as they came", () => {
  const item = {
    type: "web_search_call",
    id: "ws_1",
    status: "completed",
    action: { type: "search", query: "x" },
  };
  const { messages } = asked({ input: [{ role: "user", content: "a" }, item] });
  assert.deepEqual(messages[1]?.parts, [{
    type: "opaque",
    dialect: "openai-responses",
    name: "web_search_call",
    value: item,
  }]);
});

test("odd shapes do not throw anything but a refusal", () => {
  for (
    const input of [null, 5, {}, [null, 1, "x"], [{ role: "user" }], [{ type: "function_call" }], [{
      type: "reasoning",
    }]]
  ) {
    decodeRequest({
      model: 1,
      input,
      tools: [null, {}, { type: "function" }],
      text: 3,
      reasoning: [],
      include: "x",
    });
  }
  assert.throws(() => decodeRequest(null), UnsupportedRequest);
});

const CAPTURED = "fixtures/client-requests/";

test("every captured Codex request is read: tools, prompt and results", {
  skip: withoutShared(CAPTURED),
}, () => {
  for (const file of readdirSync(shared(CAPTURED)).filter((name) => /^codex\..*json$/.test(name))) {
    const { body, expect } = JSON.parse(readFileSync(shared(CAPTURED + file), "utf8"));
    if (body === null) continue;
    const conversation = decodeRequest(body);
    const texts = conversation.messages.flatMap((message) => message.parts).map((part) =>
      part.type === "text" ? part.text : ""
    );
    if (expect.prompt !== null) assert.ok(texts.some((text) => text.includes(expect.prompt)), file);
    if (file !== "codex.compaction.json") assert.ok(conversation.tools.length > 3, file);
  }
});
