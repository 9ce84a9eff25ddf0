/** A table of odd streams and the test that each of its lines becomes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Part, StopReason } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { chunk, collect, decode, illegalities, wire } from "./streams.ts";

/** What a provider does, the stream that shows it, and what is to be read from it. */
export interface Odd {
  readonly does: string;
  readonly stream: readonly Json[];
  readonly parts: readonly Part[];
  readonly stop?: StopReason;
  /** No `[DONE]`. */
  readonly open?: boolean;
  readonly output?: number;
}

/** A text part. */
export const text = (text: string): Part => ({ type: "text", text });
/** A function call. */
export const call = (id: string, name: string, args: string): Part => ({
  type: "tool_call",
  id,
  name,
  kind: "function",
  arguments: args,
});
export const USAGE = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
export const ROLE = chunk({ role: "assistant", content: "" });
export const STOP = chunk({}, "stop");
export const CALLS = chunk({}, "tool_calls");

/** One test a line. */
export function understands(streams: readonly Odd[]): void {
  for (const { does, stream, parts, stop = "end_turn", open, output } of streams) {
    test(`a provider that sends ${does} is understood`, () => {
      const events = decode(wire(stream, open !== true));
      assert.deepEqual(illegalities(events), []);
      const reply = collect(events);
      assert.deepEqual(reply.parts, parts);
      assert.equal(reply.stop, stop);
      assert.equal(reply.error, undefined);
      assert.equal(reply.usage?.output, output);
    });
  }
}
