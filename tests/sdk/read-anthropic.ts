/** Reads an answer with `@anthropic-ai/sdk`. */
import Anthropic from "@anthropic-ai/sdk";
import { openSeal } from "../../src/dialects/anthropic-messages/reasoning.ts";
import type { Json } from "../../src/model/json.ts";
import { type Finish, type Summary, words } from "./summary.ts";

const FINISH: Readonly<Record<string, Finish>> = {
  end_turn: "done",
  max_tokens: "out of tokens",
  tool_use: "tools",
  refusal: "refused",
  stop_sequence: "stop sequence",
  pause_turn: "paused",
  model_context_window_exceeded: "out of tokens",
};

/** The whole message, put together by the SDK's own helper where it is streamed. @throws what the SDK throws. */
export async function readAnthropic(baseURL: string, request: Json, stream: boolean): Promise<Summary> {
  const client = new Anthropic({ baseURL, apiKey: "none", maxRetries: 0 });
  const message: Json = stream
    ? await client.messages.stream(request).finalMessage()
    : await client.messages.create(request);
  const blocks = (type: string): Json[] => message.content.filter((block: Json) => block.type === type);
  const explanation = message.stop_details?.explanation ?? "";
  const text = blocks("text").map((block) => block.text).join("");
  const refused = message.stop_reason === "refusal" && explanation === "";
  const { usage } = message;
  return {
    // The dialect has no part for a refusal: it is where the text is.
    text: refused ? "" : text,
    refusal: refused ? text : explanation,
    reasoning: words(blocks("thinking").map((block) => block.thinking)),
    secrets: [
      ...blocks("thinking").flatMap(({ signature }) => secretsOf(signature)),
      ...blocks("redacted_thinking").map(({ data }) => data),
    ].sort(),
    calls: blocks("tool_use").map(({ id, name, input }) => ({ id, name, arguments: input })),
    finish: FINISH[message.stop_reason]!,
    tokens: {
      fresh: usage.input_tokens,
      cacheRead: usage.cache_read_input_tokens ?? 0,
      cacheWrite: usage.cache_creation_input_tokens ?? 0,
      output: usage.output_tokens,
      reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
    },
    model: message.model,
  };
}

/** The provider's own signature, or what the proxy sealed for another dialect's provider. */
function secretsOf(signature: string | undefined): string[] {
  if (!signature) return [];
  const seal = openSeal(signature);
  if (seal === undefined) return [signature];
  return [seal.signature, seal.redacted, seal.encrypted].filter((secret) => secret !== undefined);
}
