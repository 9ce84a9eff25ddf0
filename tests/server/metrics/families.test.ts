import assert from "node:assert/strict";
import { test } from "node:test";
import { counter, exposition } from "../../../src/server/metrics/families.ts";

test("label values and help are escaped as the text format asks", () => {
  const label = 'a"b\\c\nd';
  assert.equal(
    exposition([counter("x_total", "one\ntwo \\", [{ value: 2, labels: { label, other: "é" } }])]),
    '# HELP x_total one\\ntwo \\\\\n# TYPE x_total counter\nx_total{label="a\\"b\\\\c\\nd",other="é"} 2\n',
  );
});
