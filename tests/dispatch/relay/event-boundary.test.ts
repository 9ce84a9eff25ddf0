import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventBoundary } from "../../../src/dispatch/relay/event-boundary.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | undefined) => bytes === undefined ? "" : new TextDecoder().decode(bytes);

test("only whole events come out, however the bytes are cut, and nothing is lost", () => {
  const line = fc.constantFrom("data: {}", "event: x", ": note", "data: ü€😀", "data");
  const text = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\n\n", "\r\n\r\n")), { maxLength: 20 })
    .map((lines) => lines.flat().join(""));
  fc.assert(fc.property(text, fc.array(fc.nat(200)), (all, cuts) => {
    const bytes = encode(all);
    const boundary = new EventBoundary();
    let out = "";
    let from = 0;
    for (const at of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
      const part = boundary.push(bytes.slice(from, at));
      if (part !== undefined && part.length > 0) {
        out += decode(part);
        assert.match(out, /(\n\n|\r\n\r\n)$/);
      }
      from = at;
    }
    const rest = decode(boundary.rest());
    assert.equal(out + rest, all);
    assert.doesNotMatch(rest, /\n\n|\n\r\n/, "a whole event is not held back");
  }));
});

test("an event whose end is cut in two comes out when the second half arrives", () => {
  const boundary = new EventBoundary();
  assert.equal(decode(boundary.push(encode("data: a\r\n\r"))), "");
  assert.equal(boundary.held, 10);
  assert.equal(decode(boundary.push(encode("\ndata: b"))), "data: a\r\n\r\n");
  assert.equal(decode(boundary.rest()), "data: b");
  assert.equal(boundary.held, 0);
});

test("each piece of an event of megabytes costs no more than one of a short event", () => {
  const boundary = new EventBoundary();
  const piece = encode("x".repeat(256));
  boundary.push(encode("data: "));
  for (let i = 0; i < 32_768; i++) assert.equal(boundary.push(piece), undefined);
  const whole = boundary.push(encode("\n\nrest"));
  assert.equal(whole?.length, 6 + 32_768 * 256 + 2);
  assert.equal(decode(boundary.rest()), "rest");
});

test("an event that comes byte by byte comes out whole", () => {
  const boundary = new EventBoundary();
  for (const byte of encode(`data: ${"ü".repeat(5000)}\r\n\r`)) {
    assert.equal(boundary.push(Uint8Array.of(byte)), undefined);
  }
  assert.equal(boundary.held, 6 + 10_000 + 3);
  const whole = boundary.push(encode("\nrest"));
  assert.equal(decode(whole), `data: ${"ü".repeat(5000)}\r\n\r\n`);
  assert.equal(decode(boundary.rest()), "rest");
});
