import assert from "node:assert/strict";
import { test } from "node:test";
import { counter, type Family, gauge } from "../../../src/server/metrics/families.ts";
import { remains, together } from "../../../src/server/metrics/merge.ts";

const one = (value: number, labels: Record<string, string> = {}) => [{ value, labels }];
const valuesOf = (families: readonly Family[]) =>
  Object.fromEntries(families.map(({ name, values }) => [name, values.map(({ value }) => value)]));

test("counters of workers are added up by their labels, whatever the order of these", () => {
  const merged = together([
    [counter("c", "C.", [...one(1, { a: "x", b: "y" }), ...one(5, { a: "z" })])],
    [counter("c", "C.", one(2, { b: "y", a: "x" }))],
  ]);
  assert.deepEqual(valuesOf(merged), { c: [3, 5] });
});

test("buckets, sum and count of a histogram are added up each for itself", () => {
  const histogram = (bucket: number, sum: number): Family => ({
    name: "h",
    type: "histogram",
    help: "H.",
    workers: "sum",
    values: [
      { name: "h_bucket", value: bucket, labels: { le: "1" } },
      { name: "h_sum", value: sum, labels: {} },
      { name: "h_count", value: bucket, labels: {} },
    ],
  });
  assert.deepEqual(valuesOf(together([[histogram(1, 0.5)], [histogram(2, 0.25)]])), { h: [3, 0.75, 3] });
});

test("gauges are added up, or the largest or smallest counts, as their family says", () => {
  const families = (value: number) => [
    gauge("shared", "", one(value)),
    gauge("mine", "", one(value), "sum"),
    gauge("worst", "", one(value), "min"),
  ];
  assert.deepEqual(valuesOf(together([families(2), families(3)])), { shared: [3], mine: [5], worst: [2] });
});

test("a family that only one worker has is kept", () => {
  assert.deepEqual(valuesOf(together([[], [counter("c", "C.", one(1))]])), { c: [1] });
});

test("of a worker that has ended, counts remain and states do not", () => {
  const left = remains([
    counter("c", "C.", one(1)),
    counter("reloads", "R.", one(1), "max"),
    gauge("g", "G.", one(1), "sum"),
  ]);
  assert.deepEqual(valuesOf(left), { c: [1] });
});
