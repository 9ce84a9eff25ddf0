import assert from "node:assert/strict";
import { test } from "node:test";
import { decided, leadsTo, quoted } from "../../src/router/decision.ts";
import { chain } from "./world.ts";

test("a destination is a decision under the name of what led there", () => {
  const targets = chain("groq,a | openai,b");
  assert.deepEqual(decided({ kind: "chain", chain: targets }, "rule:x"), {
    kind: "chain",
    route: "rule:x",
    chain: targets,
  });
  assert.deepEqual(decided({ kind: "route", name: "Long-Context" }, "mapping:y"), {
    kind: "route",
    name: "long_context",
    route: "mapping:y",
  });
});

test("auto, and a route that nobody knows, decide nothing", () => {
  assert.equal(decided({ kind: "auto" }, "rule:x"), undefined);
  assert.equal(decided({ kind: "route", name: "nowhere" }, "rule:x"), undefined);
});

test("where something leads is said in the words of the configuration", () => {
  const [target] = chain("groq,a");
  assert.equal(leadsTo({ kind: "auto" }), "routing by content");
  assert.equal(leadsTo({ kind: "route", name: "think" }), "the route think");
  assert.equal(
    leadsTo({ kind: "chain", chain: [{ ...target!, settings: { effort: "high" } }, ...chain("openai,b")] }),
    "groq,a?effort=high | openai,b",
  );
});

test("a client's text is one quoted line of at most eighty characters", () => {
  assert.equal(quoted('a "b"\r\nx: 1'), '"a \\"b\\"\\r\\nx: 1"');
  assert.equal(quoted("ü".repeat(80)), `"${"ü".repeat(80)}"`);
  assert.equal(quoted("ü".repeat(81)), `"${"ü".repeat(80)}…"`);
});
