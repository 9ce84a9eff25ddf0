import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { traceParent } from "../../../src/server/traces/trace-parent.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

test("a traceparent header is read as the specification says, and nothing else is", () => {
  const good = traceParent(`00-${TRACE}-${SPAN}-01`);
  assert.deepEqual(good, { traceId: TRACE, spanId: SPAN, flags: 1 });
  assert.deepEqual(traceParent(`cc-${TRACE}-${SPAN}-01-what-comes`), good);
  for (
    const bad of [
      undefined,
      "",
      `ff-${TRACE}-${SPAN}-01`,
      `00-${TRACE}-${SPAN}-01-more`,
      `00-${"0".repeat(32)}-${SPAN}-01`,
      `00-${TRACE}-${"0".repeat(16)}-01`,
      `00-${TRACE.toUpperCase()}-${SPAN}-01`,
      `00-${TRACE}-${SPAN}`,
    ]
  ) assert.equal(traceParent(bad), undefined, bad);
  fc.assert(fc.property(fc.string(), (text) => {
    const read = traceParent(text);
    assert.ok(read === undefined || text.includes(read.traceId));
  }));
});
