import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { Json } from "../../../src/model/json.ts";
import { dialects } from "../../../src/dialects/registry.ts";
import { functionArguments } from "../../../src/dialects/shared/client-tools.ts";
import { toolNames } from "../../../src/dialects/shared/tool-names.ts";
import { assertTakes } from "./takes.ts";
import { sharedWhereThere } from "../../support/shared.ts";

const OWN = new URL("../../fixtures/requests/", import.meta.url);

interface Seen {
  readonly file: string;
  readonly dialect: "openai-chat" | "openai-responses";
  readonly body: Json;
}

function seenRequests(): Seen[] {
  const seen: Seen[] = [];
  for (const url of [OWN, ...sharedWhereThere("fixtures/client-requests/")]) {
    for (const file of readdirSync(url)) {
      const { body } = JSON.parse(readFileSync(new URL(file, url), "utf8"));
      if (body?.input !== undefined) seen.push({ file, dialect: "openai-responses", body });
      else if (body?.messages !== undefined && !/^claude|anthropic/.test(file)) {
        seen.push({ file, dialect: "openai-chat", body });
      }
    }
  }
  return seen;
}

test("every recorded request of Codex, OpenClaw and opencode becomes one that Anthropic takes", () => {
  const seen = seenRequests();
  assert.ok(seen.length > 10);
  for (const { file, dialect, body } of seen) {
    const conversation = dialects[dialect].request.decode(body);
    for (const model of ["claude-3-opus", "claude-sonnet-4-5", "claude-opus-4-8", "claude-opus-5-5"]) {
      const target = { model, provider: "anthropic", quirks: [] };
      const encoded = dialects["anthropic-messages"].request.encode(conversation, target);
      assertTakes(encoded.body);
      assert.equal(encoded.body.tools?.length ?? 0, conversation.tools.length, file);
      const names = toolNames(conversation.tools);
      for (const [i, tool] of conversation.tools.entries()) {
        assert.equal(names.original(encoded.body.tools[i].name)?.name, tool.name, file);
      }
      const calls = conversation.messages.flatMap(({ parts }) =>
        parts.filter((part) => part.type === "tool_call")
      );
      for (const call of calls) {
        const sent = encoded.body.messages.flatMap(({ content }: Json) => content)
          .find((block: Json) => block.type === "tool_use" && block.id === call.id);
        assert.deepEqual(sent.input, JSON.parse(functionArguments(call)), file);
      }
    }
  }
});

test("Codex's tools work here: called under flat names, answered under their own", () => {
  const asked = dialects["openai-responses"].request.decode({
    model: "gpt-5",
    stream: true,
    input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "patch it" }] }],
    tools: [
      { type: "custom", name: "apply_patch", description: "Edits files.", format: { type: "text" } },
      {
        type: "namespace",
        name: "multi_agent_v1",
        description: "",
        tools: [
          {
            type: "function",
            name: "close_agent",
            parameters: { type: "object", properties: {} },
            strict: false,
          },
        ],
      },
    ],
  });
  const { body } = dialects["anthropic-messages"].request.encode(asked, {
    model: "claude-sonnet-4-5",
    provider: "anthropic",
    quirks: [],
  });
  assert.deepEqual(body.tools.map(({ name }: Json) => name), ["apply_patch", "multi_agent_v1__close_agent"]);
  const answer = dialects["anthropic-messages"].reply.decode({
    id: "msg_1",
    model: "claude-sonnet-4-5",
    content: [
      { type: "tool_use", id: "t1", name: "apply_patch", input: { input: "*** Begin Patch\n" } },
      { type: "tool_use", id: "t2", name: "multi_agent_v1__close_agent", input: { id: 1 } },
    ],
    stop_reason: "tool_use",
  });
  const calls = dialects["openai-responses"].reply.encode(answer, asked).output.map(
    ({ type, name, namespace, call_id, input, arguments: args }: Json) => ({
      type,
      name,
      namespace,
      call_id,
      input,
      args,
    }),
  );
  assert.deepEqual(calls, [
    {
      type: "custom_tool_call",
      name: "apply_patch",
      namespace: undefined,
      call_id: "t1",
      input: "*** Begin Patch\n",
      args: undefined,
    },
    {
      type: "function_call",
      name: "close_agent",
      namespace: "multi_agent_v1",
      call_id: "t2",
      input: undefined,
      args: '{"id":1}',
    },
  ]);
});
