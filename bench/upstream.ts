/**
 * A static provider in a process of its own: answers at once, in the dialect of the path, or streams what it is told to.
 * `bun bench/upstream.ts` prints its port and runs until it is ended.
 */
import type { BuiltinDialect } from "../src/dialects/registry.ts";
import { WHOLE } from "./answers.ts";
import { listen } from "../src/runtime/listen.ts";
import { STREAMS } from "./events.ts";

const DIALECTS: Readonly<Record<string, BuiltinDialect>> = {
  "/v1/messages": "anthropic-messages",
  "/v1/chat/completions": "openai-chat",
  "/v1/responses": "openai-responses",
};

const headers = { "content-type": "application/json" };
const encoder = new TextEncoder();

/** An event every two milliseconds, so that each travels alone; a single one at once. */
function streamed(dialect: BuiltinDialect, pieces: number): Response {
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
