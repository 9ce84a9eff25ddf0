import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Counts, Histogram } from "../../../src/server/metrics/counts.ts";
import { countFamilies } from "../../../src/server/metrics/families.ts";
import { anEnd } from "../../ledger/sample.ts";

test("series are bounded whatever models clients name, and no request is lost", () => {
  const counts = new Counts();
  const many = 20_000;
  for (let i = 0; i < many; i++) {
    counts.add(anEnd({ model: `model-${i}`, client: `client-${i % 300}`, attempts: [] }));
  }
  assert.ok(counts.series.size <= 4100, `${counts.series.size} series`);
  assert.ok(counts.targets.size <= 250, `${counts.targets.size} targets`);
  const requests = countFamilies(counts).find(({ name }) => name === "terraphim_requests_total")!.values;
  assert.equal(requests.reduce((sum, { value }) => sum + value, 0), many);
  assert.ok(requests.some(({ labels }) => labels.model === "other"));
  assert.ok(new Set(requests.map(({ labels }) => labels.client)).size <= 51);
});

test("a histogram's buckets hold every value that is not over their bound", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 0, max: 100, noNaN: true })),
    (values) => {
      const histogram = new Histogram([1, 5, 25]);
      for (const value of values) histogram.add(value);
      let upTo = 0;
      histogram.bounds.forEach((bound, i) => {
        upTo += histogram.counts[i]!;
        assert.equal(upTo, values.filter((value) => value <= bound).length);
      });
      assert.equal(histogram.count, values.length);
    },
  ));
});
