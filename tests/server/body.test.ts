/** Bodies that never come, or not all of them. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { readBody } from "../../src/server/body.ts";
import { Refusal } from "../../src/server/errors.ts";
import { proxyWith } from "../support/world.ts";
import { awake } from "../support/waiting.ts";

/** What was refused, and why. */
async function refusal(reading: Promise<unknown>): Promise<Refusal> {
  try {
    await reading;
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error;
  }
  throw new Error("nothing was refused");
}

function posted(body: ReadableStream<Uint8Array>): Request {
  const init = { method: "POST", body, duplex: "half", headers: { "content-type": "application/json" } };
  return new Request("http://localhost/v1/messages", init as RequestInit);
}

test("a body whose rest never comes is refused", async () => {
  const silent = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"model":')),
  });
  using _up = awake();
  const { status, headers } = await refusal(readBody(posted(silent), { most: 1000, patience: 1 }));
  assert.equal(status, 408);
  assert.equal(headers["connection"], "close");
});

test("a body that ends too soon is the client's own mistake", async () => {
  const broken = new ReadableStream<Uint8Array>({
    start: (controller) => controller.error(new TypeError("connection reset")),
  });
  const { status, message } = await refusal(readBody(posted(broken), { most: 1000 }));
  assert.equal(status, 400);
  assert.equal(message, "The body ended before it was complete.");
});

test("a client that goes in the middle of its body leaves no error in the log", async () => {
  await using world = await proxyWith({});
  const port = Number(new URL(world.url).port);
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(
        "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
        () => socket.destroy(),
      );
    });
    socket.on("error", reject);
    socket.on("close", () => resolve());
  });
  // The next answer comes after the proxy has seen the first one's end.
  assert.equal((await world.get("/health")).status, 200);
  assert.deepEqual(world.log.filter(({ level }) => level === "error"), []);
});

/** Every letter beyond ASCII as `\uXXXX`, as Python's `json.dumps` writes it. */
const escaped = (json: string) =>
  json.replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

test("letters count as letters, whether they are escaped or not, and indentation does not", async () => {
  const read = async (text: string) => {
    const headers = { "content-type": "application/json" };
    const request = new Request("http://localhost/v1/messages", { method: "POST", body: text, headers });
    return (await readBody(request, { most: 10_000_000 })).size;
  };
  for (
    const words of ["Как это работает? ", "这是怎么工作的？", "どうやって動くの\n", 'emoji 🙂 and "quotes" ']
  ) {
    const body = { messages: Array(200).fill({ role: "user", content: words.repeat(20) }) };
    const plain = JSON.stringify(body);
    const size = await read(plain);
    assert.equal(size, new TextEncoder().encode(plain).length);
    assert.equal(await read(escaped(plain)), size, words);
    assert.equal(await read(JSON.stringify(body, null, 2)), size, words);
    assert.equal(await read(escaped(JSON.stringify(body, null, "\t"))), size, words);
  }
});
