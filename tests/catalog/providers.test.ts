import assert from "node:assert/strict";
import { test } from "node:test";
import { BUILTIN_PROVIDERS } from "../../src/catalog/data/providers.ts";
import { builtinLike, builtinNames, builtinProvider } from "../../src/catalog/providers.ts";

test("a provider is found by its name and its aliases, in any case and with space around", () => {
  for (const name of ["anthropic", "claude", " Claude ", "ANTHROPIC"]) {
    assert.equal(builtinProvider(name)?.name, "anthropic", name);
  }
});

for (const name of ["", "anthropic,claude", "toString", "__proto__", "größe"]) {
  test(`${JSON.stringify(name)} is not a built-in provider`, () =>
    assert.equal(builtinProvider(name), undefined));
}

test("each name leads to one provider, and all are offered as suggestions", () => {
  const names = BUILTIN_PROVIDERS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  assert.deepEqual(builtinNames().sort(), [...new Set(names)].sort());
  assert.equal(new Set(names).size, names.length, "no name is given twice");
  for (const name of names) assert.equal(name, name.toLowerCase());
});

test("another provider is like a built-in one by its host or its name", () => {
  assert.equal(builtinLike("mine", "api.anthropic.com")?.name, "anthropic");
  assert.equal(builtinLike("azure-of-mine", undefined)?.names?.test("azure-of-mine"), true);
  assert.equal(builtinLike("mine", "anthropic.com.evil.example"), undefined);
  assert.equal(builtinLike("mine", "notanthropic.com"), undefined);
  assert.equal(builtinLike("mine", undefined), undefined);
});
