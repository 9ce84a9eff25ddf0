import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultDialect, dialectOf, dialects } from "../../src/dialects/registry.ts";

const of = (path: string, headers = {}) => dialectOf(dialects, path, headers)?.name;

test("every endpoint belongs to the dialect that has it", () => {
  for (const [name, { paths }] of Object.entries(dialects)) {
    for (const path of [paths.generate, paths.countTokens, paths.compact]) {
      if (path !== undefined) assert.equal(of(`/v1${path}`), name, path);
    }
  }
});

test("a path decides before headers do, and headers where the path is everybody's", () => {
  const anthropic = { "anthropic-version": "2023-06-01" };
  assert.equal(of("/v1/models", anthropic), "anthropic-messages");
  assert.equal(of("/v1/chat/completions", anthropic), "openai-chat");
  assert.equal(of("/v1/models"), undefined);
  assert.equal(of(""), undefined);
});

test("the first dialect is the default, and there must be one", () => {
  assert.equal(defaultDialect(dialects).name, Object.keys(dialects)[0]);
  assert.throws(() => defaultDialect({}), TypeError);
});

test("each dialect is known under its own name, and knows its own example", () => {
  for (const [name, dialect] of Object.entries(dialects)) {
    assert.equal(dialect.name, name);
    const body = dialect.example("Grüße", "m");
    // The default needs not know its own: it takes what nobody else does.
    const matches = Object.values(dialects).filter((one) => one.matchesBody(body)).map((one) => one.name);
    assert.deepEqual(matches, dialect === defaultDialect(dialects) ? [] : [name]);
    assert.deepEqual(dialect.inspect(body, {}, 100).messages.at(-1)?.texts, ["Grüße"]);
  }
});
