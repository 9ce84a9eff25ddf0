import assert from "node:assert/strict";
import { test } from "node:test";
import { Gate, GateFull } from "../../src/dispatch/gate.ts";

const never = new AbortController().signal;

test("places are taken at once, then the rest queue, and one too many is refused", async () => {
  const gate = new Gate(2, 2);
  assert.equal(gate.enter(never), true);
  assert.equal(gate.enter(never), true);
  const order: number[] = [];
  const first = Promise.resolve(gate.enter(never)).then(() => order.push(1));
  const second = Promise.resolve(gate.enter(never)).then(() => order.push(2));
  assert.throws(() => gate.enter(never), GateFull);
  gate.leave();
  await first;
  assert.deepEqual(order, [1]);
  gate.leave();
  await second;
  assert.deepEqual(order, [1, 2]);
  assert.equal(gate.inside, 2);
  gate.leave();
  gate.leave();
  assert.equal(gate.inside, 0);
});

test("a client that hangs up while it waits leaves the queue", async () => {
  const gate = new Gate(1, 1);
  gate.enter(never);
  const controller = new AbortController();
  const waiting = gate.enter(controller.signal);
  controller.abort(new Error("gone"));
  await assert.rejects(Promise.resolve(waiting), /gone/);
  assert.equal(gate.waiting, 0);
  const next = gate.enter(never);
  gate.leave();
  await next;
  assert.equal(gate.inside, 1);
});

test("a gate that shrinks lets nobody in until enough have left", async () => {
  const gate = new Gate(2, 5);
  gate.enter(never);
  gate.enter(never);
  const waiting = Promise.resolve(gate.enter(never));
  let entered = false;
  waiting.then(() => entered = true);
  gate.places = 1;
  gate.leave();
  await Promise.resolve();
  assert.equal(entered, false);
  gate.leave();
  await waiting;
  assert.equal(gate.inside, 1);
});
