import assert from "node:assert/strict";
import { test } from "node:test";
import { sessionAfter, Sessions } from "../../src/dispatch/sessions.ts";
import type { RequestEnd } from "../../src/model/request-end.ts";
import { prefixAt } from "../../src/model/session.ts";

/** A request of the session `s` that was answered; what matters to the test goes in `set`. */
function ended(set: Partial<RequestEnd> = {}): RequestEnd {
  return {
    id: "req_1",
    time: 1000,
    client: "codex",
    conversation: "s",
    clientDialect: "openai-responses",
    operation: "generate",
    stream: true,
    modelAsked: "auto",
    kind: "build",
    route: "build",
    why: [],
    provider: "p",
    model: "one",
    key: "k1",
    attempts: [],
    fellBack: false,
    usage: { input: 100, cacheRead: 900, cacheWrite: 50, output: 7, reasoning: 0 },
    costs: { estimated: false },
    status: 200,
    cancelled: false,
    durationMs: 10,
    overheadUs: 1,
    ...set,
  };
}

test("a session remembers who served it last, with which key, and all that it read", () => {
  const sessions = new Sessions();
  sessions.add(ended({ firstTokenMs: 500 }));
  const [last] = sessions.of("s")!.prefixes;
  const target = { provider: "p", model: "one" };
  assert.deepEqual(last, { target, key: "k1", tokens: 1050, marked: 950, time: 1500 });
  assert.equal(sessions.of("s")!.context, 1050);
});

test("a session counts its requests, and those of the latest prompt", () => {
  const sessions = new Sessions();
  for (const continuesTurn of [false, true, true, false, true]) sessions.add(ended({ continuesTurn }));
  assert.deepEqual([sessions.of("s")!.requests, sessions.of("s")!.turnRequests], [5, 2]);
});

test("a target that served earlier keeps what it read then", () => {
  const sessions = new Sessions();
  sessions.add(ended());
  sessions.add(ended({ time: 9000, model: "two", usage: { ...ended().usage!, input: 2000 } }));
  const session = sessions.of("s")!;
  assert.deepEqual(session.prefixes.map(({ target }) => target.model), ["two", "one"]);
  assert.equal(prefixAt(session, { provider: "p", model: "one" })?.tokens, 1050);
  assert.equal(session.oneTarget, false);
});

test("a session knows that one target served all of it", () => {
  const sessions = new Sessions();
  sessions.add(ended());
  sessions.add(ended());
  assert.equal(sessions.of("s")!.oneTarget, true);
});

test("a session knows how far the estimates of its tokens are off", () => {
  const sessions = new Sessions();
  sessions.add(ended({ approxTokens: 2100 }));
  assert.equal(sessions.of("s")!.perEstimate, 0.5);
});

const NOTHING: readonly (readonly [what: string, set: Partial<RequestEnd>])[] = [
  ["that no target answered", { provider: undefined }],
  ["whose tokens nobody knows", { usage: undefined }],
  ["that only counted tokens", { operation: "count_tokens" }],
  ["without a session", { conversation: undefined }],
];
for (const [what, set] of NOTHING) {
  test(`a request ${what} is not remembered`, () => {
    const sessions = new Sessions();
    sessions.add(ended(set));
    assert.equal(sessions.of("s"), undefined);
  });
}

test("the sessions that were used last are remembered, up to a bound", () => {
  const sessions = new Sessions(2);
  for (const conversation of ["a", "b", "a", "c"]) sessions.add(ended({ conversation }));
  assert.deepEqual(["a", "b", "c"].map((name) => sessions.of(name) !== undefined), [true, false, true]);
});

test("a session remembers a few targets at most", () => {
  const sessions = new Sessions();
  for (let i = 0; i < 20; i++) sessions.add(ended({ model: `m${i}` }));
  assert.equal(sessions.of("s")!.prefixes.length, 6);
});

test("what only keeps a cache warm changes the time of its prefix, and nothing else", () => {
  const before = sessionAfter(undefined, ended({ time: 1000 }))!;
  const after = sessionAfter(before, ended({ time: 271_000, kind: "keep_warm", route: "keep_warm" }))!;
  const [first] = after.prefixes;
  assert.equal(first.time, 271_000);
  assert.deepEqual({ ...after, prefixes: before.prefixes }, before);
  assert.equal(sessionAfter(undefined, ended({ kind: "keep_warm" })), undefined);
});
