import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeCall,
  decodeResult,
  encodeCall,
  encodeResult,
  idOfCall,
  idOfResult,
} from "../../../src/dialects/openai-responses/calls.ts";
import type { ToolCallPart, ToolKind, ToolResultPart } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { asked } from "./support.ts";

const ITEMS = [
  { type: "function_call", call_id: "c1", name: "f", arguments: "{}" },
  { type: "function_call", id: "fc_1", name: "f", arguments: "{}" },
  { type: "custom_tool_call", call_id: "c2", name: "g", input: "x" },
  { type: "tool_search_call", execution: "server", call_id: "c3" },
  { type: "tool_search_call", execution: "client", arguments: {} },
  { type: "tool_search_call", execution: "client", call_id: "c4", arguments: {} },
  { type: "function_call_output", call_id: "c1", output: "done" },
  { type: "custom_tool_call_output", call_id: "c2", output: [{ type: "input_text", text: "done" }] },
  { type: "message", role: "user", content: "hello" },
  { type: "constructor" },
];

test("the id of a call or result alone is the one that the whole has", () => {
  for (const item of ITEMS) {
    assert.equal(idOfCall(item), decodeCall(item)?.id, JSON.stringify(item));
    assert.equal(idOfResult(item), decodeResult(item)?.id, JSON.stringify(item));
  }
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

test("a call of every kind comes back from its item as it was", () => {
  const calls: Readonly<Record<ToolKind, string>> = {
    function: '{"a": 1}',
    custom: 'free "text" é',
    local_shell: '{"type":"exec","command":["ls"],"env":{}}',
    shell: '{"max_output_length":null,"timeout_ms":null,"commands":["ls"]}',
    apply_patch: '{"type":"delete_file","path":"a"}',
    tool_search: '{"query":"x"}',
    computer: '{"type":"screenshot"}',
  };
  for (const [kind, args] of Object.entries(calls) as [ToolKind, string][]) {
    const name = kind === "function" || kind === "custom" ? "f" : kind;
    const call: ToolCallPart = { type: "tool_call", id: "c", name, kind, arguments: args };
    assert.deepEqual(decodeCall(encodeCall(call, undefined) as Json), call, kind);
    assert.equal((encodeCall(call, "x_1", "in_progress") as Json).status, "in_progress");
  }
});

test("arguments that cannot be read become a call that does nothing", () => {
  const item = (kind: ToolKind, args: string): Json =>
    encodeCall({ id: "c", name: kind, kind, arguments: args }, undefined);
  for (const odd of ["", "{", "7", "[]", '{"command":"rm -rf /"}', "null"]) {
    assert.deepEqual(item("local_shell", odd).action.command, []);
    assert.deepEqual(item("shell", odd).action.commands, []);
    assert.equal(item("apply_patch", odd).operation.path, "");
  }
  assert.deepEqual(item("computer", "").action, { type: "screenshot" });
  assert.deepEqual(item("computer", '[{"type":"click"}]').actions, [{ type: "click" }]);
});

test("a result of every kind is an item that says the same", () => {
  const text = { type: "text" as const, text: "é" };
  const result = (kind: ToolKind, more: Partial<ToolResultPart> = {}): ToolResultPart => ({
    type: "tool_result",
    id: "c",
    kind,
    content: [text],
    ...more,
  });
  const item = (part: ToolResultPart): Json => encodeResult(part, () => assert.fail("nothing is lost"));
  for (const kind of ["function", "custom", "local_shell", "apply_patch"] as ToolKind[]) {
    assert.deepEqual(decodeResult(item(result(kind))), result(kind), kind);
    const failed = result(kind, { isError: true });
    assert.deepEqual(decodeResult(item(failed)), failed, kind);
  }
  const outcome = { type: "exit", exit_code: 0 };
  assert.deepEqual(item(result("shell")).output, [{ stdout: "é", stderr: "", outcome }]);
  const own = [{ stdout: "a", stderr: "b", outcome: { type: "timeout" } }];
  assert.deepEqual(
    item(result("shell", { content: [{ type: "text", text: JSON.stringify(own) }] })).output,
    own,
  );
  assert.deepEqual(item(result("tool_search")).tools, []);
  assert.equal("id" in item(result("local_shell", { id: "a b" })), false);
});

test("a computer's screenshot goes out as one, and parts without a form are named as lost", () => {
  const image = { type: "image" as const, source: { kind: "url" as const, url: "https://a" } };
  const screen = encodeResult({ type: "tool_result", id: "c", kind: "computer", content: [image] }, () => {});
  assert.deepEqual((screen as Json).output, { type: "computer_screenshot", image_url: "https://a" });
  const empty = encodeResult({ type: "tool_result", id: "c", kind: "function", content: [] }, () => {});
  assert.equal((empty as Json).output, "");
});
