import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { exactly, parseExact, parseExactText } from "../../src/json/exact.ts";

test("integers beyond 2^53 are written as they were read", () => {
  for (
    const text of [
      '{"id":9007199254740993}',
      "[-12345678901234567890,1]",
      '{"a":{"b":[1000000000000000000000]}}',
    ]
  ) {
    assert.equal(JSON.stringify(parseExact(text)), text);
  }
});

test("what a number holds exactly stays a number", () => {
  assert.deepEqual(
    parseExact('{"a":9007199254740992,"b":1.5,"c":12345678901234567,"d":"1234567890123456789"}').a,
    2 ** 53,
  );
  assert.deepEqual(parseExact("[1,2.50,1e3]"), [1, 2.5, 1000]);
});

test("all other JSON is parsed as JSON.parse does", () => {
  fc.assert(fc.property(fc.json(), (text) => assert.deepEqual(parseExact(text), JSON.parse(text))));
});

test("a text that is not JSON is undefined", () => {
  assert.equal(parseExactText('{"a":'), undefined);
  assert.throws(() => parseExact('{"a":12345678901234567890'), SyntaxError);
});

test("a body is parsed again only where its text has a long number", () => {
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  const body = { id: 1 };
  assert.equal(exactly(body, bytesOf('{"id":1}')), body);
  const long = '{"id":12345678901234567890,"text":"ü"}';
  assert.equal(JSON.stringify(exactly(JSON.parse(long), bytesOf(long))), long);
});
