import assert from "node:assert/strict";
import { test } from "node:test";
import { statedCost } from "../../../src/dialects/shared/stated-cost.ts";

test("with a key of the user's own the maker's part is added to the fee", () => {
  assert.equal(statedCost({ cost: 0.2 }), 0.2);
  const details = { cost_details: { upstream_inference_cost: 0.5 } };
  assert.equal(statedCost({ cost: 0.02, is_byok: true, ...details }), 0.52);
  assert.equal(statedCost({ cost: 0.02, is_byok: false, ...details }), 0.02);
  assert.equal(statedCost({ cost: "0.2" }), undefined);
  assert.equal(statedCost(undefined), undefined);
});
