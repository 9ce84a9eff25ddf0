import assert from "node:assert/strict";
import { test } from "node:test";
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { constants, zstdCompressSync } from "node:zlib";
import { zstdFrames } from "../../src/bytes/zstd.ts";

const CHECKSUM = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
const TEXTS = [Buffer.from(""), Buffer.from("a"), Buffer.from("x".repeat(300_000)), randomBytes(400_000)];

test("each frame of zstd data is found, with and without a checksum", () => {
  const frames = TEXTS.flatMap((text) => [zstdCompressSync(text), zstdCompressSync(text, CHECKSUM)]);
  const found = zstdFrames(Buffer.concat(frames)) ?? assert.fail();
  assert.deepEqual(found.map(({ length }) => length), frames.map(({ length }) => length));
});

test("what is cut off or not zstd has no frames", () => {
  const [whole] = [zstdCompressSync(Buffer.from("hello ".repeat(100)))];
  for (let length = 1; length < whole.length; length++) {
    assert.equal(zstdFrames(whole.subarray(0, length)), undefined, `${length}`);
  }
  assert.equal(zstdFrames(Buffer.from("not zstd at all")), undefined);
});
