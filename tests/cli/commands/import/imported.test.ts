import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "smol-toml";
import { Findings, tomlOf, withoutKeys } from "../../../../src/cli/commands/import/imported.ts";

const TREE = { proxy: { port: 4000 }, providers: [{ name: "größe", api_key: "made-up" }] };

test("the text is TOML of the tree, under the file that it was made from", () => {
  const text = tomlOf({ tree: TREE, left: [] }, "~/.other/config.json");
  assert.match(text, /^# Made from ~\/\.other\/config\.json\. /);
  assert.doesNotMatch(text, /Not carried over/);
  assert.deepEqual(JSON.parse(JSON.stringify(parse(text))), TREE);
});

test("what has no place here is a comment each, and no line end in it begins a key", () => {
  const evil = "a\n[proxy]\r\nport = 1";
  const text = tomlOf({ tree: {}, left: [{ path: evil, why: evil }] }, evil);
  assert.deepEqual({ ...parse(text) }, {});
  assert.match(text, /^# - a \[proxy\] port = 1: a \[proxy\] port = 1$/m);
});

test("keys that are not known are noted with their place, in their order", () => {
  const findings = new Findings();
  findings.leaveOthers({ a: 1, b: 2, c: 3 }, ["b"], "Router.");
  findings.leave("x", "use y instead");
  assert.deepEqual(findings.left.map(({ path }) => path), ["Router.a", "Router.c", "x"]);
});

test("a tree that is shown has references in the place of keys, at any depth", () => {
  const shown = withoutKeys({
    api_key: "made-up-0",
    providers: [
      { name: "my provider", api_key: "made-up-1", models: ["a"] },
      { name: "other", api_keys: ["made-up-2", "$MINE"] },
      { name: "third", api_key: "$THIRD" },
    ],
  });
  assert.ok(!JSON.stringify(shown).includes("made-up"));
  assert.deepEqual(shown.api_key, "$PROXY_API_KEY");
  assert.deepEqual(
    shown.providers.map((one: { api_key?: unknown; api_keys?: unknown }) => one.api_key ?? one.api_keys),
    ["$MY_PROVIDER_API_KEY", ["$OTHER_API_KEY", "$MINE"], "$THIRD"],
  );
  assert.deepEqual(shown.providers[0].models, ["a"]);
});

test("what is not a table is shown as it is", () => {
  for (const value of [null, 7, "api_key", ["a"]]) assert.deepEqual(withoutKeys(value), value);
});
