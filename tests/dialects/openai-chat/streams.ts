/** Chat streams for these tests: recorded ones, ones written by hand, and what the decoder makes of them. */
import { readdirSync, readFileSync } from "node:fs";
import type { Reply, ReplyEvent } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { ChatStreamDecoder } from "../../../src/dialects/openai-chat/stream/decode.ts";
import { ReplyCollector } from "../../../src/dialects/shared/reply-events.ts";
import { SseParser } from "../../../src/bytes/sse.ts";
import { sharedWhereThere } from "../../support/shared.ts";

export interface Recorded {
  readonly name: string;
  /** The data of each event. */
  readonly lines: readonly string[];
  /** The whole answer; for the project's own fixtures the very same one. */
  readonly whole: Json;
  readonly own: boolean;
}

/** Every recorded Chat stream: the project's own, and the shared ones where they are. */
export function recordings(): Recorded[] {
  const own = new URL("../../fixtures/streams/", import.meta.url);
  const others = sharedWhereThere("fixtures/provider-streams/");
  return [...readFolder(own, true), ...others.flatMap((folder) => readFolder(folder, false))];
}

function readFolder(folder: URL, own: boolean): Recorded[] {
  return readdirSync(folder).filter((file) => /^openai-chat\..*\.chunks\.txt$/.test(file)).sort().map((
    file,
  ) => ({
    name: file.slice("openai-chat.".length, -".chunks.txt".length),
    lines: readFileSync(new URL(file, folder), "utf8").split("\n").filter((line) => line !== ""),
    whole: JSON.parse(readFileSync(new URL(file.replace(".chunks.txt", ".json"), folder), "utf8")),
    own,
  }));
}

/** Events as the wire has them. */
export function wire(data: readonly (string | Json)[], done = true): string {
  const lines = data.map((line) => typeof line === "string" ? line : JSON.stringify(line));
  return [...lines, ...(done ? ["[DONE]"] : [])].map((line) => `data: ${line}\n\n`).join("");
}

/** What the decoder says to these bytes, in these pieces. Ids that it makes are counted. */
export function decode(...pieces: (string | Uint8Array)[]): ReplyEvent[] {
  let made = 0;
  const parser = new SseParser();
  const decoder = new ChatStreamDecoder((prefix) => `${prefix}made_${++made}`);
  const encoder = new TextEncoder();
  const events: ReplyEvent[] = [];
  for (const piece of pieces) {
    for (const event of parser.push(typeof piece === "string" ? encoder.encode(piece) : piece)) {
      events.push(...decoder.push(event));
    }
  }
  for (const event of parser.end()) events.push(...decoder.push(event));
  events.push(...decoder.end());
  return events;
}

export function collect(events: readonly ReplyEvent[]): Reply {
  const collector = new ReplyCollector();
  for (const event of events) collector.push(event);
  return collector.reply();
}

/** A chunk with this delta. */
export function chunk(delta: Json, finish: string | null = null, more: Json = {}): Json {
  const choice = { index: 0, delta, finish_reason: finish };
  return { id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [choice], ...more };
}

/** One entry of a delta's `tool_calls`. */
export function piece(fields: Json, name?: string, args?: string): Json {
  return {
    ...fields,
    function: { ...(name === undefined ? {} : { name }), ...(args === undefined ? {} : { arguments: args }) },
  };
}

/** Blocks that are not closed, closed twice, reused, or written to while closed; empty for a legal stream. */
export function illegalities(events: readonly ReplyEvent[]): string[] {
  const open = new Set<number>();
  const seen = new Set<number>();
  const wrong: string[] = [];
  if (events.length > 0 && events[0]!.type !== "start" && events[0]!.type !== "error") {
    wrong.push("no start first");
  }
  for (const [at, event] of events.entries()) {
    if (event.type === "block_start") {
      if (seen.has(event.index)) wrong.push(`block ${event.index} began twice`);
      if (seen.size !== event.index) wrong.push(`block ${event.index} out of order`);
      seen.add(event.index);
      open.add(event.index);
    } else if (event.type === "block_stop") {
      if (!open.delete(event.index)) wrong.push(`block ${event.index} closed while closed`);
    } else if ("index" in event && !open.has(event.index)) {
      wrong.push(`${event.type} in closed ${event.index}`);
    }
    if ((event.type === "finish" || event.type === "error") && at !== events.length - 1) {
      wrong.push(`${event.type} is not last`);
    }
    if (event.type === "finish" && open.size > 0) wrong.push("blocks are open at the end");
  }
  return wrong;
}
