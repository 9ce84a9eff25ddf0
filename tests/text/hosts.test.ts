import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopback } from "../../src/text/hosts.ts";

test("what loopback is", () => {
  for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "LOCALHOST", "a.localhost"]) {
    assert.ok(isLoopback(host), host);
  }
  for (const host of ["0.0.0.0", "::", "127.0.0.1.example", "localhost.example", "128.0.0.1"]) {
    assert.ok(!isLoopback(host), host);
  }
});
