import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatSse, type SseEvent, SseParser } from "../../src/bytes/sse.ts";

function parse(chunks: readonly (string | Uint8Array)[]): SseEvent[] {
  const parser = new SseParser();
  const events = chunks.flatMap((chunk) =>
    parser.push(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk)
  );
  return [...events, ...parser.end()];
}

function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  let from = 0;
  return [...cuts, bytes.length].map((to) => bytes.subarray(from, from = to));
}

/** The HTML standard's algorithm, read off line by line: slow, and right. */
function reference(text: string): SseEvent[] {
  const events: SseEvent[] = [];
  let event: string | undefined;
  let data: string[] = [];
  for (const line of [...text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/), ""]) {
    if (line === "") {
      if (data.length > 0) events.push({ ...(event !== undefined && { event }), data: data.join("\n") });
      event = undefined;
      data = [];
    } else if (!line.startsWith(":")) {
      const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line)!;
      if (field === "data") data.push(value);
      if (field === "event") event = value || undefined; // an empty type is the default one
    }
  }
  return events;
}

const line = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }).map((text) => text.replace(/[\r\n\uFEFF]/g, "").toWellFormed()),
  fc.constantFrom(
    "data: x",
    "data:y",
    "data",
    "event: ping",
    "event:",
    ": comment",
    "id: 1",
    "retry: 3",
    "data: 日本🧹",
    "",
  ),
);
const stream = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r", "\n\n")), { maxLength: 12 })
  .map((lines) => lines.map(([text, end]) => text + end).join(""));

test("any stream is read as the standard says, wherever the bytes are cut", () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(200), { maxLength: 6 }), (text, cuts) => {
      const bytes = new TextEncoder().encode(text);
      const expected = reference(text);
      assert.deepEqual(parse([bytes]), expected);
      const sorted = cuts.filter((cut) => cut <= bytes.length).sort((a, b) => a - b);
      assert.deepEqual(parse(cutAt(bytes, sorted)), expected);
      assert.deepEqual(parse([...bytes].map((byte) => Uint8Array.of(byte))), expected);
    }),
    { numRuns: 500 },
  );
});

test("a character cut in the middle of its bytes stays whole", () => {
  const bytes = new TextEncoder().encode("data: 👩‍👩‍👧 清空\n\n");
  for (let cut = 0; cut <= bytes.length; cut++) {
    assert.deepEqual(parse(cutAt(bytes, [cut])), [{ data: "👩‍👩‍👧 清空" }]);
  }
});

test("comments and keep-alives are dropped, and a chunk may have several events", () => {
  assert.deepEqual(
    parse([": OPENROUTER PROCESSING\n\ndata: 1\n\n:\n\ndata: 2\n\nevent: x\ndata: 3\ndata: 4\n\n"]),
    [
      { data: "1" },
      { data: "2" },
      { event: "x", data: "3\n4" },
    ],
  );
});

test("a last event without its blank line is returned when the bytes end", () => {
  assert.deepEqual(parse(["data: 1\n\ndata: last"]), [{ data: "1" }, { data: "last" }]);
  assert.deepEqual(parse(["event: done\n"]), []);
  assert.deepEqual(parse([]), []);
});

test("an event comes as soon as its blank line is there, at a bare CR too", () => {
  const parser = new SseParser();
  const push = (text: string) => parser.push(new TextEncoder().encode(text));
  assert.deepEqual(push("data: 1\n"), []);
  assert.deepEqual(push("\n"), [{ data: "1" }]);
  assert.deepEqual(push("data: 2\r\r"), [{ data: "2" }]);
  assert.deepEqual(push("\ndata: 3\r\n\r"), [{ data: "3" }]);
  assert.deepEqual(push("\n"), []);
});

test("a byte order mark at the beginning is not part of the first field", () => {
  assert.deepEqual(parse([Uint8Array.of(0xef, 0xbb), Uint8Array.of(0xbf), "data: 1\n\n"]), [{ data: "1" }]);
});

test("JSON values without a blank line between them are events of their own, without names", () => {
  const text = 'event: a\ndata: {"n":1}\nevent: b\ndata: {"n":2}\ndata: [DONE]\n\n';
  assert.deepEqual(parse([new TextEncoder().encode(text)]), [
    { data: '{"n":1}' },
    { data: '{"n":2}' },
    { data: "[DONE]" },
  ]);
});

test("of a value that was cut by an error, the error is an event", () => {
  const error = '{"type":"error","error":{"message":"lost"}}';
  const text = `event: done\ndata: {"text":"half of it\ndata: ${error}\n\n`;
  assert.deepEqual(parse([new TextEncoder().encode(text)]), [{ data: error }]);
});

test("an error in a field of its own is an event", () => {
  const text = 'error: {"code":400,"message":"No"}\n\ndata: [DONE]\n\nerror: plain\n\n';
  assert.deepEqual(parse([new TextEncoder().encode(text)]), [
    { data: '{"error":{"code":400,"message":"No"}}' },
    { data: "[DONE]" },
  ]);
});

test("one JSON value on several lines is one event", () => {
  const text = 'data: [{"n":1},\ndata: {"n":{}\ndata: }\ndata: ]\n\n';
  assert.deepEqual(parse([new TextEncoder().encode(text)]), [{ data: '[{"n":1},\n{"n":{}\n}\n]' }]);
});

test("what is written is read again", () => {
  const one = fc.record({
    data: fc.string({ unit: "grapheme", maxLength: 20 }).map((text) =>
      text.replace(/[\r\n]/g, " ").toWellFormed()
    ),
    event: fc.option(fc.stringMatching(/^[a-z_.]{1,12}$/), { nil: undefined }),
  }, { noNullPrototype: true }).filter(({ data }) => !data.startsWith("\uFEFF"));
  fc.assert(fc.property(fc.array(one, { maxLength: 5 }), (events) => {
    const text = events.map(({ data, event }) => formatSse(data, event)).join("");
    assert.deepEqual(
      parse([text]),
      events.map(({ data, event }) => event === undefined ? { data } : { event, data }),
    );
  }));
});

test("a line of megabytes in thousands of pieces costs no more for each piece than a short one", () => {
  const parser = new SseParser();
  const piece = new TextEncoder().encode("x".repeat(256));
  parser.push(new TextEncoder().encode("data: "));
  for (let i = 0; i < 32_768; i++) assert.deepEqual(parser.push(piece), []);
  const [event] = parser.push(new TextEncoder().encode("\r\n\r\n"));
  assert.equal(event?.data.length, 32_768 * 256);
});
