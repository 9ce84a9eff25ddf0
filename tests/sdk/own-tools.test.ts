import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import type { Json } from "../../src/model/json.ts";
import { type BuiltinDialect, dialects } from "../../src/dialects/registry.ts";
import type { ReplyEvent } from "../../src/model/conversation.ts";
import { sse } from "../support/provider.ts";
import { good } from "../support/faults.ts";
import { proxyWith } from "../support/world.ts";

const PATCH = '*** Begin Patch\n*** Update File: größe.ts\n-a "1"\n+a \\o/\n*** End Patch';
const ACTION = { type: "exec", command: ["bash", "-lc", "ls"], env: {}, working_directory: "/tmp" };
const OPERATION = { type: "update_file", path: "a.ts", diff: "../../\n-1\n+2\n" };

interface OwnTool {
  readonly what: string;
  readonly tool: Json;
  /** The function that a provider of another dialect calls, and its arguments. */
  readonly called: string;
  readonly given: Json;
  /** The call as the client must get it, but for its ids. */
  readonly item: Json;
  /** What the client hands back, but for the call's id. */
  readonly output: Json;
}

const TOOLS: readonly OwnTool[] = [
  {
    what: "a custom tool",
    tool: {
      type: "custom",
      name: "apply_patch",
      format: { type: "grammar", syntax: "lark", definition: "start: /.+/" },
    },
    called: "apply_patch",
    given: { input: PATCH },
    item: { type: "custom_tool_call", name: "apply_patch", input: PATCH },
    output: { type: "custom_tool_call_output", output: "Done!" },
  },
  {
    what: "a custom tool in a namespace",
    tool: {
      type: "namespace",
      name: "functions",
      description: "Tools.",
      tools: [{ type: "custom", name: "exec" }],
    },
    called: "functions__exec",
    given: { input: "text(1);" },
    item: { type: "custom_tool_call", name: "exec", namespace: "functions", input: "text(1);" },
    output: { type: "custom_tool_call_output", output: "Done!" },
  },
  {
    what: "a function in a namespace",
    tool: {
      type: "namespace",
      name: "agents",
      description: "Agents.",
      tools: [{
        type: "function",
        name: "spawn",
        parameters: { type: "object", properties: {} },
        strict: false,
      }],
    },
    called: "agents__spawn",
    given: { task: "look" },
    item: { type: "function_call", name: "spawn", namespace: "agents", arguments: '{"task":"look"}' },
    output: { type: "function_call_output", output: "Done!" },
  },
  {
    what: "the local shell",
    tool: { type: "local_shell" },
    called: "local_shell",
    given: { command: ACTION.command, working_directory: "/tmp" },
    item: { type: "local_shell_call", action: ACTION },
    output: { type: "local_shell_call_output", output: "Done!" },
  },
  {
    what: "apply_patch",
    tool: { type: "apply_patch" },
    called: "apply_patch",
    given: OPERATION,
    item: { type: "apply_patch_call", operation: OPERATION },
    output: { type: "apply_patch_call_output", status: "completed", output: "Done!" },
  },
];

/** A provider's answer that calls a function, its arguments cut in the middle of everything. */
function calling(dialect: BuiltinDialect, name: string, given: Json): Uint8Array[] {
  const encoder = dialects[dialect].stream.encoder({
    dialect,
    model: "m",
    stream: true,
    includeUsage: true,
    messages: [],
    tools: [],
    serverTools: [],
    extensions: {},
  });
  const events: ReplyEvent[] = [
    { type: "start", id: "answer_1", model: "m" },
    { type: "block_start", index: 0, block: { type: "tool_call", id: "call_1", name, kind: "function" } },
    ...Array.from(JSON.stringify(given), (text): ReplyEvent => ({ type: "delta", index: 0, text })),
    { type: "block_stop", index: 0 },
    {
      type: "finish",
      stop: "tool_use",
      usage: { input: 9, cacheRead: 0, cacheWrite: 0, output: 5, reasoning: 0 },
    },
  ];
  const bytes = new TextEncoder().encode(events.map((event) => encoder.push(event)).join("") + encoder.end());
  return Array.from(
    { length: Math.ceil(bytes.length / 97) },
    (_, at) => bytes.subarray(at * 97, at * 97 + 97),
  );
}

/** The call and its result, as the second request brings them to the provider. */
function roundTrip(dialect: BuiltinDialect, body: Json): Json {
  if (dialect === "openai-chat") {
    const call = body.messages.find(({ tool_calls: calls }: Json) => calls !== undefined).tool_calls[0];
    const result = body.messages.find(({ role }: Json) => role === "tool");
    return {
      call: [call.id, call.function.name, JSON.parse(call.function.arguments)],
      result: [result.tool_call_id, result.content],
    };
  }
  const blocks = body.messages.flatMap(({ content }: Json) => content);
  const call = blocks.find(({ type }: Json) => type === "tool_use");
  const result = blocks.find(({ type }: Json) => type === "tool_result");
  return {
    call: [call.id, call.name, call.input],
    result: [
      result.tool_use_id,
      typeof result.content === "string" ? result.content : result.content[0].text,
    ],
  };
}

async function play(dialect: BuiltinDialect, { tool, called, given, item, output }: OwnTool): Promise<void> {
  await using world = await proxyWith({ there: sse(calling(dialect, called, given)) }, { dialect });
  const client = new OpenAI({ baseURL: `${world.url}/v1`, apiKey: "none", maxRetries: 0 });
  const ask = async (input: Json[]): Promise<Json[]> => {
    const request: Json = { model: "auto", input, tools: [tool], store: false };
    return (await client.responses.stream(request).finalResponse()).output;
  };
  const prompt = { role: "user", content: "use it" };
  const [call] = await ask([prompt]);
  const { id: _id, call_id: callId, status: _status, parsed_arguments: _parsed, ...said } = call;
  assert.deepEqual(said, item);
  assert.equal(callId, "call_1");

  world.there.answer(good(dialect, true, "thanks"));
  const [message] = await ask([prompt, call, { ...output, call_id: callId, id: callId }]);
  assert.equal(message.content[0].text, "thanks");
  const again = roundTrip(dialect, world.there.arrived[1]?.json);
  assert.deepEqual(again.call.slice(0, 2), ["call_1", called]);
  for (const key of Object.keys(given)) assert.deepEqual(again.call[2][key], given[key]);
  assert.equal(again.result[0], "call_1");
  assert.match(again.result[1], /Done!/);
}

for (const dialect of ["openai-chat", "anthropic-messages"] as const) {
  for (const own of TOOLS) {
    test(`${own.what} of a Responses client is called through ${dialect}, and its result goes back`, () =>
      play(dialect, own));
  }
}
