import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "../../src/bytes/concat.ts";

const pieces = [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)];

test("pieces are joined in their order, none of them gives no bytes", () => {
  assert.deepEqual(concat(pieces), Uint8Array.of(1, 2, 3));
  assert.deepEqual(concat([]), new Uint8Array(0));
});

test("the joined bytes go into the array that the caller has room in", () => {
  const kept = new ArrayBuffer(16);
  const whole = concat(pieces, (length) => new Uint8Array(kept, 4, length));
  assert.equal(whole.buffer, kept);
  assert.deepEqual(new Uint8Array(kept, 4, 3), Uint8Array.of(1, 2, 3));
});
