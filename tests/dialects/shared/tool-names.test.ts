import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  flattenName,
  historyName,
  MAX_WIRE_NAME,
  takesName,
  type ToolIdentity,
  toolNames,
  unmarkedName,
} from "../../../src/dialects/shared/tool-names.ts";

const identity: fc.Arbitrary<ToolIdentity> = fc.record({
  name: fc.oneof(
    fc.string({ minLength: 1, maxLength: 90, unit: "grapheme" }),
    fc.constantFrom("a", "a__b", "b"),
  ),
  namespace: fc.option(fc.constantFrom("a", "multi_agent_v1", "mcp.server/one"), { nil: undefined }),
  kind: fc.constantFrom("function" as const, "custom" as const),
});

test("every tool gets a legal name of its own that leads back to it", () => {
  fc.assert(fc.property(fc.array(identity, { maxLength: 12 }), (tools) => {
    const names = toolNames(tools);
    const seen = new Map<string, string>();
    for (const tool of tools) {
      const wire = names.wire(tool);
      assert.match(wire, /^[a-zA-Z0-9_-]{1,64}$/);
      const back = names.original(wire)!;
      assert.deepEqual([back.name, back.namespace, back.kind], [tool.name, tool.namespace, tool.kind]);
      const key = JSON.stringify([tool.name, tool.namespace, tool.kind]);
      assert.equal(seen.get(wire) ?? key, key);
      seen.set(wire, key);
    }
  }));
});

test("a plain legal name stays as it is, even when a namespaced tool flattens to the same", () => {
  const names = toolNames([
    { kind: "function", namespace: "a", name: "b" },
    { kind: "function", name: "a__b" },
  ]);
  assert.equal(names.wire({ name: "a__b" }), "a__b");
  const other = names.wire({ namespace: "a", name: "b" });
  assert.notEqual(other, "a__b");
  assert.equal(names.original(other)?.namespace, "a");
});

test("a namespace is joined with two underscores", () => {
  assert.equal(
    flattenName({ namespace: "multi_agent_v1", name: "close_agent" }),
    "multi_agent_v1__close_agent",
  );
});

test("a call to a tool that is no longer offered has a legal name, the same every time", () => {
  const long = { namespace: "mcp.server/one", name: "x".repeat(100) };
  const wire = toolNames([]).wire(long);
  assert.equal(wire, toolNames([{ kind: "function", name: "other" }]).wire(long));
  assert.equal(wire.length, MAX_WIRE_NAME);
  assert.equal(toolNames([]).original(wire), undefined);
});

test("a call that does not say its tool's kind finds the custom tool of its name", () => {
  const names = toolNames([{ kind: "custom", name: "apply patch" }]);
  assert.equal(names.original(names.wire({ name: "apply patch" }))?.kind, "custom");
});

const LONG = "n".repeat(65);

test("which names a provider takes is in its quirks", () => {
  const taken = (quirks: readonly string[]) =>
    ["f", "a.b", "21st", LONG, ""].filter((name) => takesName(name, quirks));
  assert.deepEqual(taken([]), ["f", "a.b", "21st", LONG, ""]);
  assert.deepEqual(taken(["plain-names"]), ["f", "21st"]);
  assert.deepEqual(taken(["letter-first-names"]), ["f"]);
});

test("a made-up name in a history becomes legal, and an offered one stays", () => {
  const isOffered = (name: string) => name === "a.b";
  assert.equal(historyName("a.b", isOffered), "a.b");
  assert.equal(historyName("Bash<|channel|>commentary", isOffered), "Bash");
  for (const name of ["", "c.d", 'view" path="x"', LONG, "日本"]) {
    assert.match(historyName(name, isOffered), /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/);
  }
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (name) => {
    assert.match(historyName(name, isOffered), /^[a-zA-Z0-9_-]{1,64}$|^a\.b$/);
  }));
});

test("marks of a model's format are cut off behind a name alone", () => {
  assert.equal(unmarkedName("f<|end|>"), "f");
  assert.equal(unmarkedName("<|f"), "<|f");
  assert.equal(unmarkedName("f<g"), "f<g");
});
