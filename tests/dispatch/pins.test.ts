import assert from "node:assert/strict";
import { test } from "node:test";
import { type Pin, Pins } from "../../src/dispatch/pins.ts";

const pin = (session: string, to: string, more: Partial<Pin> = {}): Pin => ({
  session,
  to,
  by: "wish",
  since: 1,
  ...more,
});

test("a pin holds for its session and key, and one without a key for whoever asks", () => {
  const pins = new Pins();
  pins.set(pin("s", "think", { clientKey: "alice" }));
  assert.equal(pins.of("s", "alice")?.to, "think");
  assert.deepEqual([pins.of("s", "bob"), pins.of("s", undefined), pins.of(undefined, "alice")], [
    undefined,
    undefined,
    undefined,
  ]);
  pins.set(pin("s", "build"));
  assert.deepEqual([pins.of("s", "alice")?.to, pins.of("s", "bob")?.to], ["think", "build"]);
});

test("names of sessions and keys are not put together into others", () => {
  const pins = new Pins();
  pins.set(pin('a","b', "think", { clientKey: "c" }));
  assert.equal(pins.of("a", 'b","c'), undefined);
});

test("a pin by command holds whoever asks, and ends what clients have set before", () => {
  const pins = new Pins();
  for (const clientKey of ["alice", "bob"]) pins.set(pin("s", "think", { clientKey }));
  pins.set(pin("other", "think", { clientKey: "alice" }));
  pins.set(pin("s", "build", { by: "command" }));
  assert.deepEqual(["alice", "bob"].map((key) => pins.of("s", key)?.to), ["build", "build"]);
  assert.equal(pins.of("other", "alice")?.to, "think");
});

test("a wish after a command counts for its own key", () => {
  const pins = new Pins();
  pins.set(pin("s", "build", { by: "command" }));
  pins.set(pin("s", "think", { clientKey: "alice" }));
  assert.deepEqual([pins.of("s", "alice")?.to, pins.of("s", "bob")?.to], ["think", "build"]);
});

test("the list has what is pinned now, the latest first", () => {
  const pins = new Pins();
  for (const session of ["a", "b", "c"]) pins.set(pin(session, "think"));
  pins.set(pin("a", "build"));
  pins.set(pin("b", "auto", { by: "command" }));
  assert.deepEqual(pins.list().map(({ session, to }) => [session, to]), [["a", "build"], ["c", "think"]]);
  assert.equal(pins.of("b", undefined)?.to, "auto", "an end is remembered: an older wish is over");
});

test("what is set here is said once, what comes from another replica not again", () => {
  const said: string[] = [];
  const pins = new Pins((_id, { to }) => said.push(to));
  pins.set(pin("s", "think"));
  pins.take(pin("s", "build"));
  assert.deepEqual([said, pins.of("s", undefined)?.to], [["think"], "build"]);
});

test("the oldest of very many pins are forgotten", () => {
  const pins = new Pins();
  for (let i = 0; i < 5000; i++) pins.set(pin(`s${i}`, "think"));
  assert.equal(pins.list().length, 4000);
  assert.deepEqual([pins.of("s0", undefined), pins.of("s4999", undefined)?.to], [undefined, "think"]);
});
