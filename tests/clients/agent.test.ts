import assert from "node:assert/strict";
import { test } from "node:test";
import { oneOf, present } from "../../src/clients/agent.ts";

test("hints that a client does not give, or gives empty, are not there", () => {
  assert.deepEqual(present({ agentType: "", project: undefined, turn: "größe" } as never), { turn: "größe" });
  assert.deepEqual(present({}), {});
});

test("a hint of more than 200 characters is dropped, whole", () => {
  const hints = { a: "x".repeat(200), b: "x".repeat(201) };
  assert.deepEqual(Object.keys(present(hints as never)), ["a"]);
});

test("hints that are not texts stay what they are, zero and false too", () => {
  const hints = { zero: 0, no: false };
  assert.deepEqual(present(hints as never), hints);
});

test("a value is taken letter for letter where it is one of the known", () => {
  const known = ["interactive", "background"] as const;
  assert.equal(oneOf(known, "background"), "background");
  for (const value of ["Background", " background", "", undefined, "toString"]) {
    assert.equal(oneOf(known, value), undefined);
  }
});
