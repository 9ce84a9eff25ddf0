import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { spansOf } from "../../../src/server/traces/spans.ts";
import { anAttempt, anEnd } from "../../ledger/sample.ts";

test("attempts follow one another within their request, whatever they took", () => {
  const ms = fc.integer({ min: 0, max: 5000 });
  fc.assert(
    fc.property(fc.array(ms, { minLength: 1, maxLength: 5 }), ms, fc.boolean(), (times, rest, answered) => {
      const attempts = times.map((one, i) => ({
        ...anAttempt,
        startMs: times.slice(0, i).reduce((a, b) => a + b, 0),
        ms: one,
        ...(answered && i === times.length - 1 ? {} : { failure: "timeout" as const }),
      }));
      const sum = times.reduce((a, b) => a + b, 0);
      const record = anEnd({
        attempts,
        durationMs: sum + rest,
        ...(answered ? { firstTokenMs: sum + 1 } : { firstTokenMs: undefined, failure: "timeout" as const }),
      });
      const { request, attempts: spans } = spansOf(record, new Map());
      let last = request.start;
      for (const { start, end } of spans) {
        assert.ok(start >= last - 1e-6 && end >= start && end <= request.end + 1.001);
        last = start;
      }
    }),
  );
});
