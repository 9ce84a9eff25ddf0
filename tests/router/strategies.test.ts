import { test } from "node:test";
import assert from "node:assert/strict";
import type { Strategy } from "../../src/config/config.ts";
import type { Rates } from "../../src/model/price.ts";
import type { Session } from "../../src/model/session.ts";
import type { Conditions } from "../../src/router/plan.ts";
import { turnOf } from "../../src/router/strategies.ts";
import { requestFacts } from "../support/request-facts.ts";
import { classified, model, plan, tried } from "./world.ts";

const order = (
  strategy: Strategy,
  conditions: Partial<Conditions> = {},
  routes = "groq,a | groq,b | groq,c",
) =>
  tried(plan({
    facts: { approxTokens: 1000 },
    words: { kind: "think" },
    config: { routes: { think: routes }, fallback: "ollama,z", strategy },
    conditions,
  })).map((target) => target.split(",")[1]).join("");

test("fill_first keeps the user's order", () => {
  assert.equal(order("fill_first", { rotation: () => 1, latency: () => 5 }), "abcz");
});

test("round_robin begins one further with each session, and the fallback stays last", () => {
  assert.deepEqual([0, 1, 2, 3].map((rotation) => order("round_robin", { rotation: () => rotation })), [
    "abcz",
    "bcaz",
    "cabz",
    "abcz",
  ]);
});

test("round_robin shares evenly among the targets that fit", () => {
  const conditions = (rotation: number): Partial<Conditions> => ({
    rotation: () => rotation,
    model: (target) => model(target, target.model === "a" ? { context: 10 } : {}),
  });
  assert.deepEqual([0, 1, 2, 3].map((rotation) => order("round_robin", conditions(rotation))), [
    "bcz",
    "cbz",
    "bcz",
    "cbz",
  ]);
});

test("latency_optimized tries the quickest first, after those that nobody has measured", () => {
  const latency = (times: Record<string, number>): Partial<Conditions> => ({
    latency: (t) => times[t.model],
  });
  assert.equal(order("latency_optimized", latency({ a: 900, b: 100, c: 500 })), "bcaz");
  assert.equal(order("latency_optimized", latency({ a: 900, c: 500 })), "bcaz");
  assert.equal(order("latency_optimized", latency({ a: 5, b: 5, c: 5 })), "abcz");
});

test("cost_optimized tries the cheapest for this request first, those without a price last", () => {
  const prices: Record<string, { input: number; output: number }> = {
    b: { input: 3, output: 15 },
    c: { input: 1, output: 5 },
  };
  const conditions: Partial<Conditions> = {
    model: (t) => prices[t.model] === undefined ? undefined : model(t, { price: prices[t.model]! }),
  };
  assert.equal(order("cost_optimized", conditions), "cbaz");
});

test("a strategy does not change the model within a turn", () => {
  const served: Conditions["served"] = (turn) => turn === key ? { provider: "groq", model: "b" } : undefined;
  const words = classified({ kind: "think", prompt: "plan it", continuesTurn: true });
  const key = turnOf(requestFacts({ session: "s" }), words, "round_robin");
  const asked = (rotation: number, set: object = {}) =>
    tried(plan({
      facts: { session: "s" },
      words: { ...words, ...set },
      config: { routes: { think: "groq,a | groq,b | groq,c" }, strategy: "round_robin" },
      conditions: { rotation: () => rotation, served },
    }))[0];
  assert.deepEqual([0, 1, 2].map((rotation) => asked(rotation)), ["groq,b", "groq,b", "groq,b"]);
  assert.equal(asked(2, { continuesTurn: false }), "groq,c");
  assert.equal(asked(2, { prompt: "plan another" }), "groq,c");
});

test("a turn's name differs by prompt, session and client, and hides the prompt", () => {
  const key = (prompt: string | undefined, session = "s", client = "codex") =>
    turnOf(requestFacts({ session, client }), classified({ prompt }), "round_robin");
  const keys = [key("plan it"), key("plan it!"), key("plan it", "t"), key("plan it", "s", "curl")];
  assert.equal(new Set(keys).size, 4);
  assert.equal(key("plan it"), keys[0]);
  assert.equal(key(undefined), undefined);
  assert.ok(!keys[0]!.includes("plan"));
});

test("a strategy that keeps the user's order needs no name of a turn", () => {
  assert.equal(turnOf(requestFacts(), classified({ prompt: "plan it" }), "fill_first"), undefined);
});

const session = (...targets: string[]): Session => {
  const [first, ...rest] = targets.map((model) => ({
    target: { provider: "groq", model },
    tokens: 50_000,
    time: 0,
  }));
  return {
    prefixes: [first!, ...rest],
    context: 50_000,
    perEstimate: 1,
    time: 0,
    kind: "think",
    route: "think",
    started: 0,
    requests: 3,
    turnRequests: 1,
    oneTarget: true,
  };
};

test("round_robin and latency_optimized choose for a session, and say that its target goes on", () => {
  for (const strategy of ["round_robin", "latency_optimized"] as const) {
    const asked = (rotation: number, served?: Session) =>
      plan({
        words: { kind: "think" },
        config: { routes: { think: "groq,a | groq,b | groq,c" }, strategy },
        conditions: { rotation: () => rotation, ...(served === undefined ? {} : { session: served }) },
      });
    for (const rotation of [0, 1, 2]) {
      const kept = asked(rotation, session("b", "c"));
      assert.equal(tried(kept)[0], "groq,b");
      assert.match(kept.why.at(-1)!, /groq,b first: it serves the session/);
      assert.equal(kept.rotated, undefined, "no turn is taken");
    }
    assert.notEqual(asked(0).rotated, undefined);
    assert.equal(tried(asked(0, session("gone", "c")))[0], "groq,c");
  }
});

test("each chain has a rotation of its own", () => {
  const chains: string[] = [];
  const rotation = (chain: string) => chains.push(chain);
  for (const kind of ["think", "build"] as const) {
    plan({
      words: { kind },
      config: { routes: { think: "groq,a | groq,b", build: "groq,c | groq,d" }, strategy: "round_robin" },
      conditions: { rotation },
    });
  }
  assert.equal(new Set(chains).size, 2);
});

test("cost_optimized counts what each target has in its cache", () => {
  const rates: Record<string, Rates> = {
    b: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
    c: { input: 2.5, output: 12.5, cacheRead: 0.3, cacheWrite: 3.2 },
  };
  const cache = { kind: "marked", lifeMs: 300_000, leastTokens: 1024 } as const;
  const first = (served?: Session) =>
    tried(plan({
      facts: { approxTokens: 50_000 },
      words: { kind: "background" },
      config: { routes: { background: "groq,b | groq,c" }, strategy: "cost_optimized", sticky: "never" },
      conditions: {
        model: (target) => model(target, { cache, price: rates[target.model]! }),
        rates: (target) => rates[target.model],
        ...(served === undefined ? {} : { session: served }),
      },
    }))[0];
  assert.equal(first(), "groq,c");
  assert.equal(first(session("b")), "groq,b", "what is warm is cheaper than what is cheap");
});
