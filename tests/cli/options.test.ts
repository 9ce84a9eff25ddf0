import assert from "node:assert/strict";
import { test } from "node:test";
import { CliError } from "../../src/cli/command.ts";
import { momentOf, serverUrl } from "../../src/cli/options.ts";

const NOW = new Date(2026, 10, 22, 12).getTime();
const isUnusable = (says: RegExp) => (error: Error) =>
  error instanceof CliError && error.exitCode === 2 && says.test(error.message);

test("a time is one that people write, in the past", () => {
  assert.equal(momentOf("90m", NOW), NOW - 90 * 60_000);
  assert.equal(momentOf(" Today ", NOW), new Date(2026, 10, 22).getTime());
  assert.equal(momentOf("2026-11-22T11:30", NOW), NOW - 30 * 60_000);
  assert.equal(momentOf("all", NOW), 0);
});

for (const words of ["", "tomorrow", "2026-11-23", "2026-02-30", "-1h", "1.5h", "größe", "999999d"]) {
  test(`${JSON.stringify(words)} is not such a time, and what would be right is said`, () => {
    assert.throws(
      () => momentOf(words, NOW),
      isUnusable(/^--since must be a time in the past, not ".*": today, week/),
    );
  });
}

test("an address gets a scheme, and loses the slashes at its end", () => {
  assert.equal(serverUrl("127.0.0.1:3456"), "http://127.0.0.1:3456");
  assert.equal(serverUrl("localhost"), "http://localhost");
  assert.equal(serverUrl("HTTPS://ai.example/proxy//"), "HTTPS://ai.example/proxy");
  assert.equal(serverUrl("[::1]:3456/"), "http://[::1]:3456");
});

for (const words of ["", " ", "ftp://x", "http://", "a b", "file:///etc/passwd", "http://x:99999"]) {
  test(`${JSON.stringify(words)} is not an address of a proxy`, () => {
    assert.throws(() => serverUrl(words), isUnusable(/^--url must be a URL such as/));
  });
}
