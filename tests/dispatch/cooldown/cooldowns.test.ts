import assert from "node:assert/strict";
import { test } from "node:test";
import { type CooldownKey, Cooldowns } from "../../../src/dispatch/cooldown/cooldowns.ts";
import type { Failure } from "../../../src/dispatch/failure/failure.ts";
import type { FailureClass } from "../../../src/model/failure.ts";

const NOW = Date.UTC(2026, 10, 22);
const place: CooldownKey = { provider: "groq", model: "llama", key: "k1" };
const fail = (kind: FailureClass, resetAt?: number): Failure => ({
  class: kind,
  provider: "groq",
  model: "llama",
  message: "no",
  resetAt,
});

test("a rate limit cools down the key for that model only, 30 s, doubling to five minutes", () => {
  const cooldowns = new Cooldowns();
  let now = NOW;
  for (const seconds of [30, 60, 120, 240, 300, 300]) {
    const cooldown = cooldowns.failed(place, fail("rate_limited"), now);
    assert.equal(cooldown?.until, now + seconds * 1000);
    assert.equal(cooldowns.at(place, now + 1).state, "cooling");
    assert.equal(cooldowns.at({ ...place, model: "other" }, now + 1).state, "open");
    assert.equal(cooldowns.at({ ...place, key: "k2" }, now + 1).state, "open");
    now = cooldown?.until ?? now;
    assert.equal(cooldowns.at(place, now).state, "trial");
    cooldowns.claim(place);
  }
});

test("a provider's own reset time counts instead of the built-in time", () => {
  const cooldowns = new Cooldowns();
  cooldowns.failed(place, fail("rate_limited", NOW + 7000), NOW);
  assert.deepEqual(cooldowns.list(NOW).map((c) => c.until), [NOW + 7000]);
  cooldowns.failed({ ...place, provider: "zai" }, fail("server_error", NOW + 7000), NOW);
  assert.equal(cooldowns.list(NOW).length, 1, "a server error's retry-after starts no cooldown by itself");
});

test("a used-up quota cools down the key for all models until the reset, else an hour", () => {
  const cooldowns = new Cooldowns();
  cooldowns.failed(place, fail("quota_exhausted", NOW + 14 * 86_400_000), NOW);
  assert.equal(cooldowns.at({ ...place, model: "other" }, NOW + 86_400_000).state, "cooling");
  assert.equal(cooldowns.at({ ...place, key: "k2" }, NOW).state, "open");
  const other = { ...place, key: "k2" };
  assert.equal(cooldowns.failed(other, fail("quota_exhausted"), NOW)?.until, NOW + 3_600_000);
});

test("server errors cool down the provider only after three within a minute", () => {
  const cooldowns = new Cooldowns();
  assert.equal(cooldowns.failed(place, fail("server_error"), NOW), undefined);
  assert.equal(cooldowns.failed(place, fail("timeout"), NOW + 10_000), undefined);
  assert.equal(cooldowns.at(place, NOW + 10_000).state, "open");
  assert.equal(cooldowns.failed(place, fail("unreachable"), NOW + 20_000)?.until, NOW + 50_000);
  assert.equal(cooldowns.at({ provider: "groq", model: "x", key: "y" }, NOW + 20_001).state, "cooling");
});

test("server errors that are more than a minute apart never cool it down", () => {
  const cooldowns = new Cooldowns();
  for (let minute = 0; minute < 10; minute++) {
    assert.equal(cooldowns.failed(place, fail("server_error"), NOW + minute * 61_000), undefined);
  }
});

test("after a cooldown one request tries; for others it is cooling down until the trial ends", () => {
  const cooldowns = new Cooldowns();
  const until = cooldowns.failed(place, fail("overloaded"), NOW)?.until ?? 0;
  assert.equal(until, NOW + 10_000);
  assert.equal(cooldowns.at(place, until).state, "trial");
  cooldowns.claim(place);
  assert.equal(cooldowns.at(place, until).state, "cooling");
  cooldowns.release(place);
  assert.equal(cooldowns.at(place, until).state, "trial");
  cooldowns.claim(place);
  cooldowns.succeeded(place);
  assert.equal(cooldowns.at(place, until).state, "open");
});

test("a trial that fails with a server error cools down at once, without three strikes", () => {
  const cooldowns = new Cooldowns();
  for (let i = 0; i < 3; i++) cooldowns.failed(place, fail("server_error"), NOW);
  const until = NOW + 30_000;
  cooldowns.claim(place);
  assert.equal(cooldowns.failed(place, fail("server_error"), until)?.until, until + 60_000);
});

test("requests that fail together count as one failure", () => {
  const cooldowns = new Cooldowns();
  for (let i = 0; i < 20; i++) cooldowns.failed(place, fail("overloaded"), NOW + i);
  assert.ok((cooldowns.list(NOW)[0]?.until ?? 0) < NOW + 11_000);
});

test("bad requests, refused content and hang-ups cool nothing down", () => {
  const cooldowns = new Cooldowns();
  for (const kind of ["bad_request", "content_refused", "cancelled", "context_overflow"] as const) {
    assert.equal(cooldowns.failed(place, fail(kind), NOW), undefined);
  }
  assert.deepEqual(cooldowns.list(NOW), []);
});

test("success forgets: the next failure starts from the first step", () => {
  const cooldowns = new Cooldowns();
  cooldowns.failed(place, fail("rate_limited"), NOW);
  cooldowns.claim(place);
  cooldowns.failed(place, fail("rate_limited"), NOW + 30_000);
  cooldowns.succeeded(place);
  assert.equal(cooldowns.failed(place, fail("rate_limited"), NOW + 200_000)?.until, NOW + 230_000);
});

test("only used-up quotas are saved, and come back until their reset", () => {
  const cooldowns = new Cooldowns();
  cooldowns.failed(place, fail("quota_exhausted", NOW + 3_600_000), NOW);
  cooldowns.failed({ ...place, provider: "zai" }, fail("overloaded"), NOW);
  const saved = JSON.parse(JSON.stringify(cooldowns.save(NOW)));
  assert.equal(saved.length, 1);
  const later = new Cooldowns();
  later.load(saved, NOW + 1000);
  assert.equal(later.at({ ...place, model: "any" }, NOW + 1000).state, "cooling");
  const muchLater = new Cooldowns();
  muchLater.load(saved, NOW + 3_600_000);
  assert.equal(muchLater.at(place, NOW + 3_600_000).state, "open");
});

test("a reset ends the cooldowns that it picks", () => {
  let changes = 0;
  const cooldowns = new Cooldowns(() => changes++);
  cooldowns.failed(place, fail("quota_exhausted"), NOW);
  cooldowns.failed({ ...place, provider: "zai" }, fail("quota_exhausted"), NOW);
  assert.equal(cooldowns.reset((cooldown) => cooldown.provider === "zai"), 1);
  assert.equal(cooldowns.at(place, NOW).state, "cooling");
  assert.equal(cooldowns.reset(), 1);
  assert.equal(cooldowns.at(place, NOW).state, "open");
  assert.equal(changes, 4);
});
