/**
 * Recorded answers of providers: the project's own, and those beside the checkout where they are. A `.chunks.txt` holds
 * one event's data a line; the `.json` beside it is an answer of the same kind given whole, often recorded apart.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import type { Json } from "../../src/model/json.ts";
import { formatSse } from "../../src/bytes/sse.ts";
import { json, sse } from "../support/provider.ts";
import type { Answer } from "../support/provider.ts";
import { sharedWhereThere } from "../support/shared.ts";

export interface Recording {
  readonly dialect: BuiltinDialect;
  readonly name: string;
  /** A streamed answer's events, or a whole answer. */
  readonly answer: { readonly events: readonly Json[] } | { readonly whole: Json };
}

const FOLDERS = [
  new URL("../fixtures/recordings/", import.meta.url),
  new URL("../fixtures/streams/", import.meta.url),
  ...sharedWhereThere("fixtures/provider-streams/"),
];

function recordingsIn(folder: URL): Recording[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort().flatMap((file): Recording[] => {
    const [, dialect, name, kind] = /^([a-z-]+)\.(.+?)\.(chunks\.txt|json)$/.exec(file) ?? [];
    if (dialect === undefined || name === undefined) return [];
    const text = readFileSync(new URL(file, folder), "utf8");
    const known = { dialect: dialect as BuiltinDialect };
    if (kind === "json") return [{ ...known, name: `${name}, whole`, answer: { whole: JSON.parse(text) } }];
    const answers = split(text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line)));
    return answers.map((events, index) => ({
      ...known,
      name: answers.length === 1 ? name : `${name}, answer ${index + 1}`,
      answer: { events },
    }));
  });
}

/** A recording may hold several answers, one after the other. */
function split(events: readonly Json[]): Json[][] {
  const answers: Json[][] = [];
  for (const event of events) {
    const begins = event.type === "response.created" || event.type === "message_start";
    if (begins || answers.length === 0) answers.push([]);
    answers.at(-1)?.push(event);
  }
  return answers;
}

/** All that there are; an error body recorded in place of an answer is none. */
export const RECORDINGS: readonly Recording[] = FOLDERS.flatMap(recordingsIn).filter(({ answer }) =>
  !("whole" in answer) || answer.whole.error === undefined || answer.whole.error === null
);

export function isStream({ answer }: Recording): boolean {
  return "events" in answer;
}

/** The same answer given whole. */
export function wholeOf({ dialect, name }: Recording): Recording | undefined {
  return RECORDINGS.find((one) => one.dialect === dialect && one.name === `${name}, whole`);
}

/** A stream as its provider writes it. */
export function wireOf({ dialect, answer }: Recording): string {
  if (!("events" in answer)) throw new Error("not a stream");
  const framed = answer.events.map((event) =>
    formatSse(JSON.stringify(event), dialect === "openai-chat" ? undefined : event.type)
  );
  const failed = answer.events.some(({ error }) => error !== undefined);
  return framed.join("") + (dialect === "openai-chat" && !failed ? "data: [DONE]\n\n" : "");
}

/** The provider's part: the recorded answer, in pieces of so many bytes. */
export function replay(recording: Recording, size = Infinity): Answer {
  const { answer } = recording;
  if ("whole" in answer) return json(answer.whole);
  const bytes = new TextEncoder().encode(wireOf(recording));
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += size) {
    pieces.push(bytes.subarray(from, Math.min(bytes.length, from + size)));
  }
  return sse(pieces);
}

/** Whether the answer fails on its way: it reports an error, or it has no end. */
export function fails({ dialect, answer }: Recording): boolean {
  if ("whole" in answer) return answer.whole.status === "failed";
  const { events } = answer;
  switch (dialect) {
    case "anthropic-messages":
      return events.at(-1)?.type !== "message_stop";
    case "openai-chat":
      return events.some(({ error }) => error !== undefined);
    case "openai-responses":
      return events.at(-1)?.type === "response.failed" || events.at(-1)?.type === "error";
  }
}

/** What a failing answer says of its failure; undefined where it just ends. */
export function wordsOfFailure({ answer }: Recording): string | undefined {
  const events: readonly Json[] = "whole" in answer ? [answer.whole] : answer.events;
  const seen = events.map((event) => event.error?.message ?? event.response?.error?.message);
  return seen.find((words) => words !== undefined);
}
