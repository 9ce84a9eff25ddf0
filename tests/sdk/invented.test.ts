import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Conversation, Part, Reply, ReplyEvent } from "../../src/model/conversation.ts";
import type { Json } from "../../src/model/json.ts";
import { type BuiltinDialect, dialects } from "../../src/dialects/registry.ts";
import { ReplyCollector } from "../../src/dialects/shared/reply-events.ts";
import { SseParser } from "../../src/bytes/sse.ts";
import { TranslatingPipe } from "../../src/dispatch/relay/pipe.ts";
import { replyArbitrary, streamArbitrary } from "../dialects/support/conversation.ts";
import { DIALECTS } from "../support/speech.ts";

const asked = (dialect: BuiltinDialect): Conversation => ({
  dialect,
  model: "asked",
  stream: true,
  includeUsage: true,
  messages: [],
  tools: [{ kind: "function", name: "Bash" }, { kind: "function", name: "read-file" }],
  serverTools: [],
  extensions: {},
});

/** A provider's stream with these events. */
function wire(dialect: BuiltinDialect, events: readonly ReplyEvent[]): Uint8Array {
  const encoder = dialects[dialect].stream.encoder(asked(dialect));
  return new TextEncoder().encode(events.map((event) => encoder.push(event)).join("") + encoder.end());
}

/** What a stream says, read in its own dialect. */
function read(dialect: BuiltinDialect, text: string): Reply {
  const decoder = dialects[dialect].stream.decoder();
  const parser = new SseParser();
  const collector = new ReplyCollector();
  const take = (events: readonly ReplyEvent[]) => events.forEach((event) => collector.push(event));
  for (const event of [...parser.push(new TextEncoder().encode(text)), ...parser.end()]) {
    take(decoder.push(event));
  }
  take(decoder.end());
  assert.equal(collector.error, undefined);
  return collector.reply();
}

/** The stream of another dialect, its bytes arriving in pieces. */
function translated(
  from: BuiltinDialect,
  to: BuiltinDialect,
  bytes: Uint8Array,
  cuts: readonly number[],
): string {
  const pipe = new TranslatingPipe(dialects[from], dialects[to], asked(to), undefined);
  let out = "";
  let start = 0;
  for (const cut of [...cuts.map((at) => at % bytes.length).sort((a, b) => a - b), bytes.length]) {
    out += pipe.push(bytes.subarray(start, cut)) ?? "";
    start = cut;
  }
  return out + (pipe.end() ?? "");
}

const joined = (parts: readonly Part[], words: (part: Part) => string | undefined, gap = "") =>
  parts.map(words).filter((text) => text !== undefined && text !== "").join(gap);

/** What every dialect can say. */
function said({ parts, stop, usage }: Reply): Json {
  return JSON.parse(JSON.stringify({
    text: joined(parts, (part) => part.type === "text" ? part.text : undefined),
    thinking: joined(
      parts,
      (part) => part.type === "reasoning" ? part.text ?? part.summary?.join("\n\n") : undefined,
      "\n\n",
    ),
    secrets: parts.flatMap((part) =>
      part.type === "reasoning" ? [part.signature ?? secretOf(part.encrypted)] : []
    ),
    calls: parts.filter((part) => part.type === "tool_call").map(({ id, name, arguments: given }) => ({
      id,
      name,
      given: JSON.parse(given),
    })),
    stop,
    usage,
  }));
}

/** Signed thinking comes to a Responses client sealed in its encrypted content; what is in the seal, its own tests say. */
function secretOf(encrypted: string | undefined): string | undefined {
  if (encrypted === undefined || !encrypted.startsWith("tlp1.")) return encrypted;
  return JSON.parse(atob(encrypted.slice(5).replaceAll("-", "+").replaceAll("_", "/"))).signature;
}

/** A zero at an Anthropic stream's end says nothing of the input: some providers write it whatever they counted before. */
const counted = replyArbitrary().filter(({ usage }) => usage !== undefined && usage.input > 0);

for (const from of DIALECTS) {
  for (const to of DIALECTS) {
    if (from === to) continue;
    test(`any stream of ${from} says the same as one of ${to}, wherever its bytes are cut`, () => {
      fc.assert(
        fc.property(streamArbitrary(counted), fc.array(fc.nat(), { maxLength: 6 }), ({ events }, cuts) => {
          const bytes = wire(from, events);
          const before = read(from, new TextDecoder().decode(bytes));
          assert.deepEqual(said(read(to, translated(from, to, bytes, cuts))), said(before));
        }),
      );
    });

    test(`any whole answer of ${from} says the same as one of ${to}`, () => {
      fc.assert(fc.property(replyArbitrary(), (reply) => {
        const before = dialects[from].reply.decode(dialects[from].reply.encode(reply, asked(from)));
        const after = dialects[to].reply.decode(dialects[to].reply.encode(before, asked(to)));
        assert.deepEqual(said(after), said(before));
        assert.deepEqual(said(after), said(reply));
      }));
    });
  }
}
