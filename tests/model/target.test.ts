import assert from "node:assert/strict";
import { test } from "node:test";
import { isAnyModel } from "../../src/model/target.ts";

for (const model of ["*", "anthropic/*", "a/b/*"]) {
  test(`${model} is whatever model the client asks for`, () => {
    assert.equal(isAnyModel({ provider: "openrouter", model }), true);
  });
}

for (const model of ["claude-*", "*-mini", "anthropic/claude*", "**", "", "/"]) {
  test(`${JSON.stringify(model)} is one model's name`, () => {
    assert.equal(isAnyModel({ provider: "openrouter", model }), false);
  });
}
