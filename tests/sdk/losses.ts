/** Where a dialect has no place for what another one says: what its client reads instead. docs/dialects.md has the tables. */
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import type { Recording } from "./recordings.ts";
import type { Summary } from "./summary.ts";

export interface Loss {
  /** Ends a test's name. */
  readonly why: string;
  readonly applies: (recording: Recording, client: BuiltinDialect) => boolean;
  /** What the client reads; "thrown": its SDK throws. */
  readonly expect: (direct: Summary) => Summary | "thrown";
  /** It is another loss where a stream is asked for whole, or the other way round. */
  readonly onlyAsRecorded?: boolean;
}

const holds = ({ answer }: Recording, words: string) => JSON.stringify(answer).includes(words);

const LOSSES: readonly Loss[] = [
  {
    why: "is a plain end: OpenAI's dialects do not say which stop sequence ended an answer",
    applies: (recording, client) =>
      client !== "anthropic-messages" && holds(recording, '"stop_reason":"stop_sequence"'),
    expect: (direct) => ({ ...direct, finish: "done" }),
  },
  {
    why: "has a flat name for a tool in a namespace",
    applies: (recording, client) =>
      client === "anthropic-messages" && holds(recording, '"namespace":"agents"'),
    expect: (direct) => ({
      ...direct,
      calls: direct.calls.map((call) =>
        call.name === "spawn_agent" ? { ...call, name: "agents__spawn_agent" } : call
      ),
    }),
  },
  {
    why: "cannot be read: its SDK takes only JSON arguments",
    applies: ({ dialect, name }, client) =>
      dialect === "openai-chat" && name === "parallel-tools" && client === "anthropic-messages",
    expect: () => "thrown",
    onlyAsRecorded: true,
  },
  {
    why: "has arguments other than JSON as one text",
    applies: ({ dialect, name }, client) =>
      dialect === "openai-chat" && name === "parallel-tools, whole" && client === "anthropic-messages",
    expect: (direct) => ({
      ...direct,
      calls: direct.calls.map((call) =>
        typeof call.arguments === "string" ? { ...call, arguments: { raw_arguments: call.arguments } } : call
      ),
    }),
    onlyAsRecorded: true,
  },
];

/** What is lost on the way from a recording to a client; undefined: nothing. */
export function lossOf(recording: Recording, client: BuiltinDialect): Loss | undefined {
  return LOSSES.find(({ applies }) => applies(recording, client));
}
