import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import type { Json } from "../../src/model/json.ts";
import { DIALECTS, spoken, written } from "../support/speech.ts";
import { playing } from "./recordings.ts";
import type { Tokens } from "./reported.ts";
import { ask, assertAccounted, priced, row } from "./world.ts";

/** The forms in which providers report their tokens, caches and thinking included. */
const FORMS: readonly (readonly [name: string, dialect: BuiltinDialect, usage: (tokens: Tokens) => Json])[] =
  [
    ["Anthropic", "anthropic-messages", ({ input, cache_read, cache_write, output, reasoning }) => ({
      input_tokens: input,
      cache_read_input_tokens: cache_read,
      cache_creation_input_tokens: cache_write,
      output_tokens: output,
      output_tokens_details: { thinking_tokens: reasoning },
    })],
    ["OpenAI's Chat", "openai-chat", ({ input, cache_read, cache_write, output, reasoning }) => ({
      prompt_tokens: input + cache_read + cache_write,
      completion_tokens: output,
      total_tokens: input + cache_read + cache_write + output,
      prompt_tokens_details: { cached_tokens: cache_read, cache_write_tokens: cache_write },
      completion_tokens_details: { reasoning_tokens: reasoning },
    })],
    ["DeepSeek", "openai-chat", ({ input, cache_read, cache_write, output, reasoning }) => ({
      prompt_tokens: input + cache_read + cache_write,
      completion_tokens: output,
      total_tokens: input + cache_read + cache_write + output,
      prompt_cache_hit_tokens: cache_read,
      prompt_cache_miss_tokens: input + cache_write,
      cache_creation_input_tokens: cache_write,
      completion_tokens_details: { reasoning_tokens: reasoning },
    })],
    ["Gemini, whose thinking stands in the total alone", "openai-chat", (tokens) => ({
      prompt_tokens: tokens.input + tokens.cache_read + tokens.cache_write,
      completion_tokens: tokens.output - tokens.reasoning,
      total_tokens: tokens.input + tokens.cache_read + tokens.cache_write + tokens.output,
      prompt_tokens_details: { cached_tokens: tokens.cache_read, cache_write_tokens: tokens.cache_write },
    })],
    ["OpenAI's Responses", "openai-responses", ({ input, cache_read, cache_write, output, reasoning }) => ({
      input_tokens: input + cache_read + cache_write,
      input_tokens_details: { cached_tokens: cache_read, cache_write_tokens: cache_write },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: reasoning },
      total_tokens: input + cache_read + cache_write + output,
    })],
  ];

/** The small answer of a dialect with another usage: Anthropic's split over beginning and end, as it is. */
function withUsage(dialect: BuiltinDialect, stream: boolean, usage: Json): Json[] {
  if (!stream) return [{ ...(written(dialect, "hello there") as Json), usage }];
  const { prelude, output, end } = spoken(dialect, "hello there");
  const events = [...[...prelude, ...output, ...end].join("").matchAll(/^data: (\{.*)$/gm)];
  return events.map(([, data = ""]) => {
    const event = JSON.parse(data);
    switch (event.type) {
      case "message_start":
        return { ...event, message: { ...event.message, usage: { ...usage, output_tokens: 1 } } };
      case "message_delta":
        return { ...event, usage: { output_tokens: usage.output_tokens } };
      case "response.completed":
        return { ...event, response: { ...event.response, usage } };
      default:
        return event.usage === undefined ? event : { ...event, usage };
    }
  });
}

const count = (most: number) => fc.oneof(fc.constant(0), fc.nat(most));
const tokens: fc.Arbitrary<Tokens> = fc.record({
  input: count(2_000_000),
  cache_read: count(2_000_000),
  cache_write: count(300_000),
  output: fc.integer({ min: 1, max: 200_000 }),
  reasoning: fc.nat(1000),
}).map((all) => ({ ...all, reasoning: all.reasoning % (all.output + 1) }));

for (const [name, dialect, usage] of FORMS) {
  for (const client of DIALECTS) {
    for (const stream of [false, true]) {
      const how = `${stream ? "streamed " : ""}to ${client}`;
      test(`any usage in the form of ${name}, ${how}, is in the ledger at its price`, async () => {
        await fc.assert(
          fc.asyncProperty(tokens, async (told) => {
            const events = withUsage(dialect, stream, usage(told));
            await using world = await priced(dialect, playing({ dialect, streamed: stream, events }));
            assert.equal((await ask(world, client, stream)).status, 200);
            assertAccounted(await row(world), told);
          }),
          { numRuns: 20 },
        );
      });
    }
  }
}
