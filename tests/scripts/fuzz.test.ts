import assert from "node:assert/strict";
import { test } from "node:test";
import { AREAS } from "../../scripts/fuzz/areas.ts";
import { corpusOf } from "../../scripts/fuzz/corpus.ts";

for (const area of ["configuration", "requests", "answers", "streams", "headers", "classifier"]) {
  test(`${area}: nothing that the fuzzer begins with is a finding`, async () => {
    const corpus = corpusOf(area);
    assert.ok(corpus.length > 0);
    for (const input of corpus) await AREAS[area]!.work(input);
  });
}
