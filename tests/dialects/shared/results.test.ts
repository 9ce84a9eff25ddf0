import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Exchanged, ResultPool } from "../../../src/dialects/shared/results.ts";

const result = (id: string) => ({ id, result: { of: id } });

test("a call takes the first free result after it, and no result is taken twice", () => {
  const [first, second] = [result("a"), result("a")];
  const pool = new ResultPool([{ calls: ["a"] }, { results: [first, second] }]);
  assert.equal(pool.wasTaken(first.result), false);
  assert.equal(pool.take("a", 0), first.result);
  assert.equal(pool.wasTaken(first.result), true);
  assert.equal(pool.take("a", 0), second.result);
  assert.equal(pool.take("a", 0), undefined);
});

test("a result before its call, or of another id, is not the call's", () => {
  const pool = new ResultPool([{ results: [result("a")] }, { calls: ["a"] }, { results: [result("b")] }]);
  assert.equal(pool.take("a", 1), undefined);
  assert.equal(pool.take("constructor", 0), undefined);
});

test("a call without a result does not take that of a later call with its id", () => {
  const late = result("a");
  const pool = new ResultPool([{ calls: ["a"] }, {}, { calls: ["a"] }, { results: [late] }]);
  assert.equal(pool.take("a", 0), undefined);
  assert.equal(pool.take("a", 2), late.result);
});

test("a message that holds the last result and the next call serves both", () => {
  const early = result("a");
  const late = result("a");
  const pool = new ResultPool([{ calls: ["a"] }, { results: [early], calls: ["a"] }, { results: [late] }]);
  assert.equal(pool.take("a", 0), early.result);
  assert.equal(pool.take("a", 1), late.result);
});

test("however calls and results lie, each result is given once and never before its call", () => {
  const id = fc.constantFrom("a", "b", "");
  const step = fc.record({ calls: fc.array(id, { maxLength: 2 }), ids: fc.array(id, { maxLength: 3 }) });
  fc.assert(fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
    const places = new Map<object, number>();
    const list = steps.map(({ calls, ids }, at): Exchanged<object> => ({
      calls,
      results: ids.map((id) => {
        const one = result(id);
        places.set(one.result, at);
        return one;
      }),
    }));
    const pool = new ResultPool(list);
    const given = new Set<object>();
    for (const [at, { calls }] of steps.entries()) {
      for (const id of calls) {
        const found = pool.take(id, at);
        if (found === undefined) continue;
        assert.ok(places.get(found)! > at);
        assert.ok(!given.has(found));
        given.add(found);
      }
    }
    for (const one of places.keys()) assert.equal(pool.wasTaken(one), given.has(one));
  }));
});
