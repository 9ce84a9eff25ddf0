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
    cooldowns.claim(place, now);
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
  assert.equal(cooldowns.at({ ...place, model: "other" }, NOW + 3_599_000).state, "cooling");
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
  cooldowns.claim(place, until);
  assert.equal(cooldowns.at(place, until).state, "cooling");
  cooldowns.release(place);
  assert.equal(cooldowns.at(place, until).state, "trial");
  cooldowns.claim(place, until);
  cooldowns.succeeded(place);
  assert.equal(cooldowns.at(place, until).state, "open");
});

test("a trial that fails with a server error cools down at once, without three strikes", () => {
  const cooldowns = new Cooldowns();
  for (let i = 0; i < 3; i++) cooldowns.failed(place, fail("server_error"), NOW);
  const until = NOW + 30_000;
  cooldowns.claim(place, until);
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
  cooldowns.claim(place, NOW + 30_000);
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

const other: CooldownKey = { ...place, model: "mixtral" };

test("what one model alone has shown cools down that model, not its provider", () => {
  const cooldowns = new Cooldowns();
  for (let i = 0; i < 3; i++) cooldowns.failed(place, fail("server_error"), NOW + i);
  assert.equal(cooldowns.at(place, NOW + 10).state, "cooling");
  assert.equal(cooldowns.at(other, NOW + 10).state, "open");
});

test("an answer of one model does not forget the failures of another", () => {
  const cooldowns = new Cooldowns();
  for (let i = 0; i < 3; i++) {
    cooldowns.failed(place, fail("server_error"), NOW + i);
    cooldowns.succeeded(other);
  }
  assert.equal(cooldowns.at(place, NOW + 10).state, "cooling");
  assert.equal(cooldowns.at(other, NOW + 10).state, "open");
});

test("two models that fail cool down their provider", () => {
  const cooldowns = new Cooldowns();
  cooldowns.failed(place, fail("server_error"), NOW);
  cooldowns.failed(other, fail("server_error"), NOW + 1);
  cooldowns.failed(place, fail("server_error"), NOW + 2);
  assert.equal(cooldowns.at({ ...place, model: "third" }, NOW + 10).state, "cooling");
});

test("failures that each took longer than a third of a minute count at any distance", () => {
  const cooldowns = new Cooldowns();
  const hung = { ...fail("timeout"), waited: 31_000 };
  assert.equal(cooldowns.failed(place, hung, NOW), undefined);
  assert.equal(cooldowns.failed(place, hung, NOW + 300_000)?.model, "llama");
});

test("a quota for a family of models leaves the key's other models open", () => {
  const cooldowns = new Cooldowns();
  const free = { ...place, model: "a/b:free" };
  cooldowns.failed(free, { ...fail("quota_exhausted", NOW + 1000), scope: "family", family: ":free" }, NOW);
  assert.equal(cooldowns.at({ ...free, model: "c/d:free" }, NOW + 1).state, "cooling");
  assert.equal(cooldowns.at({ ...free, model: "c/d" }, NOW + 1).state, "open");
  assert.equal(cooldowns.at({ ...free, key: "k2" }, NOW + 1).state, "open");
});

test("an overload's own reset counts, for five minutes at most", () => {
  const cooldowns = new Cooldowns();
  assert.equal(cooldowns.failed(place, fail("overloaded", NOW + 40_000), NOW)?.until, NOW + 40_000);
  assert.equal(cooldowns.failed(other, fail("overloaded", NOW + 14_400_000), NOW)?.until, NOW + 300_000);
});

test("a quota told for days is looked at after an hour, then once a day", () => {
  const cooldowns = new Cooldowns();
  const reset = NOW + 7 * 86_400_000;
  cooldowns.failed(place, fail("quota_exhausted", reset), NOW);
  const hour = NOW + 3_600_000;
  assert.equal(cooldowns.at(place, hour).state, "trial");
  cooldowns.claim(place, hour);
  assert.equal(cooldowns.at(place, hour).state, "cooling", "one request looks");
  cooldowns.failed(place, fail("quota_exhausted", reset), hour);
  assert.equal(cooldowns.at(place, hour + 3_600_000).state, "cooling");
  assert.equal(cooldowns.at(place, hour + 86_400_000).state, "trial");
});

test("where nothing else remains, a guess gives way after seconds and a quota at once", () => {
  const cooldowns = new Cooldowns();
  cooldowns.failed(place, fail("model_unknown"), NOW);
  assert.equal(cooldowns.mayLook(place, NOW + 1000, "last"), false);
  assert.equal(cooldowns.mayLook(place, NOW + 3000, "last"), true);
  assert.equal(cooldowns.opensAt(place, NOW), NOW + 3000);
  cooldowns.failed(other, fail("quota_exhausted", NOW + 86_400_000), NOW);
  assert.equal(cooldowns.mayLook(other, NOW, "last"), true);
  assert.equal(cooldowns.opensAt(other, NOW), NOW + 86_400_000);
});

test("a rate limit with a reset time is kept, to its last five seconds", () => {
  const cooldowns = new Cooldowns();
  cooldowns.failed(place, fail("rate_limited", NOW + 60_000), NOW);
  for (const why of ["named", "last"] as const) {
    assert.equal(cooldowns.mayLook(place, NOW + 50_000, why), false);
  }
  assert.equal(cooldowns.mayLook(place, NOW + 55_000, "last"), true);
});

test("a target that the user names is asked at once in spite of a quota, then once a minute", () => {
  const cooldowns = new Cooldowns();
  cooldowns.failed(place, fail("quota_exhausted", NOW + 86_400_000), NOW);
  assert.equal(cooldowns.mayLook(place, NOW, "named"), true);
  cooldowns.claim(place, NOW);
  cooldowns.failed(place, fail("quota_exhausted", NOW + 86_400_000), NOW);
  assert.equal(cooldowns.mayLook(place, NOW + 59_000, "named"), false);
  assert.equal(cooldowns.mayLook(place, NOW + 60_000, "named"), true);
});

test("a pause holds until it is lifted, over success, reset and restart", () => {
  const cooldowns = new Cooldowns();
  cooldowns.pause({ provider: "groq" }, NOW);
  cooldowns.succeeded(place);
  assert.equal(cooldowns.reset(), 0);
  assert.equal(cooldowns.mayLook(place, NOW + 86_400_000, "named"), false);
  assert.equal(cooldowns.mayLook(place, NOW + 86_400_000, "last"), false);
  const later = new Cooldowns();
  later.load(JSON.parse(JSON.stringify(cooldowns.save(NOW))), NOW);
  assert.equal(later.at(place, NOW + 86_400_000).state, "cooling");
  assert.equal(later.resume(), 1);
  assert.equal(later.at(place, NOW).state, "open");
});

/** Lets a rate limit meet so many models, which clients may name as they like. */
const flood = (cooldowns: Cooldowns, count: number, now: number) => {
  for (let at = 0; at < count; at++) {
    cooldowns.failed({ ...place, model: `made-up-${at}` }, fail("rate_limited"), now);
  }
};

test("the cooldowns of a thousand places are kept, and pauses whatever their age", () => {
  const cooldowns = new Cooldowns();
  cooldowns.pause({ provider: "paused" }, NOW);
  flood(cooldowns, 1500, NOW);
  const kept = cooldowns.list(NOW);
  assert.equal(kept.length, 1000);
  assert.ok(kept.some(({ provider }) => provider === "paused"));
  assert.equal(cooldowns.at({ ...place, model: "made-up-0" }, NOW).state, "open");
  assert.equal(cooldowns.at({ ...place, model: "made-up-1499" }, NOW).state, "cooling");
});

test("where cooldowns are too many, those that are over are forgotten before one that holds", () => {
  const cooldowns = new Cooldowns();
  const quota: CooldownKey = { ...place, key: "k2" };
  cooldowns.failed(quota, fail("quota_exhausted", NOW + 86_400_000), NOW);
  flood(cooldowns, 999, NOW);
  const later = NOW + 3_600_000;
  cooldowns.failed({ ...place, model: "one more" }, fail("rate_limited"), later);
  assert.deepEqual(cooldowns.list(later).map(({ class: kind }) => kind), ["rate_limited", "quota_exhausted"]);
  assert.equal(cooldowns.at({ ...place, model: "made-up-0" }, later).state, "open");
  assert.equal(cooldowns.at({ ...place, model: "made-up-1" }, later).state, "trial");
});
