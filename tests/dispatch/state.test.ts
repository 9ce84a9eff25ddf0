import assert from "node:assert/strict";
import { test } from "node:test";
import { DispatchState } from "../../src/dispatch/state.ts";
import { GateFull } from "../../src/dispatch/gate.ts";
import type { Continued } from "../../src/router/plan.ts";
import { provider } from "../router/world.ts";

const TARGET = { provider: "groq", model: "m" };
const WAITING = { signal: new AbortController().signal };

test("a provider without a bound lets everybody in, and one with a bound as many as it says", async () => {
  const state = new DispatchState();
  const bounded = provider("small", { maxConcurrent: 1, maxQueue: 1 });
  assert.equal(typeof state.enter(provider("free"), WAITING), "function");
  const leave = await state.enter(bounded, WAITING);
  const next = state.enter(bounded, WAITING);
  assert.ok(next instanceof Promise);
  assert.throws(() => state.enter(bounded, WAITING), GateFull);
  leave();
  (await next)();
  assert.equal(state.gate(bounded)?.inside, 0);
});

test("a reload changes a bound that is in use, and takes it away", () => {
  const state = new DispatchState();
  const [one, more] = [1, 3].map((maxConcurrent) => provider("small", { maxConcurrent, maxQueue: 0 }));
  void state.enter(one!, WAITING);
  assert.throws(() => state.enter(one!, WAITING), GateFull);
  assert.equal(typeof state.enter(more!, WAITING), "function");
  assert.equal(state.gate(provider("small")), undefined);
});

test("the time to the first token follows the latest ones, each target by itself", () => {
  const state = new DispatchState();
  assert.equal(state.firstToken(TARGET), undefined);
  state.sawFirstToken(TARGET, 1000);
  assert.equal(state.firstToken(TARGET), 1000);
  state.sawFirstToken(TARGET, 0);
  assert.equal(state.firstToken(TARGET), 700);
  assert.equal(state.firstToken({ ...TARGET, model: "other" }), undefined);
});

test("each request of a chain takes the next turn, and other chains have turns of their own", () => {
  const state = new DispatchState();
  for (let i = 0; i < 3; i++) state.rotate("a | b");
  assert.deepEqual([state.rotation("a | b"), state.rotation("c")], [3, 0]);
});

test("a refused login is new once, and again after it was accepted", () => {
  const state = new DispatchState();
  assert.deepEqual(["k", "k", "other"].map((key) => state.isNewlyRefused(key)), [true, false, true]);
  state.loginAccepted("k");
  assert.equal(state.isNewlyRefused("k"), true);
});

test("clients that name very many models, turns and answers make nothing grow for ever", () => {
  const state = new DispatchState();
  const continued: Continued = {
    target: TARGET,
    key: "k",
    kind: "build",
    decision: { kind: "route", name: "build" },
  };
  for (let i = 0; i < 6000; i++) {
    state.sawFirstToken({ provider: "p", model: `m${i}` }, 1);
    state.sawServed(`t${i}`, TARGET);
    state.sawAnswer(`r${i}`, continued);
    state.rotate(`c${i}`);
    state.isNewlyRefused(`k${i}`);
  }
  assert.deepEqual([state.served("t0"), state.continued("r0"), state.rotation("c0")], [
    undefined,
    undefined,
    0,
  ]);
  assert.equal(state.firstToken({ provider: "p", model: "m0" }), undefined);
  assert.deepEqual([state.served("t5999"), state.continued("r5999")], [TARGET, continued]);
  assert.equal(state.isNewlyRefused("k0"), true);
});

test("what is remembered of conversations is shared once, and not sent back", () => {
  const state = new DispatchState();
  const said: string[] = [];
  state.share = (kind, id) => void said.push(`${kind} ${id}`);
  state.sawServed("t", TARGET);
  state.pins.set({ session: "s", to: "think", by: "command", since: 1 });
  state.take("turn", "u", TARGET);
  state.take("pin", "x", { session: "v", to: "build", by: "wish", since: 1 });
  assert.equal(said.length, 2);
  assert.equal(said[0], "turn t");
  assert.deepEqual([state.served("u"), state.pins.of("v", undefined)?.to], [TARGET, "build"]);
});

test("what another replica says in no known form is left alone", () => {
  const state = new DispatchState();
  for (const odd of [null, undefined, "x", 7, []]) {
    for (const kind of ["turn", "answer", "pin", "session"] as const) state.take(kind, "x", odd);
  }
  assert.deepEqual([state.served("x"), state.continued("x"), state.pins.list()], [undefined, undefined, []]);
});

test("a provider's latest failure is kept, and no other's", () => {
  const state = new DispatchState();
  state.sawFailure("groq", 1, "first");
  state.sawFailure("groq", 2, "then");
  assert.deepEqual(state.lastFailure("groq"), { at: 2, message: "then" });
  assert.equal(state.lastFailure("other"), undefined);
});
