import assert from "node:assert/strict";
import { test } from "node:test";
import { AGENTS } from "../../scripts/clients/agents.ts";
import { DIALECTS } from "../../scripts/clients/case.ts";
import { CASES } from "../../scripts/clients/cases.ts";
import { toolResults } from "../../scripts/clients/checks.ts";
import { configuration, MODELS } from "../../scripts/clients/configuration.ts";
import { configOf } from "../support/proxy.ts";

test("every case has its own name, checks something, and a configuration that loads", () => {
  assert.equal(new Set(CASES.map(({ name }) => name)).size, CASES.length);
  for (const one of CASES) {
    // A crossing is checked turn by turn, a refusal by what the user reads, and the plugin by its own steps.
    const checks = one.checks.length > 0 || one.crosses !== undefined || one.refused !== undefined ||
      one.plugin !== undefined;
    assert.ok(checks, one.name);
    const backup = one.backup === undefined ? undefined : "http://127.0.0.1:4002";
    const { router, providers } = configOf(configuration(one, "http://127.0.0.1:4001", backup));
    assert.deepEqual(providers.get("primary")?.dialects, [one.provider]);
    assert.equal(providers.get("primary")?.passthrough, one.subscription !== undefined);
    assert.deepEqual(Object.keys(router.routes).sort(), Object.keys(MODELS).sort());
  }
});

test("every agent meets a provider of every dialect", () => {
  for (
    const agent of ["Claude Code", "Codex", "OpenClaw (Chat)", "OpenClaw (Responses)", "OpenClaw (Messages)"]
  ) {
    assert.ok(agent in AGENTS);
    for (const provider of DIALECTS) {
      assert.ok(
        CASES.some((one) => one.agent === agent && one.provider === provider),
        `${agent} → ${provider}`,
      );
    }
  }
});

test("the results of tools are found in a request of each dialect", () => {
  const request = (path: string, body: unknown) => ({ method: "POST", path, headers: {}, body, status: 200 });
  const found = [
    request("/v1/messages", {
      messages: [{
        role: "user",
        content: [{ type: "tool_result", content: "out" }, { type: "text", text: "x" }],
      }],
    }),
    request("/v1/chat/completions", {
      messages: [{ role: "tool", content: "out" }, { role: "user", content: "x" }],
    }),
    request("/v1/responses", {
      input: [{ type: "function_call_output", output: "out" }, { type: "message" }],
    }),
  ].map(toolResults);
  assert.deepEqual(found, [["out"], ["out"], ["out"]]);
});
