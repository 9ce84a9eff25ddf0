/**
 * A provider for demonstrations: a real HTTP server on loopback that speaks all three dialects, streams at the pace
 * of a person who reads, and answers with what it was asked. The proxy knows it only by its address.
 */
import type { Conversation, Reply } from "../../../model/conversation.ts";
import type { ClientError } from "../../../model/failure.ts";
import type { Dialect } from "../../../dialects/dialect.ts";
import type { Json } from "../../../model/json.ts";
import { dialects } from "../../../dialects/registry.ts";
import { replyToEvents } from "../../../dialects/shared/reply-events.ts";
import { listen } from "../../../runtime/listen.ts";

export interface DemoProvider {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Refuses from now on what comes to paths that begin so, as a provider does whose rate limit is reached. */
  refuse(path: string): void;
  stop(): Promise<void>;
}

/** Milliseconds between two words. */
const PACE_MS = 20;

const HOST = "127.0.0.1";

/** Starts on a free port. */
export function startDemoProvider(): DemoProvider {
  let count = 0;
  let refused: string | undefined;
  const listener = listen({
    hostname: HOST,
    port: 0,
    handle: (request) =>
      answer(request, {
        id: `demo_${++count}`,
        refuses: refused !== undefined && new URL(request.url).pathname.startsWith(refused),
      }),
  });
  return {
    url: `http://${HOST}:${listener.port}`,
    refuse: (path) => void (refused = path),
    stop: () => listener.close(),
  };
}

/** Seconds that a client should wait. */
const WAIT = "60";

async function answer(
  request: Request,
  { id, refuses }: { readonly id: string; readonly refuses: boolean },
): Promise<Response> {
  const { pathname } = new URL(request.url);
  // The base URL before the path is the configuration's.
  const dialect = Object.values<Dialect>(dialects).find(({ paths }) =>
    pathname.endsWith(`/v1${paths.generate}`)
  );
  if (dialect === undefined) return new Response("not found", { status: 404 });
  if (request.method !== "POST") return refusal(dialect, 405, "method_not_allowed", "Send a POST.");
  if (!request.headers.has("authorization") && !request.headers.has("x-api-key")) {
    return refusal(dialect, 401, "unauthorized", "No key was sent.");
  }
  if (refuses) {
    const limited = refusal(
      dialect,
      429,
      "rate_limited",
      "Rate limit reached: the demonstration plays this.",
    );
    limited.headers.set("retry-after", WAIT);
    return limited;
  }
  let conversation: Conversation;
  try {
    const body: Json = await request.json();
    conversation = dialect.request.decode(body);
  } catch (error) {
    return refusal(
      dialect,
      400,
      "bad_request",
      error instanceof Error ? error.message : "The body is not a request.",
    );
  }
  const reply = answerTo(conversation, id);
  if (conversation.stream) return streamed(dialect, conversation, reply);
  await pause(PACE_MS);
  return Response.json(dialect.reply.encode(reply, conversation));
}

function streamed(dialect: Dialect, conversation: Conversation, reply: Reply): Response {
  const written = steps(dialect, conversation, reply);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await written.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await written.return(undefined);
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** The stream's text, each step when it is due. */
async function* steps(dialect: Dialect, asked: Conversation, reply: Reply): AsyncGenerator<string, void> {
  const encoder = dialect.stream.encoder(asked);
  for (const event of replyToEvents(reply)) {
    if (event.type !== "delta") {
      const text = encoder.push(event);
      if (text !== "") yield text;
      continue;
    }
    for (const piece of pieces(event.text)) {
      await pause(PACE_MS);
      yield encoder.push({ ...event, text: piece });
    }
  }
  const end = encoder.end();
  if (end !== "") yield end;
}

function refusal(dialect: Dialect, status: number, kind: ClientError["class"], message: string): Response {
  return Response.json(dialect.failure.encode({ status, class: kind, message }), { status });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Characters a token, about: the figures only have to look like a provider's. */
const CHARS_PER_TOKEN = 4;

const tokensOf = (text: string): number => Math.max(1, Math.ceil(text.length / CHARS_PER_TOKEN));

/** The text of a conversation, and of its last message from the user. */
function wordsOf({ messages }: Conversation): { all: string; asked: string } {
  const texts = messages.map(({ role, parts }) => ({
    role,
    text: parts.flatMap((part) => part.type === "text" ? [part.text] : []).join("\n"),
  }));
  const asked = texts.findLast(({ role, text }) => role === "user" && text !== "")?.text ?? "";
  return { all: texts.map(({ text }) => text).join("\n"), asked };
}

/** The whole answer to a request. */
function answerTo(conversation: Conversation, id: string): Reply {
  const { model } = conversation;
  const { all, asked } = wordsOf(conversation);
  const prompt = asked.length > 300 ? `${asked.slice(0, 300)}…` : asked;
  const text =
    `You asked ${model}: "${prompt}". This is the demonstration provider answering in its place, ` +
    `so these words cost nothing and never left your machine.`;
  return {
    id,
    model,
    created: Math.floor(Date.now() / 1000),
    parts: [{ type: "text", text }],
    stop: "end_turn",
    usage: { input: tokensOf(all), cacheRead: 0, cacheWrite: 0, output: tokensOf(text), reasoning: 0 },
  };
}

/** A text in the pieces that a stream brings: words with the space before them. */
function pieces(text: string): string[] {
  return text.match(/\s*\S+/g) ?? [];
}
