import assert from "node:assert/strict";
import { test } from "node:test";
import { classifyPrompt } from "../../src/classifier/classify.ts";

const complexity = (prompt: string) => classifyPrompt(prompt).complexity;

/** Each is harder than the one before it. */
const LADDER = [
  "fix typo",
  "add a health endpoint",
  "Add cursor pagination to the orders endpoint, validate the cursor, return 400 on a bad one, and cover it with tests.",
  "Design the multi-region failover of the order service. What are the trade-offs between consistency and availability, which failure modes remain, and would you accept data loss of a minute?",
];

test("complexity rises with what is asked", () => {
  const values = LADDER.map(complexity);
  assert.deepEqual(values, [...values].sort((a, b) => a - b));
  assert.equal(new Set(values).size, values.length);
  assert.ok(values[0]! < 0.1 && values.at(-1)! > 0.5, values.join());
});

test("a list of requirements is harder than its first line", () => {
  assert.ok(
    complexity("Add an export:\n- CSV\n- XLSX\n- in the background\n- mail when done") >
      complexity("Add an export"),
  );
});

test("complexity stays between 0 and 1", () => {
  assert.equal(complexity(""), 0);
  const hard = complexity(`${LADDER.at(-1)} `.repeat(50));
  assert.ok(hard > 0.7 && hard <= 1, String(hard));
});
