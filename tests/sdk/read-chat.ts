/** Reads an answer with the Chat part of `openai`. */
import OpenAI from "openai";
import type { Json } from "../../src/model/json.ts";
import { type Finish, parsed, type Summary, type Tokens, words } from "./summary.ts";

const FINISH: Readonly<Record<string, Finish>> = {
  stop: "done",
  length: "out of tokens",
  tool_calls: "tools",
  content_filter: "filtered",
};

/** What today's agents read of a message beside the SDK's own fields. */
interface Thinking {
  text: string;
  details: Json[];
}

function think(thinking: Thinking, piece: Json): void {
  const plain = piece?.reasoning_content ?? piece?.reasoning;
  if (typeof plain === "string") thinking.text += plain;
  if (Array.isArray(piece?.reasoning_details)) thinking.details.push(...piece.reasoning_details);
}

/** The whole completion, put together by the SDK's own helper where it is streamed. @throws what the SDK throws. */
export async function readChat(url: string, request: Json, stream: boolean): Promise<Summary> {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
  const thinking: Thinking = { text: "", details: [] };
  let usage: Json;
  let completion: Json;
  if (stream) {
    const runner = client.chat.completions.stream({ ...request, stream_options: { include_usage: true } });
    runner.on("chunk", (chunk: Json) => {
      think(thinking, chunk.choices[0]?.delta);
      usage = chunk.usage ?? chunk.x_groq?.usage ?? usage;
    });
    completion = await runner.finalChatCompletion();
  } else {
    completion = await client.chat.completions.create(request);
    think(thinking, completion.choices[0].message);
    usage = completion.usage;
  }
  const { message, finish_reason: reason } = completion.choices[0];
  const calls = (message.tool_calls ?? []).map(callOf);
  const refusal = message.refusal ?? "";
  return {
    text: message.content ?? "",
    refusal,
    reasoning: thinking.text === ""
      ? words(thinking.details.map(({ text, summary }) => text ?? summary))
      : thinking.text,
    secrets: thinking.details.flatMap(({ signature, data }) => [signature, data]).filter((one) => one).sort(),
    calls,
    // Clients go by the calls where a provider says "stop" and calls tools all the same.
    finish: calls.length > 0 && reason === "stop" ? "tools" : refusal !== "" ? "refused" : FINISH[reason]!,
    tokens: tokensOf(usage),
    model: completion.model,
  };
}

function callOf({ id, function: called, custom }: Json) {
  if (custom !== undefined) return { id, name: custom.name, arguments: { input: custom.input } };
  return { id, name: called.name, arguments: parsed(called.arguments === "" ? "{}" : called.arguments) };
}

function tokensOf(usage: Json): Tokens | undefined {
  if (!usage) return undefined;
  const cacheRead = usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? 0;
  const cacheWrite = usage.prompt_tokens_details?.cache_write_tokens ?? 0;
  return {
    fresh: usage.prompt_tokens - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    output: usage.completion_tokens,
    reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
  };
}
