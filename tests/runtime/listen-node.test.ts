import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { test } from "node:test";
import { listenOnNode } from "../../src/runtime/listen-node.ts";

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
    new Promise<void>((resolve, reject) => {
      const look = () => text.includes(part) && resolve();
      socket.on("data", look);
      socket.on("close", () => reject(new Error(`closed after: ${text}`)));
      look();
    });
  socket.on("data", (chunk) => void (text += chunk));
  return { socket, holds };
}

test("a chunk of a body that was cancelled is dropped, and the connection goes on", async () => {
  const { port, free } = await takenPort();
  await free();
  const listener = listenOnNode({
    hostname: "127.0.0.1",
    port,
    async handle({ body, url }) {
      const reader = body?.getReader();
      await reader?.read();
      await reader?.cancel();
      return new Response(`answered ${new URL(url).pathname}`);
    },
  }, same);
  await listener.ready;
  const { socket, holds } = connected(port);
  try {
    socket.write("POST /one HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
    await holds("answered /one");
    socket.write("3\r\ndef\r\n0\r\n\r\nGET /two HTTP/1.1\r\nhost: x\r\n\r\n");
    await holds("answered /two");
  } finally {
    socket.destroy();
    await listener.close();
  }
});

test("a listener whose first try found the port taken is ready when a later one succeeds", async () => {
  const { port, free } = await takenPort();
  const failed = Promise.withResolvers<void>();
  const faults: (string | undefined)[] = [];
  const listener = listenOnNode({
    hostname: "127.0.0.1",
    port,
    handle: () => new Response("ok"),
    onFault(why) {
      faults.push(why);
      failed.resolve();
    },
  }, same);
  await failed.promise;
  await free();
  await listener.ready;
  try {
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "ok");
    assert.equal(faults.at(-1), undefined);
  } finally {
    await listener.close();
  }
});
