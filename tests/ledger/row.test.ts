import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fromRow, logged, namesIn, toRow } from "../../src/ledger/row.ts";
import { anAttempt, anEnd, someCosts } from "./sample.ts";

test("a request that is over reads as it was, with dollars exact to a billionth", () => {
  const request = logged(
    anEnd({ costs: { ...someCosts, cost: 0.123456789, baseline: 0.4 }, rules: ["größe"] }),
  );
  assert.deepEqual(
    [request.cost_usd, request.baseline_usd, request.saved_usd, request.baseline_model, request.rules],
    [0.123456789, 0.4, 0.276543211, "anthropic,claude-opus-4-1", ["größe"]],
  );
  assert.deepEqual(request.tokens, {
    input: 1000,
    cache_read: 200,
    cache_write: 50,
    output: 300,
    reasoning: 40,
  });
  assert.equal("seq" in request, false, "it is not written yet");
});

test("what is not known is null, and not 0 or an empty text", () => {
  const { usage: _, session: __, ...end } = anEnd();
  const request = logged(
    { ...end, provider: undefined, model: undefined, costs: { estimated: false } } as never,
  );
  assert.deepEqual(
    [request.session, request.provider, request.model, request.tokens, request.cost_usd, request.saved_usd],
    [null, null, null, null, null, null],
  );
  assert.deepEqual([request.baseline_basis, request.lost_by_switching_usd], [null, null]);
});

test("a cancelled request has not failed, whatever its status", () => {
  const states = (changes: object) => {
    const { failed, cancelled } = logged(anEnd(changes));
    return { failed, cancelled };
  };
  assert.deepEqual(states({ cancelled: true, status: 499, failure: "x" }), {
    failed: false,
    cancelled: true,
  });
  assert.deepEqual(states({ status: 400 }), { failed: true, cancelled: false });
  assert.deepEqual(states({ failure: "overloaded" }), { failed: true, cancelled: false });
});

describe("what strangers choose is cut", () => {
  const long = "x".repeat(10_000);

  test("names and ids after 200 characters", () => {
    const { model_asked, client, session, route, id } = logged(
      anEnd({ modelAsked: long, client: long, session: long, route: long, id: long }),
    );
    for (const text of [model_asked, client, session!, route, id]) assert.equal(text.length, 200);
  });

  test("a message of an attempt after 400, with a mark", () => {
    const [attempt] = logged(anEnd({ attempts: [{ ...anAttempt, message: long }] })).attempts;
    assert.equal(attempt?.message, `${"x".repeat(400)}…`);
  });

  test("a list as a whole at its end, and it stays JSON", () => {
    const attempts = Array.from(
      { length: 100 },
      (_, index) => ({ ...anAttempt, startMs: index, message: long }),
    );
    const row = toRow(anEnd({ attempts }));
    assert.ok(String(row.attempts).length <= 8000);
    const kept = fromRow(row).attempts;
    assert.ok(kept.length > 0 && kept.length < 100);
    assert.deepEqual(kept.map(({ startMs }) => startMs), [...kept.keys()], "the first ones are kept");
  });
});

test("numbers that a database cannot hold exactly are brought into its range", () => {
  const usage = { input: 1e300, cacheRead: NaN, cacheWrite: -Infinity, output: 2.6, reasoning: 0 };
  const row = toRow(anEnd({ usage, durationMs: Infinity, costs: { ...someCosts, cost: NaN } }));
  assert.deepEqual([row.input, row.cache_read, row.cache_write, row.output], [
    Number.MAX_SAFE_INTEGER,
    0,
    0,
    3,
  ]);
  assert.deepEqual([row.duration_ms, row.cost], [0, null]);
});

test("a row never throws, whatever another program has put into its cells", () => {
  const cell = fc.oneof(
    fc.constantFrom(null, "", "null", "{}", "[", '"x"', "[1,null]", -1),
    fc.string(),
    fc.double(),
  );
  const columns = Object.keys(toRow(anEnd()));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...columns), cell), (damage) => {
      const request = fromRow({ ...toRow(anEnd()), ...damage });
      assert.ok(Array.isArray(request.why) && Array.isArray(request.attempts));
      assert.ok(request.rules.every((name) => typeof name === "string"));
    }),
  );
});

test("a cell of rules has its names, and nothing else in it is one", () => {
  assert.deepEqual(namesIn('["a", 7, null, "ü", ["b"]]'), ["a", "ü"]);
  for (const cell of [null, "", "{}", '"a"', 7]) assert.deepEqual(namesIn(cell), []);
});
