/** Reads an answer with the Responses part of `openai`. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { accumulateResponse } from "openai/lib/responses/ResponseAccumulator";
import type { Json } from "../../src/model/json.ts";
import { unsealed } from "../../src/dialects/openai-responses/reasoning.ts";
import { type Call, type Finish, parsed, type Summary, type Tokens, words } from "./summary.ts";

/** The whole response, put together from its events where it is streamed. @throws what the SDK throws. */
export async function readResponses(
  url: string,
  request: Json,
  stream: boolean,
  written = false,
): Promise<Summary> {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
  const response = stream
    ? await streamed(client, request, written)
    : await client.responses.create(request) as Json;
  if (response.status === "failed") throw new Error(response.error.message);
  const output: Json[] = response.output;
  const items = (type: string) => output.filter((item) => item.type === type);
  const parts = items("message").flatMap(({ content }) => content);
  const calls = output.flatMap(callOf);
  const refusal = parts.map((part) => part.refusal ?? "").join("");
  const reasoning = items("reasoning");
  return {
    text: parts.map((part) => part.text ?? "").join(""),
    refusal,
    reasoning: words(
      reasoning.flatMap(({ summary, content }) => [...summary, ...(content ?? [])].map(({ text }) => text)),
    ),
    secrets: reasoning.flatMap(({ encrypted_content: content }) => secretsOf(content)).sort(),
    calls,
    finish: finishOf(response, calls, refusal),
    tokens: tokensOf(response.usage),
    model: response.model,
  };
}

/**
 * The finished response. Its items are those of `output_item.done`, as agents take them: encrypted thinking is encrypted
 * anew in the last event. Of a stream that the proxy wrote the SDK's own helper must come to the same.
 */
async function streamed(client: OpenAI, request: Json, written: boolean): Promise<Json> {
  let response: Json;
  let accumulated: Json;
  const done: Json[] = [];
  for await (
    const event of await client.responses.create({ ...request, stream: true }) as unknown as Json[]
  ) {
    if (event.type === "error") throw new Error(event.message ?? event.error?.message);
    if (written) accumulated = accumulateResponse(event, accumulated);
    if (event.type === "response.output_item.done") done[event.output_index] = event.item;
    if (["response.completed", "response.incomplete", "response.failed"].includes(event.type)) {
      response = event.response;
    }
  }
  if (response === undefined) throw new Error("the stream ended without its last event");
  if (written) assert.deepEqual(accumulated.output, response.output);
  const items = done.filter((item) => item !== undefined);
  if (items.length > 0) {
    assert.deepEqual(
      items.map(({ type }) => type),
      response.output.map(({ type }: Json) => type),
    );
  }
  return items.length > 0 ? { ...response, output: items } : response;
}

function callOf(item: Json): Call[] {
  const id = item.call_id;
  switch (item.type) {
    case "function_call":
      return [{ id, name: item.name, arguments: parsed(item.arguments) }];
    case "custom_tool_call":
      return [{ id, name: item.name, arguments: { input: item.input } }];
    case "local_shell_call":
      return [{ id, name: "local_shell", arguments: item.action }];
    case "apply_patch_call":
      return [{ id, name: "apply_patch", arguments: item.operation }];
    default:
      return [];
  }
}

/** The provider's own encrypted thinking, or what the proxy sealed for another dialect's provider. */
function secretsOf(content: string | undefined): string[] {
  if (!content) return [];
  const seal = unsealed(content);
  if (seal === undefined) return [content];
  return [seal.signature, seal.redacted].filter((secret) => secret !== undefined);
}

function finishOf(response: Json, calls: readonly Call[], refusal: string): Finish {
  if (response.status === "incomplete") {
    return response.incomplete_details.reason === "content_filter" ? "filtered" : "out of tokens";
  }
  return calls.length > 0 ? "tools" : refusal !== "" ? "refused" : "done";
}

function tokensOf(usage: Json): Tokens | undefined {
  if (!usage) return undefined;
  const cacheRead = usage.input_tokens_details?.cached_tokens ?? 0;
  const cacheWrite = usage.input_tokens_details?.cache_write_tokens ?? 0;
  return {
    fresh: usage.input_tokens - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    output: usage.output_tokens,
    reasoning: usage.output_tokens_details?.reasoning_tokens ?? 0,
  };
}
