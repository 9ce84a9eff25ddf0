import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openAiChat } from "../../../../src/dialects/openai-chat/index.ts";
import { collect, decode, illegalities, recordings, wire } from "../streams.ts";

for (const { name, lines, whole, own } of recordings()) {
  const bytes = new TextEncoder().encode(wire(lines));

  test(`the recorded stream "${name}" is legal, ends well and counts its tokens`, () => {
    const events = decode(bytes);
    assert.deepEqual(illegalities(events), []);
    const end = events.at(-1);
    assert.equal(end?.type, "finish");
    assert.ok(
      end?.type === "finish" && end.usage !== undefined && end.usage.input > 0 && end.usage.output > 0,
    );
  });

  test(`the recorded stream "${name}" means the same however its bytes are cut`, () => {
    const expected = decode(bytes);
    const cuts = Math.min(bytes.length, 400);
    for (let i = 1; i < cuts; i++) {
      const at = Math.floor(i * bytes.length / cuts);
      assert.deepEqual(decode(bytes.slice(0, at), bytes.slice(at)), expected);
    }
  });

  test(`the recorded stream "${name}" means the same with CRLF, comments and no end mark`, () => {
    const expected = decode(bytes);
    assert.deepEqual(decode(wire(lines).replaceAll("\n", "\r\n")), expected);
    assert.deepEqual(decode(wire(lines).replaceAll("data:", ": OPENROUTER PROCESSING\n\ndata:")), expected);
    assert.deepEqual(decode(wire(lines, false)), expected);
  });

  test(`the recorded answer "${name}" is decoded whole`, () => {
    const reply = openAiChat.reply.decode(whole);
    assert.equal(reply.error, undefined);
    assert.ok(reply.parts.length > 0);
    assert.deepEqual(reply.usage, openAiChat.usage(whole));
    if (own) assert.deepEqual(collect(decode(bytes)), reply);
  });

  test(`the recorded answer "${name}" may come whole as the one event of a stream`, () => {
    assert.deepEqual(collect(decode(wire([whole]))), openAiChat.reply.decode(whole));
  });
}

test("a stream cut in bytes of any size gives the same events", () => {
  const { lines } = recordings().find(({ name }) => name === "openai-text")!;
  const bytes = new TextEncoder().encode(wire(lines));
  const expected = decode(bytes);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (sizes) => {
      const pieces: Uint8Array[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = sizes[i % sizes.length]!;
        pieces.push(bytes.slice(at, at += size));
      }
      assert.deepEqual(decode(...pieces), expected);
    }),
    { numRuns: 50 },
  );
});

test("every prefix of a stream is legal, and is called cut unless it had ended", () => {
  for (const { lines } of recordings().filter(({ own }) => own)) {
    for (let i = 0; i < lines.length; i++) {
      const events = decode(wire(lines.slice(0, i), false));
      assert.deepEqual(illegalities(events), []);
      const finished = lines.slice(0, i).some((line) => /"finish_reason":"/.test(line));
      assert.equal(events.at(-1)?.type, finished ? "finish" : "error");
    }
  }
});
