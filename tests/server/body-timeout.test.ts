import assert from "node:assert/strict";
import { test } from "node:test";
import { BodyLate, inTime } from "../../src/server/body-timeout.ts";
import { awake } from "../support/waiting.ts";

test("a body that comes in time is given as it came, and so is its failure", async () => {
  assert.equal(await inTime(Promise.resolve("body"), 60_000), "body");
  const cut = new Error("cut");
  await assert.rejects(inTime(Promise.reject(cut), 60_000), (error) => error === cut);
});

test("a body that never ends is late, and those that have time left are waited for", async () => {
  const slow = Promise.withResolvers<string>();
  const patient = inTime(slow.promise, 60_000);
  using _up = awake();
  await assert.rejects(inTime(new Promise(() => {}), 0), BodyLate);
  slow.resolve("at last");
  assert.equal(await patient, "at last");
});

test("after all bodies are over, the next late one is found as well", async () => {
  using _up = awake();
  await assert.rejects(inTime(new Promise(() => {}), 0), BodyLate);
  await assert.rejects(inTime(new Promise(() => {}), 0), BodyLate);
});

test("what comes of a body after it was late changes nothing", async () => {
  const body = Promise.withResolvers<string>();
  const reading = inTime(body.promise, 0);
  using _up = awake();
  await assert.rejects(reading, BodyLate);
  body.reject(new Error("the connection broke"));
  await assert.rejects(reading, BodyLate);
});
