import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { figuresOf, type Judged } from "../../../../src/cli/commands/eval/figures.ts";

describe("figuresOf", () => {
  const judged = (label: string, decided: string, model = "m"): Judged => ({
    line: 1,
    prompt: "p",
    previous: [],
    label,
    decided,
    why: [],
    target: { provider: "p", model },
  });

  test("every prompt is in one place of the table", () => {
    const { names, confusion, right, waste, loss } = figuresOf(
      [
        judged("think", "think"),
        judged("think", "build"),
        judged("build", "think"),
        judged("build", "rule:x"),
      ],
      () => undefined,
      undefined,
    );
    assert.deepEqual(names, ["build", "think", "rule:x"]);
    assert.deepEqual(confusion, [[0, 1, 1], [1, 1, 0], [0, 0, 0]]);
    assert.deepEqual({ right, waste, loss }, { right: 1, waste: 1, loss: 1 });
  });

  test("what has no price is in neither sum", () => {
    const { cost } = figuresOf(
      [judged("think", "think", "dear"), judged("build", "build", "unknown")],
      ({ model }) => model === "unknown" ? undefined : { input: 10, output: 50 },
      { provider: "p", model: "dear" },
    );
    assert.equal(cost.routed, 0.25);
    assert.equal(cost.best, 0.25);
    assert.equal(cost.unpriced, 1);
  });

  test("without a price of the best target, no cost is compared", () => {
    const { cost } = figuresOf([judged("think", "think")], () => undefined, { provider: "p", model: "dear" });
    assert.deepEqual(cost, { routed: 0, best: 0, unpriced: 1 });
  });

  test("without prompts every figure is 0 or empty", () => {
    const { prompts, right, names, thinks } = figuresOf([], () => undefined, undefined);
    assert.deepEqual({ prompts, right, names, thinks }, { prompts: 0, right: 0, names: [], thinks: 0 });
  });

  test("the table adds up to all prompts, whatever was decided", () => {
    const name = fc.constantFrom("think", "build", "default", "rule:größe");
    fc.assert(
      fc.property(fc.array(fc.tuple(name, name)), (pairs) => {
        const { prompts, right, confusion, waste, loss, thinks } = figuresOf(
          pairs.map(([label, decided]) => judged(label, decided)),
          () => undefined,
          undefined,
        );
        assert.equal(confusion.flat().reduce((sum, times) => sum + times, 0), prompts);
        assert.equal(confusion.reduce((sum, row, index) => sum + row[index]!, 0), right);
        assert.ok(loss <= thinks && waste <= prompts - thinks);
      }),
    );
  });
});
