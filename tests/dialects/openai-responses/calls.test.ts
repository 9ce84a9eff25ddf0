import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeCall,
  decodeResult,
  idOfCall,
  idOfResult,
} from "../../../src/dialects/openai-responses/calls.ts";

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
