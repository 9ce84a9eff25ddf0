/** Invented answers, whole and streamed. */
import fc from "fast-check";
import type { Reply, ReplyEvent, StopReason, Tool } from "../../../src/model/conversation.ts";
import { replyToEvents } from "../../../src/dialects/shared/reply-events.ts";
import { assistantParts, EVERYTHING, type Features, identifier, record } from "./parts.ts";

const usageArbitrary = record({
  input: fc.nat(5000),
  cacheRead: fc.nat(5000),
  cacheWrite: fc.constant(0),
  output: fc.integer({ min: 1, max: 5000 }),
  reasoning: fc.constant(0),
});

/** Whole answers in normal form: what a provider says when asked for any of these tools. */
export function replyArbitrary(
  without: Partial<Features> & { readonly tools?: readonly Tool[] } = {},
): fc.Arbitrary<
  Reply
> {
  const features = { ...EVERYTHING, ...without };
  const tools = without.tools ??
    [{ kind: "function" as const, name: "Bash" }, { kind: "function" as const, name: "read-file" }];
  return record({
    id: identifier.map((id) => `msg_${id}`),
    model: fc.constantFrom("model-a", "vendor/model-b"),
    parts: assistantParts(features, tools).map((parts) =>
      parts.map((part, i) => part.type === "tool_call" ? { ...part, id: `call_${i}` } : part)
    ),
    usage: usageArbitrary,
    ended: fc.constantFrom<StopReason>("end_turn", "max_tokens"),
  }).map(({ ended, ...reply }): Reply => ({
    ...reply,
    stop: reply.parts.some((part) => part.type === "tool_call") ? "tool_use" : ended,
  }));
}

/** A reply and its stream: deltas cut anywhere, pings in between. */
export function streamArbitrary(
  reply: fc.Arbitrary<Reply> = replyArbitrary(),
): fc.Arbitrary<{ readonly reply: Reply; readonly events: ReplyEvent[] }> {
  return fc.tuple(reply, fc.infiniteStream(fc.nat(9))).map(([reply, random]) => {
    const next = () => random.next().value as number;
    const events: ReplyEvent[] = [];
    for (const event of replyToEvents(reply)) {
      if (event.type !== "delta") {
        events.push(event);
        continue;
      }
      for (let at = 0; at < event.text.length;) {
        const size = 1 + next();
        events.push({ ...event, text: event.text.slice(at, at + size) });
        at += size;
        if (next() === 0) events.push({ type: "ping" });
      }
    }
    return { reply, events };
  });
}
