/**
 * A made-up wire format, as small as one can be, to show that a dialect is a whole plug. A request is
 * `{model, stream, lines: [{who, words}]}`, an answer `{said, ended, counted}`; in a stream each event has some words, and
 * the last one says how it ended. A failure is `{trouble}`.
 */
import { formatSse, type SseEvent } from "../../src/bytes/sse.ts";
import { listOf, parseJsonText, stringOf } from "../../src/json/shape.ts";
import type { Conversation, Message, Part, Reply, ReplyEvent } from "../../src/model/conversation.ts";
import type { ProviderError } from "../../src/model/failure.ts";
import type { Json } from "../../src/model/json.ts";
import type { Usage } from "../../src/model/usage.ts";
import {
  bodyObject,
  type Dialect,
  type Encoded,
  type EncodeTarget,
  type StreamDecoder,
  type StreamEncoder,
  type StreamWatch,
} from "../../src/dialects/dialect.ts";
import { addLeadingTexts, factsOf, MediaTally } from "../../src/dialects/shared/inspect.ts";

export const FOURTH = "plain-talk";

const WHO: Readonly<Record<string, Message["role"]>> = { rules: "system", me: "user", you: "assistant" };
const roleOf = (who: Json): Message["role"] => WHO[who] ?? "user";
const whoIs = (role: Message["role"]) => role === "assistant" ? "you" : role === "user" ? "me" : "rules";

const wordsOf = (parts: readonly Part[]) =>
  parts.map((part) => part.type === "text" ? part.text : "").filter((text) => text !== "").join("\n");

const textPart = (text: Json): Part => ({ type: "text", text: String(text ?? "") });

function usageOf(counted: Json): Usage | undefined {
  if (typeof counted?.heard !== "number") return undefined;
  return { input: counted.heard, cacheRead: 0, cacheWrite: 0, output: counted.said ?? 0, reasoning: 0 };
}

const countedOf = (usage: Usage | undefined) => ({ heard: usage?.input ?? 0, said: usage?.output ?? 0 });

const troubleIn = (json: Json): ProviderError => ({ message: String(json?.trouble ?? "no words") });

function decode(json: Json): Conversation {
  const body = bodyObject(json);
  return {
    dialect: FOURTH,
    model: stringOf(body.model) ?? "",
    stream: body.stream === true,
    messages: listOf(body.lines).map(({ who, words }) => ({ role: roleOf(who), parts: [textPart(words)] })),
    tools: [],
    serverTools: [],
    extensions: {},
  };
}

function encode({ messages, stream }: Conversation, { model }: EncodeTarget): Encoded {
  const lines = messages.map(({ role, parts }) => ({ who: whoIs(role), words: wordsOf(parts) }));
  return { body: { model, stream, lines }, dropped: [] };
}

class TalkDecoder implements StreamDecoder {
  #begun = false;
  #over = false;

  push({ data }: SseEvent): ReplyEvent[] {
    const json = parseJsonText(data);
    const out: ReplyEvent[] = [];
    if (!this.#begun) {
      this.#begun = true;
      out.push({ type: "start", id: "talk_1", model: "m" });
      out.push({ type: "block_start", index: 0, block: { type: "text" } });
    }
    if (typeof json?.words === "string") out.push({ type: "delta", index: 0, text: json.words });
    if (json?.ended !== undefined) {
      this.#over = true;
      out.push({ type: "block_stop", index: 0 });
      out.push({ type: "finish", stop: "end_turn", usage: usageOf(json.counted) });
    } else if (json?.trouble !== undefined) {
      this.#over = true;
      out.push({ type: "error", error: troubleIn(json) });
    }
    return out;
  }

  end(): ReplyEvent[] {
    return this.#over ? [] : [{ type: "error", error: { message: "cut off" } }];
  }
}

class TalkEncoder implements StreamEncoder {
  push(event: ReplyEvent): string {
    if (event.type === "delta") return formatSse(JSON.stringify({ words: event.text }));
    if (event.type === "error") return formatSse(JSON.stringify({ trouble: event.error.message }));
    if (event.type !== "finish") return "";
    return formatSse(JSON.stringify({ ended: "done", counted: countedOf(event.usage) }));
  }

  end(): string {
    return "";
  }
}

class TalkWatch implements StreamWatch {
  error: ProviderError | undefined;
  usage: Usage | undefined;
  outputChars = 0;

  push({ data }: SseEvent): "prelude" | "output" | "error" | "end" {
    const json = parseJsonText(data);
    if (json?.trouble !== undefined) {
      this.error = troubleIn(json);
      return "error";
    }
    if (json?.ended !== undefined) {
      this.usage = usageOf(json.counted);
      return "end";
    }
    this.outputChars += String(json?.words ?? "").length;
    return "output";
  }
}

export const fourthDialect: Dialect = {
  name: FOURTH,
  paths: { generate: "/talk", models: "/talkers" },
  matches: (path) => path.endsWith("/talk"),
  matchesBody: (body) => Array.isArray(body.lines),
  headers: { "x-talk-version": "4" },
  example: (words, model) => ({ model, lines: [{ who: "me", words }] }),
  provider: { auth: "bearer" },
  models: {
    list: (models) => ({ talkers: models.map(({ id }) => id) }),
    one: ({ id }) => ({ talker: id }),
  },
  inspect(body, headers, size, operation = "generate") {
    const lines = listOf(body?.lines);
    const messages = lines.map(({ who, words }) => ({ role: roleOf(who), texts: [String(words ?? "")] }));
    const system: string[] = [];
    addLeadingTexts(messages, system);
    return factsOf(
      {
        dialect: FOURTH,
        asked: body,
        system,
        messages,
        media: new MediaTally(),
        tools: { toolCount: 0, toolNames: [], serverTools: [] },
        schema: undefined,
        maxOutputTokens: undefined,
      },
      headers,
      size,
      operation,
    );
  },
  request: { decode, encode, withUserTexts: (body) => body },
  reply: {
    decode: (json): Reply => ({
      id: "talk_1",
      model: "m",
      parts: [textPart(json?.said)],
      stop: "end_turn",
      usage: usageOf(json?.counted),
    }),
    encode: ({ parts, usage }) => ({ said: wordsOf(parts), ended: "done", counted: countedOf(usage) }),
  },
  stream: {
    decoder: () => new TalkDecoder(),
    encoder: () => new TalkEncoder(),
    watch: () => new TalkWatch(),
    keepAlive: ": still here\n\n",
  },
  limits: [],
  usage: (json) => usageOf(json?.counted),
  failure: {
    decode: (body) => typeof body === "string" ? { message: body } : troubleIn(body),
    encode: ({ message }) => ({ trouble: message }),
    saysOverflow: () => false,
    event: ({ message }) => formatSse(JSON.stringify({ trouble: message })),
  },
};
