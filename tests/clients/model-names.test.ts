import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOfPicked, pickedId, plainModelName } from "../../src/clients/model-names.ts";

test("every mark for a million tokens is taken off a name, in upper and lower case", () => {
  for (
    const name of [
      "claude-opus-4-8[1m]",
      "claude-opus-4-8[1M]",
      "claude-opus-4-8[1m][1M]",
      "claude-opus-4-8 [1m]",
    ]
  ) {
    assert.equal(plainModelName(name), "claude-opus-4-8", name);
  }
  assert.equal(plainModelName("groq,a[1m] | ollama,b [1M][1m]"), "groq,a | ollama,b");
});

test("brackets that are part of a name stay", () => {
  for (const name of ["a[1m]b", "a[2m]", "[1m", "claude-opus-4-8"]) assert.equal(plainModelName(name), name);
});

test("an id that the picker keeps leads back to the name, and no other client's ids change", () => {
  for (const name of ["think", "groq,llama-3.1-8b-instant", "auto"]) {
    const id = pickedId(name, "claude-code");
    assert.match(id, /^claude/);
    assert.equal(nameOfPicked(id), name);
    assert.equal(pickedId(name, "codex"), name);
  }
});

test("a name that the picker keeps anyway is its own id", () => {
  for (const name of ["claude-opus-4-8", "anthropic,claude-opus-4-8"]) {
    assert.equal(pickedId(name, "claude-code"), name);
    assert.equal(nameOfPicked(name), name);
  }
});
