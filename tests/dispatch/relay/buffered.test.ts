import assert from "node:assert/strict";
import { test } from "node:test";
import { dialects } from "../../../src/dialects/registry.ts";
import { ProxyCut } from "../../../src/dispatch/failure/read.ts";
import {
  collect,
  looksLikeEvents,
  parseJson,
  peeked,
  readAll,
  readReply,
  readSome,
} from "../../../src/dispatch/relay/buffered.ts";
import { DIALECTS, errorEvent, spoken, written } from "../../support/speech.ts";

const MIB = 1024 * 1024;
const bytes = (text: string) => new TextEncoder().encode(text);

/** A body of these chunks; then it ends, or fails. */
function bodyOf(chunks: readonly Uint8Array[], failure?: Error): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const next = left.shift();
      if (next !== undefined) controller.enqueue(next);
      else if (failure !== undefined) controller.error(failure);
      else controller.close();
    },
  }, { highWaterMark: 0 });
}
const textOf = (found: Uint8Array) => new TextDecoder().decode(found);

test("a body is read whole, wherever it was cut, and each chunk is a sign of life", async () => {
  let signs = 0;
  const text = "größe 日本";
  const chunks = [...bytes(text)].map((byte) => Uint8Array.of(byte));
  assert.equal(textOf(await readAll(new Response(bodyOf(chunks)), () => signs++)), text);
  assert.equal(signs, chunks.length);
  assert.equal((await readAll(new Response(null), () => {})).length, 0);
});

test("a body that is too large is given up while it comes, or before, where it says so", async () => {
  const chunk = new Uint8Array(MIB);
  let read = 0;
  const endless = new Response(bodyOf(Array.from({ length: 100 }, () => chunk)));
  await assert.rejects(
    readAll(endless, () => read++, 3 * MIB),
    /^ProxyCut: the answer is larger than 3 MiB$/,
  );
  assert.equal(read, 3);
  const said = new Response(bodyOf([]), { headers: { "content-length": String(4 * MIB) } });
  await assert.rejects(readAll(said, () => assert.fail("nothing is read"), 3 * MIB), ProxyCut);
});

test("of an error's body the beginning is read, and what broke off is what there is", async () => {
  const chunk = new Uint8Array(40 * 1024);
  assert.equal((await readSome(new Response(bodyOf([chunk, chunk, chunk])))).length, 2 * chunk.length);
  assert.equal(textOf(await readSome(new Response(bodyOf([bytes("half")], new Error("reset"))))), "half");
  assert.equal((await readSome(new Response(null))).length, 0);
  const silent = new Response(
    new ReadableStream({ start: (controller) => controller.enqueue(bytes("first")) }),
  );
  assert.equal(textOf(await readSome(silent, 1)), "first");
});

test("a body that begins as events do is known by its first bytes", () => {
  for (const text of ["data: {}", "event: x\n", ": comment", "\n\r\nid: 1", "retry: 5", "\ufeffdata: x"]) {
    assert.equal(looksLikeEvents(bytes(text)), true, text);
  }
  for (const text of ["", "{}", "database: x", " data: x", "<html>", "data"]) {
    assert.equal(looksLikeEvents(bytes(text)), false, text);
  }
});

test("a look at the first bytes takes none of them away", async () => {
  const { response, events } = await peeked(
    new Response(bodyOf([bytes("data: a"), bytes("\n\n")]), { status: 203, headers: { "x-a": "b" } }),
  );
  assert.deepEqual([events, response.status, response.headers.get("x-a")], [true, 203, "b"]);
  assert.equal(await response.text(), "data: a\n\n");
  assert.equal((await peeked(new Response(null))).events, false);
});

test("JSON keeps its large integers, and other text is undefined", () => {
  assert.equal(
    JSON.stringify(parseJson(bytes('{"id":12345678901234567890}'))),
    '{"id":12345678901234567890}',
  );
  for (const text of ["", "{", "<html>", "data: {}"]) assert.equal(parseJson(bytes(text)), undefined);
});

for (const name of DIALECTS) {
  const dialect = dialects[name];

  test(`${name}: a whole answer is a reply, an error or an empty one with status 200 a failure`, () => {
    const read = readReply(written(name, "größe"), dialect);
    assert.ok(
      "reply" in read && read.reply?.parts.some((part) => part.type === "text" && part.text === "größe"),
    );
    for (const json of [null, [], "x", 7]) {
      const odd = readReply(json, dialect);
      assert.ok("error" in odd && odd.error.message === "the answer is not a JSON object");
    }
    const error = readReply({ error: { message: "busy", type: "overloaded_error" } }, dialect);
    assert.ok("error" in error && error.error.message === "busy");
    assert.ok("error" in readReply({}, dialect));
    const plain = readReply({ message: "the model is loading" }, dialect);
    assert.ok("error" in plain && plain.error.message === "the model is loading");
  });

  test(`${name}: a stream is collected however it is cut, and not read after its end`, async () => {
    const { prelude, output, end } = spoken(name, "größe 日本");
    const all = bytes([...prelude, ...output, ...end].join(""));
    for (const size of [1, 7, all.length]) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < all.length; at += size) chunks.push(all.subarray(at, at + size));
      const body = bodyOf(chunks, new Error("reset after the end"));
      const read = await collect(body, dialect, () => {});
      assert.ok("reply" in read, JSON.stringify(read));
      assert.equal(
        read.reply.parts.map((part) => part.type === "text" ? part.text : "").join(""),
        "größe 日本",
      );
      assert.equal(read.reply.usage?.output, 5);
    }
  });

  test(`${name}: a connection that breaks after the end takes nothing from the answer`, async () => {
    const { prelude, output, end } = spoken(name, "whole");
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytes([...prelude, ...output, ...end].join(""))),
      cancel: () => Promise.reject(new Error("the connection broke")),
    }, { highWaterMark: 0 });
    assert.ok("reply" in await collect(body, dialect, () => {}));
  });

  test(`${name}: a stream that reports a failure, or ends too soon, is one`, async () => {
    const { prelude, output } = spoken(name, "half");
    const failed = await collect(bodyOf([bytes([...prelude, errorEvent(name)].join(""))]), dialect, () => {});
    assert.ok("error" in failed);
    assert.match(failed.error.message, /the provider's trouble/);
    const cut = await collect(bodyOf([bytes([...prelude, ...output].join(""))]), dialect, () => {});
    assert.ok("error" in cut, JSON.stringify(cut));
  });
}
