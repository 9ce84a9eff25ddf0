/** Off loopback: weak keys are refused, and whoever guesses must wait. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyIds } from "../../src/dispatch/keys.ts";
import { Door } from "../../src/server/auth.ts";
import { Refusal } from "../../src/server/errors.ts";
import { bad, good } from "../config/support.ts";
import { configOf } from "../support/proxy.ts";

const KEY = "proxy-key-0123456789";
const OTHER = "other-key-9876543210";
const config = configOf(`[proxy]\napi_keys = ["${KEY}", "${OTHER}"]\n`);

/** The status for a key that came from an address; 200: it was let in. */
function statusOf(door: Door, key: string | undefined, address: string | undefined, now = 0): number {
  try {
    door.admit(config, (name) => name === "x-api-key" ? key : undefined, { address, now });
    return 200;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 429) assert.ok(Number(error.headers["retry-after"]) > 0);
    return error.status;
  }
}

/** A door at which an address has guessed until it had to wait. */
function guessedAt(address: string, door = new Door(new KeyIds())): Door {
  let tries = 0;
  while (statusOf(door, `guess-${tries}`, address) === 401) assert.ok(++tries < 100, "guesses have an end");
  assert.ok(tries >= 10, `${tries} wrong keys are an accident`);
  return door;
}

test("an address that sends one wrong key after another must wait, with a right one too", () => {
  const door = guessedAt("192.0.2.7");
  assert.equal(statusOf(door, KEY, "192.0.2.7"), 429);
  assert.equal(statusOf(door, "x", "::ffff:192.0.2.7"), 429, "the same address in IPv6");
  assert.equal(statusOf(door, KEY, "192.0.2.8"), 200, "nobody else waits");
  assert.equal(statusOf(door, KEY, "192.0.2.7", 60_001), 200, "a minute later");
});

test("a key that was right from an address goes on while somebody else there guesses", () => {
  const door = new Door(new KeyIds());
  assert.equal(statusOf(door, KEY, "192.0.2.7"), 200);
  guessedAt("192.0.2.7", door);
  assert.equal(statusOf(door, KEY, "192.0.2.7"), 200);
  assert.equal(statusOf(door, OTHER, "192.0.2.7"), 429);
});

test("the addresses of one IPv6 network count as one", () => {
  const door = guessedAt("2001:db8:1:2::1");
  assert.equal(statusOf(door, KEY, "2001:db8:1:2:ffff::9"), 429);
  assert.equal(statusOf(door, KEY, "2001:db8:1:3::1"), 200);
});

test("requests without a key, and those from this machine, are not guesses", () => {
  const door = new Door(new KeyIds());
  for (let i = 0; i < 100; i++) {
    assert.equal(statusOf(door, undefined, "192.0.2.7"), 401);
    assert.equal(statusOf(door, "wrong", undefined), 401);
  }
  assert.equal(statusOf(door, KEY, "192.0.2.7"), 200);
});

test("a weak key is a mistake where other machines can reach the proxy, and only there", () => {
  const weak = [
    "short",
    "my-backup-key",
    "aaaaaaaaaaaaaaaaaaaaaaaa",
    "abababababababababab",
    "your-api-key-goes-here",
  ];
  for (const key of weak) {
    const [problem] = bad(`[proxy]\nhost = "0.0.0.0"\napi_key = "${key}"\n`);
    assert.match(problem?.message ?? "", /use a random one of 16 characters or more/, key);
    assert.doesNotMatch(JSON.stringify(problem), new RegExp(key), "the key is not shown");
    good(`[proxy]\nhost = "127.0.0.1"\napi_key = "${key}"\n`);
  }
  bad(`[proxy]\nhost = "0.0.0.0"\napi_keys = ["${KEY}", "short"]\n`);
  good(`[proxy]\nhost = "0.0.0.0"\napi_keys = ["${KEY}", "${OTHER}"]\n`);
});
