import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { dialectsDoc, providersDoc } from "../../scripts/dialects-doc.ts";

test("docs/dialects.md is what the code says; scripts/dialects-doc.ts writes it", () => {
  const file = readFileSync(new URL("../../docs/dialects.md", import.meta.url), "utf8");
  assert.equal(file, dialectsDoc());
});

test("docs/providers.md is what the code says; scripts/dialects-doc.ts writes it", () => {
  const file = readFileSync(new URL("../../docs/providers.md", import.meta.url), "utf8");
  assert.equal(file, providersDoc());
});
