/** Recorded Anthropic streams, the project's own and, where they are there, those beside the checkout. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Conversation, Reply, ReplyEvent } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import type { StreamDecoder } from "../../../src/dialects/dialect.ts";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import { ReplyCollector } from "../../../src/dialects/shared/reply-events.ts";
import { formatSse, type SseEvent, SseParser } from "../../../src/bytes/sse.ts";
import { sharedWhereThere } from "../../support/shared.ts";

export interface Recorded {
  readonly name: string;
  readonly events: readonly Json[];
  /** The same kind of answer without streaming; of the project's own streams it is the same answer. */
  readonly whole?: Json;
}

const OWN = new URL("../../fixtures/streams/", import.meta.url);
const START = "anthropic-messages.";
const END = ".chunks.txt";

function recordedIn(folder: URL): Recorded[] {
  const files = readdirSync(folder).filter((file) => file.startsWith(START) && file.endsWith(END)).sort();
  return files.map((file) => {
    const name = file.slice(START.length, -END.length);
    const whole = new URL(`${START}${name}.json`, folder);
    return {
      name,
      events: readFileSync(new URL(file, folder), "utf8").split("\n").filter((line) => line !== "").map((
        line,
      ) => JSON.parse(line)),
      ...(existsSync(whole) && { whole: JSON.parse(readFileSync(whole, "utf8")) }),
    };
  });
}

export const ownStreams: readonly Recorded[] = recordedIn(OWN);
export const allStreams: readonly Recorded[] = [
  ...ownStreams,
  ...sharedWhereThere("fixtures/provider-streams/").flatMap(recordedIn),
];

export function recorded(name: string): Recorded {
  return allStreams.find((stream) => stream.name === name)!;
}

/** The bytes as a provider sends them. */
export function wireOf({ events }: Pick<Recorded, "events">): string {
  return events.map((event) => formatSse(JSON.stringify(event), event.type)).join("");
}

export function sseOf(wire: string): SseEvent[] {
  const parser = new SseParser();
  return [...parser.push(new TextEncoder().encode(wire)), ...parser.end()];
}

/** Everything that a decoder makes of a stream whose bytes are cut at these places. */
export function decodeCut(
  wire: string,
  cuts: readonly number[] = [],
  decoder: StreamDecoder = anthropicMessages.stream.decoder(),
): ReplyEvent[] {
  const bytes = new TextEncoder().encode(wire);
  const parser = new SseParser();
  const out: ReplyEvent[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    for (const event of parser.push(bytes.subarray(from, cut))) out.push(...decoder.push(event));
    from = cut;
  }
  for (const event of parser.end()) out.push(...decoder.push(event));
  out.push(...decoder.end());
  return out;
}

export function collect(events: readonly ReplyEvent[]): Reply {
  const collector = new ReplyCollector();
  for (const event of events) collector.push(event);
  return collector.reply();
}

/** A client's stream of these events. */
export function encodeAll(events: readonly ReplyEvent[], asked: Conversation = ASKED): string {
  const encoder = anthropicMessages.stream.encoder(asked);
  return events.map((event) => encoder.push(event)).join("") + encoder.end();
}

/** A client's request with nothing in it that shapes the answer. */
export const ASKED: Conversation = {
  dialect: "anthropic-messages",
  model: "claude-opus-5-5",
  stream: true,
  messages: [{ role: "user", parts: [{ type: "text", text: "Hello" }] }],
  tools: [],
  serverTools: [],
  extensions: {},
};
