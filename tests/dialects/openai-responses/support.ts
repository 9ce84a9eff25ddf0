/** Recorded streams, and what a legal stream of this dialect is. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { accumulateResponse } from "openai/lib/responses/ResponseAccumulator";
import type { Conversation, Reply, ReplyEvent } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { openAiResponses } from "../../../src/dialects/openai-responses/index.ts";
import { ReplyCollector } from "../../../src/dialects/shared/reply-events.ts";
import { SseParser } from "../../../src/bytes/sse.ts";
import { sharedWhereThere } from "../../support/shared.ts";

const OWN = new URL("../../fixtures/streams/", import.meta.url);

/** One recorded answer. */
export interface Recorded {
  readonly name: string;
  readonly events: readonly Json[];
}

/** Every recorded answer of this dialect; a file may hold several, one after the other. */
export function recordedStreams(): Recorded[] {
  const all: Recorded[] = [];
  for (const folder of [OWN, ...sharedWhereThere("fixtures/provider-streams/")]) {
    for (const file of readdirSync(folder).sort()) {
      if (!/^openai-responses\..*\.chunks\.txt$/.test(file)) continue;
      const lines = readFileSync(new URL(file, folder), "utf8").split("\n").filter((line) =>
        line.trim() !== ""
      );
      let events: Json[] = [];
      for (const line of lines) {
        const event = JSON.parse(line);
        if (event.type === "response.created") {
          all.push({ name: `${file} #${all.length}`, events: events = [] });
        }
        events.push(event);
      }
    }
  }
  return all;
}

/** One of the project's own answers, streamed. */
export function ownStream(name: string): Json[] {
  return lines(new URL(`openai-responses.${name}.chunks.txt`, OWN));
}

/** One of the project's own answers, whole. */
export function ownAnswer(name: string): Json {
  return JSON.parse(readFileSync(new URL(`openai-responses.${name}.json`, OWN), "utf8"));
}

function lines(url: URL): Json[] {
  return readFileSync(url, "utf8").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** Events as their bytes on the wire. */
export function bytesOf(events: readonly Json[], lineEnd = "\n"): Uint8Array {
  const text = events.map((event) =>
    `event: ${event.type}${lineEnd}data: ${JSON.stringify(event)}${lineEnd}${lineEnd}`
  );
  return new TextEncoder().encode(text.join(""));
}

/** What the decoder makes of bytes that arrive in these chunks. */
export function decodeBytes(chunks: readonly Uint8Array[]): ReplyEvent[] {
  const parser = new SseParser();
  const decoder = openAiResponses.stream.decoder();
  const events: ReplyEvent[] = [];
  for (const chunk of chunks) for (const event of parser.push(chunk)) events.push(...decoder.push(event));
  for (const event of parser.end()) events.push(...decoder.push(event));
  return [...events, ...decoder.end()];
}

/** What the decoder makes of whole events. */
export function decodeEvents(events: readonly Json[]): ReplyEvent[] {
  const decoder = openAiResponses.stream.decoder();
  return [...events.flatMap((event) => decoder.push({ data: JSON.stringify(event) })), ...decoder.end()];
}

/** The whole answer that events tell. */
export function collect(events: readonly ReplyEvent[]): Reply {
  const collector = new ReplyCollector();
  for (const event of events) collector.push(event);
  return collector.reply();
}

/** Blocks begin once, get content while open, and end before the answer does. */
export function checkNeutral(events: readonly ReplyEvent[]): void {
  const open = new Set<number>();
  const begun = new Set<number>();
  for (const [i, event] of events.entries()) {
    assert.equal(event.type === "start", i === 0, "start is the first event");
    if (event.type === "block_start") {
      assert.ok(!begun.has(event.index));
      begun.add(event.index);
      open.add(event.index);
    } else if ("index" in event) {
      assert.ok(open.has(event.index), `${event.type} of block ${event.index}, not open`);
    }
    if (event.type === "block_stop") open.delete(event.index);
    if (event.type === "finish" || event.type === "error") assert.equal(i, events.length - 1);
  }
  assert.equal(open.size, 0, "every block ends");
}

/** What the encoder writes for these events, as parsed events. */
export function encodeEvents(events: readonly ReplyEvent[], asked: Conversation): Json[] {
  const encoder = openAiResponses.stream.encoder(asked);
  return parseWritten(events.map((event) => encoder.push(event)).join("") + encoder.end());
}

/** Events of a stream's text; their names must be their types. */
export function parseWritten(text: string): Json[] {
  const parser = new SseParser();
  const parsed = [...parser.push(new TextEncoder().encode(text)), ...parser.end()];
  return parsed.map(({ event, data }) => {
    const json = JSON.parse(data);
    assert.equal(json.type, event);
    return json;
  });
}

/**
 * Legal order as the official SDK and Codex demand it: numbers rise by one, every `added` has its `done` (calls of a
 * failed answer excepted: they must not run), pieces belong to what is open, the whole response repeats the finished
 * items. The SDK's own accumulator must agree.
 */
export function checkLegal(events: readonly Json[]): Json {
  const types = events.map((event) => event.type);
  assert.deepEqual(types.slice(0, 2), ["response.created", "response.in_progress"]);
  assert.deepEqual(events.map((event) => event.sequence_number), events.map((_, i) => i));
  const last = events.at(-1)!;
  assert.match(last.type, /^response\.(completed|incomplete|failed)$/);
  const items = new Map<number, { item: Json; done?: Json }>();
  const open = new Set<string>();
  let snapshot: Json;
  for (const event of events) {
    if (event !== last) snapshot = accumulateResponse(event, snapshot);
    const part = `${event.output_index}/${event.content_index ?? `s${event.summary_index}`}`;
    switch (event.type) {
      case "response.output_item.added":
        assert.equal(event.output_index, items.size);
        items.set(event.output_index, { item: event.item });
        continue;
      case "response.output_item.done": {
        const known = items.get(event.output_index)!;
        assert.equal(known.done, undefined);
        assert.equal(known.item.id, event.item.id);
        assert.equal(known.item.type, event.item.type);
        known.done = event.item;
        continue;
      }
      case "response.content_part.added":
      case "response.reasoning_summary_part.added":
        assert.ok(!open.has(part));
        open.add(part);
        break;
      case "response.content_part.done":
      case "response.reasoning_summary_part.done":
        assert.ok(open.delete(part), `${event.type} of a part that is not open`);
    }
    if (event.item_id === undefined) continue;
    const at = items.get(event.output_index);
    assert.equal(at?.item.id, event.item_id);
    assert.equal(at?.done, undefined, `${event.type} after its item was done`);
    if (/(text|refusal)\.(delta|done)$/.test(event.type)) {
      assert.ok(open.has(part), `${event.type} without its part`);
    }
  }
  assert.equal(open.size, 0, "every part that was added is done");
  const done = [...items.values()].map((item) => item.done);
  if (last.type === "response.failed") {
    for (const { item, done } of items.values()) if (done === undefined) assert.match(item.type, /_call$/);
  } else {
    assert.deepEqual(last.response.output, done);
    // The SDK pieces the same items together.
    assert.deepEqual(strip(snapshot.output), strip(done));
    accumulateResponse(last, snapshot);
  }
  return last.response;
}

function strip(value: Json): Json {
  return JSON.parse(JSON.stringify(value));
}

/** A conversation of a Responses client that offers these tools. */
export function asked(body: Json = {}): Conversation {
  return openAiResponses.request.decode({ model: "asked-model", input: "hi", stream: true, ...body });
}
