import assert from "node:assert/strict";
import { test } from "node:test";
import { eachHeader } from "../../src/runtime/header-record.ts";

/** All headers as they are given. */
function read(headers: Headers): Record<string, string> {
  const map: Record<string, string> = {};
  eachHeader(headers, (value, name) => void (map[name] = value));
  return map;
}

test("each header is given once, its name in lower case", () => {
  assert.deepEqual(read(new Headers({ "X-Title": "a", "content-TYPE": "b", "x-empty": "" })), {
    "content-type": "b",
    "x-empty": "",
    "x-title": "a",
  });
});

test("a header that was sent twice has both values", () => {
  const headers = new Headers([["accept", "a"], ["Accept", "b"]]);
  assert.deepEqual(read(headers), { accept: "a, b" });
});

test("values are texts, those of cookies too", () => {
  const values = Object.values(read(new Headers([["set-cookie", "a=1"], ["set-cookie", "b=2"]])));
  assert.ok(values.every((value) => typeof value === "string" && value.includes("b=2")));
});

test("without headers nothing is given", () => assert.deepEqual(read(new Headers()), {}));
