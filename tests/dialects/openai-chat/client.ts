/** What this proxy writes for a Chat client, and what a client makes of it. */
import OpenAI from "openai";
import type { Conversation, Reply, ReplyEvent } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { openAiChat } from "../../../src/dialects/openai-chat/index.ts";
import { SseParser } from "../../../src/bytes/sse.ts";

/** A client that wants a stream with its usage. */
export const ASKED: Conversation = {
  dialect: "openai-chat",
  model: "asked",
  stream: true,
  includeUsage: true,
  messages: [],
  tools: [],
  serverTools: [],
  extensions: {},
};

/** The stream of these events. */
export function encode(events: Iterable<ReplyEvent>, asked: Conversation = ASKED): string {
  const encoder = openAiChat.stream.encoder(asked);
  let out = "";
  for (const event of events) out += encoder.push(event);
  return out + encoder.end();
}

/** The data of the events, parsed; the end mark as it is. */
export function chunks(text: string): Json[] {
  const parser = new SseParser();
  const events = [...parser.push(new TextEncoder().encode(text)), ...parser.end()];
  return events.map(({ data }) => data === "[DONE]" ? data : JSON.parse(data));
}

/** What the official client makes of an answer. */
export async function readByClient(body: string, stream: boolean): Promise<Json> {
  const type = stream ? "text/event-stream" : "application/json";
  const client = new OpenAI({
    apiKey: "none",
    baseURL: "http://127.0.0.1:9/v1",
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(body, { headers: { "content-type": type } })),
  });
  const request = { model: "m", messages: [{ role: "user" as const, content: "hi" }] };
  if (!stream) return await client.chat.completions.create(request);
  const runner = client.chat.completions.stream(request);
  // The client puts OpenAI's own fields together; the reasoning is read from its chunks, as agents do.
  let reasoning: string | undefined;
  runner.on("chunk", ({ choices }: Json) => {
    const piece = choices[0]?.delta.reasoning_content;
    if (piece !== undefined) reasoning = (reasoning ?? "") + piece;
  });
  const completion: Json = await runner.finalChatCompletion();
  completion.choices[0].message.reasoning_content = reasoning;
  return completion;
}

/** The parts of the two that must agree. */
export function essence(completion: Json): Json {
  const { message, finish_reason } = completion.choices[0];
  return {
    id: completion.id,
    model: completion.model,
    content: message.content || null,
    refusal: message.refusal ?? null,
    reasoning: message.reasoning_content ?? null,
    calls: (message.tool_calls ?? []).map(({ id, type, function: f, custom }: Json) => ({
      id,
      type,
      f: { ...f },
      custom,
    })),
    finish_reason,
  };
}

/** A whole answer of one word. */
export const TEXT: Reply = {
  id: "id",
  model: "m",
  created: 5,
  parts: [{ type: "text", text: "hi" }],
  stop: "end_turn",
  usage: { input: 1, cacheRead: 2, cacheWrite: 3, output: 4, reasoning: 1 },
};
