/**
 * The least that a proxy on this runtime can be: it parses the body, sends it on with the client's headers, can give up on
 * the provider, parses the answer and gives it back. It routes, changes, counts and remembers nothing. What it reaches is the
 * most that any proxy here could. `bun bench/bare.ts http://provider` prints its port and runs until it is ended.
 */
import process from "node:process";
import { listen } from "../src/runtime/listen.ts";

const [upstream = ""] = process.argv.slice(2);
const decoder = new TextDecoder();
/** Set for each message by who sends it. */
const OWN = new Set(["host", "content-length", "connection", "accept-encoding"]);

const { port } = listen({
  hostname: "127.0.0.1",
  port: 0,
  async handle(request) {
    const body = new Uint8Array(await request.arrayBuffer());
    JSON.parse(decoder.decode(body));
    const headers: Record<string, string> = {};
    request.headers.forEach((value, name) => {
      if (!OWN.has(name)) headers[name] = value;
    });
    const controller = new AbortController();
    const limit = setTimeout(() => controller.abort(), 60_000);
    const answer = await fetch(upstream + new URL(request.url).pathname, {
      method: "POST",
      headers,
      body,
      signal: controller.signal,
    });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    clearTimeout(limit);
    JSON.parse(decoder.decode(bytes));
    return new Response(bytes, { headers: { "content-type": "application/json" } });
  },
});
console.log(port);
