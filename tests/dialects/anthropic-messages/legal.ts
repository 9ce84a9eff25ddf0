/** What Anthropic's own streams keep to, and official clients rely on. Throws where a stream breaks it. */
import assert from "node:assert/strict";
import type { Json } from "../../../src/model/json.ts";
import { sseOf } from "./streams.ts";

const DELTAS: Readonly<Record<string, readonly string[]>> = {
  text: ["text_delta", "citations_delta"],
  thinking: ["thinking_delta", "signature_delta"],
  redacted_thinking: [],
  tool_use: ["input_json_delta"],
  server_tool_use: ["input_json_delta"],
  web_search_tool_result: [],
};

/** Checks order, indices, names and shapes; gives the events. */
export function assertLegal(wire: string, label = wire): Json[] {
  const events = sseOf(wire).map(({ event, data }) => {
    const parsed = JSON.parse(data);
    assert.equal(event, parsed.type, "an event's name is its type");
    return parsed;
  });
  let phase: "new" | "between" | "block" | "delta" | "over" = "new";
  let next = 0;
  let open = "";
  for (const event of events) {
    assert.notEqual(phase, "over", `${event.type} after the end: ${label}`);
    switch (event.type) {
      case "ping":
        assert.notEqual(phase, "new");
        break;
      case "message_start":
        assert.equal(phase, "new");
        assertUsage(event.message.usage);
        assert.deepEqual(
          [event.message.type, event.message.role, event.message.content, event.message.stop_reason],
          ["message", "assistant", [], null],
        );
        phase = "between";
        break;
      case "content_block_start":
        assert.equal(phase, "between", `a block begins inside another: ${label}`);
        assert.equal(event.index, next++);
        open = event.content_block.type;
        assert.ok(open in DELTAS, open);
        phase = "block";
        break;
      case "content_block_delta":
        assert.equal(phase, "block");
        assert.equal(event.index, next - 1);
        assert.ok(DELTAS[open]!.includes(event.delta.type), `${event.delta.type} in ${open}`);
        break;
      case "content_block_stop":
        assert.equal(phase, "block");
        assert.equal(event.index, next - 1);
        phase = "between";
        break;
      case "message_delta":
        assert.equal(phase, "between");
        assert.equal(typeof event.delta.stop_reason, "string");
        assert.ok("stop_sequence" in event.delta);
        assertUsage(event.usage);
        phase = "delta";
        break;
      case "message_stop":
        assert.equal(phase, "delta");
        phase = "over";
        break;
      case "error":
        assert.equal(typeof event.error.message, "string");
        assert.match(event.error.type, /_error$/);
        phase = "over";
        break;
      default:
        assert.fail(`unknown event ${event.type}`);
    }
  }
  assert.equal(phase, "over", `the stream has no end: ${label}`);
  return events;
}

/** Claude Code adds these up: one that is missing stops it. */
function assertUsage(usage: Json): void {
  for (
    const field of ["input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
  ) assert.ok(Number.isInteger(usage[field]), `${field} is ${usage[field]}`);
}
