import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyObject, UnsupportedRequest } from "../../src/dialects/dialect.ts";

test("a body that is an object is decoded as it is", () => {
  const body = { model: "m" };
  assert.equal(bodyObject(body), body);
});

test("any other body is refused by name", () => {
  for (const body of [null, undefined, [], "{}", 7, true]) {
    assert.throws(() => bodyObject(body), (error) => {
      assert.ok(error instanceof UnsupportedRequest);
      assert.deepEqual([error.param, error.name], ["body", "UnsupportedRequest"]);
      assert.match(error.message, /must be a JSON object/);
      return true;
    });
  }
});
