/**
 * A static provider in a process of its own: answers at once, in the dialect of the path, or streams what it is told to.
 * `bun bench/upstream.ts` prints its port and runs until it is ended.
 */
import type { DialectName } from "../src/dialects/dialect.ts";
import { listen } from "../src/runtime/listen.ts";
import { STREAMS } from "./events.ts";

const TEXT =
  "Here is the plan: first the signature, then the queue, then the retries, each with its own test. ".repeat(
    6,
  );

const WHOLE: Readonly<Record<string, string>> = {
  "/v1/messages": JSON.stringify({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "bench-model",
    content: [{ type: "text", text: TEXT }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: {
      input_tokens: 812,
      cache_read_input_tokens: 4096,
      cache_creation_input_tokens: 0,
      output_tokens: 150,
    },
  }),
  "/v1/chat/completions": JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "bench-model",
    choices: [{
      index: 0,
      message: { role: "assistant", content: TEXT, refusal: null },
      logprobs: null,
      finish_reason: "stop",
    }],
    usage: { prompt_tokens: 812, completion_tokens: 150, total_tokens: 962 },
  }),
  "/v1/responses": JSON.stringify({
    id: "resp_1",
    object: "response",
    created_at: 1,
    status: "completed",
    model: "bench-model",
    output: [{
      type: "message",
      id: "msg_1",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: TEXT, annotations: [] }],
    }],
    usage: { input_tokens: 812, output_tokens: 150, total_tokens: 962 },
  }),
};

const DIALECTS: Readonly<Record<string, DialectName>> = {
  "/v1/messages": "anthropic-messages",
  "/v1/chat/completions": "openai-chat",
  "/v1/responses": "openai-responses",
};

const headers = { "content-type": "application/json" };
const encoder = new TextEncoder();

/** An event every two milliseconds, so that each travels alone; a single one at once. */
function streamed(dialect: DialectName, pieces: number): Response {
  const events = STREAMS[dialect](pieces).map((event) => encoder.encode(event));
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (pieces > 1 && next > 0) await new Promise((resolve) => setTimeout(resolve, 2));
      const event = events[next++];
      if (event === undefined) controller.close();
      else controller.enqueue(event);
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

const { port } = listen({
  hostname: "127.0.0.1",
  port: 0,
  async handle(request) {
    const path = new URL(request.url).pathname;
    const dialect = DIALECTS[path];
    const text = await request.text();
    const pieces = text.includes('"stream":true') ? /in (\d+) pieces/.exec(text)?.[1] : undefined;
    return pieces === undefined || dialect === undefined
      ? new Response(WHOLE[path], { headers })
      : streamed(dialect, Number(pieces));
  },
});
console.log(port);
