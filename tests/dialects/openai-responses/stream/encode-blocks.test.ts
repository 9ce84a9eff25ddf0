import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../../src/model/json.ts";
import { toolNames } from "../../../../src/dialects/shared/tool-names.ts";
import { block, CODEX_TOOLS, finish, flatCall, START } from "../events.ts";
import { asked, checkLegal, encodeEvents } from "../support.ts";

test("a model's call of a custom tool comes back as its free text, wherever the JSON was cut", () => {
  const patch = '*** Begin Patch\n*** Add File: "a".txt\n+日本\\n\n*** End Patch';
  const json = JSON.stringify({ input: patch });
  for (let at = 1; at < json.length; at++) {
    const written = encodeEvents([
      START,
      ...block(0, flatCall("call_1", "apply_patch"), json.slice(0, at), json.slice(at)),
      finish("tool_use"),
    ], asked({ tools: CODEX_TOOLS }));
    const [item]: Json[] = checkLegal(written).output;
    assert.equal(item.type, "custom_tool_call");
    assert.equal(item.call_id, "call_1");
    assert.equal(item.input, patch);
  }
});

test("a namespaced tool comes back in its namespace, also where the model left it out", () => {
  const names = toolNames(asked({ tools: CODEX_TOOLS }).tools);
  for (const name of [names.wire({ name: "spawn", namespace: "agents" }), "spawn"]) {
    const [item]: Json[] = checkLegal(
      encodeEvents(
        [START, ...block(0, flatCall("c", name), "{}"), finish("tool_use")],
        asked({ tools: CODEX_TOOLS }),
      ),
    ).output;
    assert.equal(item.type, "function_call");
    assert.equal(item.name, "spawn");
    assert.equal(item.namespace, "agents");
  }
  const [custom] = checkLegal(encodeEvents([
    START,
    ...block(0, flatCall("c", names.wire({ name: "exec", namespace: "agents" })), '{"input":"1+1"}'),
    finish("tool_use"),
  ], asked({ tools: CODEX_TOOLS }))).output;
  assert.deepEqual([custom.type, custom.name, custom.namespace, custom.input], [
    "custom_tool_call",
    "exec",
    "agents",
    "1+1",
  ]);
});

test("local_shell and tool_search come back as their own items", () => {
  const { output } = checkLegal(encodeEvents([
    START,
    ...block(0, flatCall("c1", "local_shell"), '{"command":["ls",', '"-a"]}'),
    ...block(1, flatCall("c2", "tool_search"), '{"query":"agents"}'),
    finish("tool_use"),
  ], asked({ tools: CODEX_TOOLS })));
  assert.deepEqual(output[0].action, { type: "exec", env: {}, command: ["ls", "-a"] });
  assert.deepEqual([output[0].type, output[0].call_id], ["local_shell_call", "c1"]);
  assert.deepEqual([output[1].type, output[1].execution, output[1].arguments], [
    "tool_search_call",
    "client",
    { query: "agents" },
  ]);
});

test("a shell call with unreadable arguments runs nothing", () => {
  const [item]: Json[] = checkLegal(
    encodeEvents(
      [START, ...block(0, flatCall("c1", "local_shell"), '{"command": rm'), finish("tool_use")],
      asked({ tools: CODEX_TOOLS }),
    ),
  ).output;
  assert.deepEqual(item.action.command, []);
});

test("a function without arguments gets an empty object", () => {
  const [item]: Json[] = checkLegal(
    encodeEvents(
      [START, ...block(0, flatCall("c", "exec_command")), finish("tool_use")],
      asked({ tools: CODEX_TOOLS }),
    ),
  ).output;
  assert.equal(item.arguments, "{}");
});

test("two calls with one id, or none, are kept apart", () => {
  const { output } = checkLegal(encodeEvents([
    START,
    ...block(0, flatCall("c", "exec_command"), "{}"),
    ...block(1, flatCall("c", "exec_command"), "{}"),
    ...block(2, flatCall("", "exec_command"), "{}"),
    finish("tool_use"),
  ], asked({ tools: CODEX_TOOLS })));
  assert.equal(new Set(output.map((item: { call_id: string }) => item.call_id)).size, 3);
});
