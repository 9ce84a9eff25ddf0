/** Every recorded answer, the project's own and, where they are there, those beside the checkout. */
import { readdirSync, readFileSync } from "node:fs";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import type { Json } from "../../src/model/json.ts";
import { type Answer, json, sse } from "../support/provider.ts";
import { DIALECTS } from "../support/speech.ts";
import { sharedWhereThere } from "../support/shared.ts";

/** One answer as a provider gave it: whole (one value), or streamed (its events). */
export interface Recording {
  readonly name: string;
  readonly dialect: BuiltinDialect;
  readonly streamed: boolean;
  readonly events: readonly Json[];
}

const FOLDERS = [
  new URL("../fixtures/streams/", import.meta.url),
  ...sharedWhereThere("fixtures/provider-streams/"),
];
const STREAM = ".chunks.txt";

/** All of them. A file with several answers, one after the other, gives several. */
export function recordings(): Recording[] {
  const all: Recording[] = [];
  for (const folder of FOLDERS) {
    for (const file of readdirSync(folder).sort()) {
      const dialect = DIALECTS.find((name) => file.startsWith(`${name}.`));
      if (dialect === undefined) continue;
      const text = readFileSync(new URL(file, folder), "utf8");
      if (file.endsWith(STREAM)) {
        const lines = text.split("\n").filter((line) => line.trim() !== "").map((line) => JSON.parse(line));
        const answers = apart(lines);
        answers.forEach((events, index) => {
          const number = answers.length > 1 ? ` #${index + 1}` : "";
          all.push({ name: file.slice(0, -STREAM.length) + number, dialect, streamed: true, events });
        });
      } else if (file.endsWith(".json")) {
        all.push({
          name: file.slice(0, -".json".length),
          dialect,
          streamed: false,
          events: [JSON.parse(text)],
        });
      }
    }
  }
  return all;
}

/** A new answer begins with each `response.created`. */
function apart(lines: readonly Json[]): Json[][] {
  const answers: Json[][] = [];
  for (const line of lines) {
    if (answers.length === 0 || line.type === "response.created") answers.push([]);
    answers.at(-1)?.push(line);
  }
  return answers;
}

/** The answer is whole: nothing was cut, and no error was told. */
export function isComplete({ dialect, streamed, events }: Recording): boolean {
  const last = events.at(-1);
  if (!streamed) return !isRefusal({ events });
  switch (dialect) {
    case "anthropic-messages":
      return last.type === "message_stop";
    case "openai-chat":
      return events.every((event) => event.error === undefined);
    case "openai-responses":
      return last.type === "response.completed" || last.type === "response.incomplete";
  }
}

/** A whole answer that says nothing but an error. */
function isRefusal({ events: [only] }: Pick<Recording, "events">): boolean {
  return Object.keys(only).length === 1 && only.error !== undefined;
}

/** One event as its bytes on the wire. */
export function framed(dialect: BuiltinDialect, event: Json): string {
  const name = dialect === "openai-chat" ? "" : `event: ${event.type}\n`;
  return `${name}data: ${JSON.stringify(event)}\n\n`;
}

/** The provider that gives this answer, whatever it is asked. */
export function playing(
  { dialect, streamed, events }: Pick<Recording, "dialect" | "streamed" | "events">,
): Answer {
  if (!streamed) {
    return json(events[0], events[0].error && events[0].choices === undefined && !events[0].id ? 429 : 200);
  }
  const wire = events.map((event) => framed(dialect, event));
  return sse(dialect === "openai-chat" ? [...wire, "data: [DONE]\n\n"] : wire);
}
