import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { test } from "node:test";
import { listenOnNode } from "../../src/runtime/listen-node.ts";
import type { ListenOptions } from "../../src/runtime/listener.ts";
import { closing } from "../support/disposable.ts";

/** A port of this machine that something listens on until `free` is called. */
async function takenPort(): Promise<{ readonly port: number; readonly free: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, free: () => new Promise((resolve) => void server.close(() => resolve())) };
}

const same = (hostname: string, port: number) => ({ hostname, port });

/** Collects what a connection receives; `holds` resolves when the text is in it. */
function connected(port: number) {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  const holds = (part: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => text.includes(part) && resolve(text);
      socket.on("data", look);
      socket.on("close", () => reject(new Error(`closed after: ${text}`)));
      look();
    });
  socket.on("data", (chunk) => void (text += chunk));
  return { socket, holds, [Symbol.dispose]: () => socket.destroy() };
}

test("a chunk of a body that was cancelled is dropped, and the connection goes on", async () => {
  const { port, free } = await takenPort();
  await free();
  await using listener = closing(listenOnNode({
    hostname: "127.0.0.1",
    port,
    async handle({ body, url }) {
      const reader = body?.getReader();
      await reader?.read();
      await reader?.cancel();
      return new Response(`answered ${new URL(url).pathname}`);
    },
  }, same));
  await listener.ready;
  using connection = connected(port);
  const { socket, holds } = connection;
  socket.write("POST /one HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
  await holds("answered /one");
  socket.write("3\r\ndef\r\n0\r\n\r\nGET /two HTTP/1.1\r\nhost: x\r\n\r\n");
  await holds("answered /two");
});

test("a listener whose first try found the port taken is ready when a later one succeeds", async () => {
  const { port, free } = await takenPort();
  const failed = Promise.withResolvers<void>();
  const faults: (string | undefined)[] = [];
  await using listener = closing(listenOnNode({
    hostname: "127.0.0.1",
    port,
    handle: () => new Response("ok"),
    onFault(why) {
      faults.push(why);
      failed.resolve();
    },
  }, same));
  await failed.promise;
  await free();
  await listener.ready;
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "ok");
  assert.equal(faults.at(-1), undefined);
});

/** A listener on a free port, and a connection to it. */
async function talk(
  handle: ListenOptions["handle"],
  run: (connection: ReturnType<typeof connected>) => Promise<void>,
): Promise<void> {
  const { port, free } = await takenPort();
  await free();
  await using listener = closing(listenOnNode({ hostname: "127.0.0.1", port, handle }, same));
  await listener.ready;
  using connection = connected(port);
  await run(connection);
}

const posted = (body: string, more = "") =>
  `POST /${body} HTTP/1.1\r\nhost: x\r\n${more}content-length: ${body.length}\r\n\r\n${body}`;

const echo = async (request: Request) => new Response(`answered ${await request.text()}`);

for (const offer of ["h2c", "websocket", "TLS/1.0"]) {
  test(`a POST that offers ${offer} is answered, and its connection goes on`, () =>
    talk(echo, async ({ socket, holds }) => {
      socket.write(posted("one", `connection: upgrade\r\nupgrade: ${offer}\r\n`));
      await holds("answered one");
      socket.write(posted("two"));
      await holds("answered two");
    }));
}

test("requests that come at once on a connection are answered in their order", () =>
  talk(echo, async ({ socket, holds }) => {
    socket.write(posted("one") + posted("two") + posted("three"));
    assert.match(await holds("answered three"), /answered one.*answered two.*answered three/s);
  }));

test("events reach the client piece by piece, and end with the answer", () =>
  talk(() => {
    const pieces = ["data: 1\n\n", "", "data: 2\n\n"].map((piece) => new TextEncoder().encode(piece));
    const body = ReadableStream.from(pieces);
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }, async ({ socket, holds }) => {
    socket.write(posted("one") + posted("two"));
    const text = await holds("0\r\n\r\nHTTP/1.1 200");
    assert.match(text, /^transfer-encoding: chunked/im);
    assert.match(text, /9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\nHTTP\/1.1 200/);
  }));

test("a client of HTTP/1.0 gets events without chunks", () =>
  talk(
    () => new Response("data: 1\n\n", { headers: { "content-type": "text/event-stream" } }),
    async ({ socket, holds }) => {
      socket.write("GET / HTTP/1.0\r\nhost: x\r\n\r\n");
      assert.match(await holds("data: 1"), /\r\n\r\ndata: 1/);
    },
  ));

test("an answer that is whole says how long it is", () =>
  talk(() => Response.json({ a: 1 }), async ({ socket, holds }) => {
    socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    const text = await holds('{"a":1}');
    assert.match(text, /^content-length: 7\r$/im);
    assert.doesNotMatch(text, /chunked/i);
  }));

test("a body is read as bytes, as text or as a stream, and once", () =>
  talk(async (request) => {
    const read = new URL(request.url).pathname === "/stream"
      ? await new Response(request.body).text()
      : JSON.stringify([...await request.bytes()]);
    const again = await request.text().catch((error: Error) => error.message);
    return new Response(`answered ${read}; ${again}; ${request.bodyUsed}`);
  }, async ({ socket, holds }) => {
    socket.write(posted("stream"));
    await holds("answered stream; the body was read already; true");
    socket.write(posted("ab"));
    await holds("answered [97,98]; the body was read already; true");
  }));

test("a request is what `new Request` makes another of", () =>
  talk(async (request) => {
    const other = new Request("http://elsewhere/", request);
    return new Response(`answered ${other.method} ${other.headers.get("x-a")} ${await other.text()}`);
  }, async ({ socket, holds }) => {
    socket.write(posted("one", "x-a: b\r\n"));
    await holds("answered POST b one");
  }));

test("a target with a password, or a method that the web does not have, is refused", async () => {
  for (const line of ["GET http://a:b@x/ HTTP/1.1", "TRACE / HTTP/1.1"]) {
    await talk(echo, async ({ socket, holds }) => {
      socket.write(`${line}\r\nhost: x\r\n\r\n`);
      await holds("HTTP/1.1 400");
    });
  }
});
