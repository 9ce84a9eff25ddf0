import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../terminal.ts";

test("exactly one thing is said about a request", async () => {
  for (const words of [[], ["--up", "--down"], ["think", "--up"]]) {
    const { code, err } = await run(["prefer", "req_1", ...words]);
    assert.equal(code, 2, words.join(" "));
    assert.match(err, /^Error: Say one thing about the request: a ROUTE, --up or --down\.$/m);
  }
  assert.match((await run(["prefer"])).err, /^Error: REQUEST-ID is missing\.$/m);
});

test("the help has each argument once", async () => {
  const { out } = await run(["prefer", "--help"]);
  assert.equal(out.match(/^ {2}REQUEST-ID/gm)?.length, 1);
});
