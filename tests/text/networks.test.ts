import assert from "node:assert/strict";
import { test } from "node:test";
import { forwardedFor, isIn, networkOf } from "../../src/text/networks.ts";

const networks = (...texts: string[]) => texts.map((text) => networkOf(text)!);

test("an address is in the networks that hold it, in either version and in any spelling", () => {
  const some = networks("10.0.0.0/8", "192.0.2.7", "2001:db8::/33", "172.16.0.0/12");
  for (const inside of ["10.255.1.2", "192.0.2.7", "::ffff:10.1.1.1", "2001:db8:7fff::1", "172.31.0.1"]) {
    assert.ok(isIn(inside, some), inside);
  }
  for (const outside of ["11.0.0.1", "192.0.2.8", "2001:db8:8000::1", "172.32.0.1", "localhost", ""]) {
    assert.ok(!isIn(outside, some), outside);
  }
});

test("what is not a network is not one", () => {
  for (const text of ["", "10.0.0.0/33", "example.com", "2001:db8::/129", "10.0.0/8/8", "*"]) {
    assert.equal(networkOf(text), undefined, text);
  }
});

test("the client is the last address that is not a trusted proxy's", () => {
  const trusted = networks("10.0.0.0/8");
  assert.equal(forwardedFor("10.0.0.1", "198.51.100.9, 192.0.2.7, 10.0.0.2", trusted), "192.0.2.7");
  assert.equal(forwardedFor("10.0.0.1", "[2001:db8::1]:443", trusted), "2001:db8::1");
  assert.equal(forwardedFor("10.0.0.1", "192.0.2.7:1234", trusted), "192.0.2.7");
  assert.equal(forwardedFor("192.0.2.8", "192.0.2.7", trusted), "192.0.2.8", "nobody else is believed");
  assert.equal(forwardedFor("10.0.0.1", "192.0.2.7, nonsense", trusted), "10.0.0.1");
});
