import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { begun, continued, hashOf, joined } from "../../../src/classifier/learned/hash.ts";

test("the hash is FNV-1a, unsigned", () => {
  // http://www.isthe.com/chongo/src/fnv/test_fnv.c
  assert.equal(hashOf("", 0), 0x811c9dc5);
  assert.equal(hashOf("a", 0), 0xe40c292c);
  assert.equal(hashOf("foobar", 0), 0xbf9cf968);
});

test("a hash that is continued unit by unit is that of the whole, whatever the text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.nat(200), (text, seed) => {
    let hash = begun(seed);
    for (let i = 0; i < text.length; i++) hash = continued(hash, text.charCodeAt(i));
    assert.equal(hash >>> 0, hashOf(text, seed));
  }));
});

test("a part of a text has the hash of that part", () => {
  fc.assert(fc.property(fc.string(), fc.nat(9), fc.nat(20), (text, from, length) => {
    const to = Math.min(text.length, from + length);
    const start = Math.min(from, to);
    assert.equal(hashOf(text, 3, start, to), hashOf(text.slice(start, to), 3));
  }));
});

test("a seed, and the order of two hashes, make others of them", () => {
  assert.notEqual(hashOf("commit", 0), hashOf("commit", 1));
  fc.assert(fc.property(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1), (a, b) => {
    const both = joined(a, b);
    assert.ok(Number.isInteger(both) && both >= 0 && both < 2 ** 32);
  }));
  assert.notEqual(joined(1, 2), joined(2, 1));
});
