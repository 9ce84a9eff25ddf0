import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  CLIENT_TOOLS,
  clientArguments,
  functionArguments,
  functionShape,
} from "../../../src/dialects/shared/client-tools.ts";
import type { ToolKind } from "../../../src/model/conversation.ts";

const KINDS = Object.keys(CLIENT_TOOLS) as (keyof typeof CLIENT_TOOLS)[];

test("a tool that its type describes has a schema whose required fields it describes", () => {
  for (const kind of KINDS) {
    const { description, parameters } = functionShape({ kind, name: kind });
    assert.ok(description!.length > 10, kind);
    assert.equal(parameters.type, "object");
    for (const field of parameters.required) assert.ok(field in parameters.properties, `${kind}.${field}`);
  }
});

test("a client's own words about such a tool override those of the table", () => {
  const parameters = { type: "object", properties: { q: { type: "string" } } };
  assert.deepEqual(functionShape({ kind: "tool_search", name: "s", description: "Sucht.", parameters }), {
    description: "Sucht.",
    parameters,
  });
});

test("a function keeps its shape, and none is invented for it", () => {
  assert.deepEqual(functionShape({ kind: "function", name: "f" }), {
    description: undefined,
    parameters: undefined,
  });
});

test("a custom tool's grammar is in its description, whatever it says of itself", () => {
  const shape = (format: unknown, description?: string) =>
    functionShape({ kind: "custom", name: "c", format, ...(description && { description }) }).description;
  const grammar = { type: "grammar", syntax: "lark", definition: 'start: "ü"' };
  assert.equal(shape(grammar, "Edits."), 'Edits.\n\nThe input must match this lark grammar:\nstart: "ü"');
  assert.equal(shape({ definition: "x" }), "The input must match this given grammar:\nx");
  for (const odd of [undefined, { type: "text" }, { definition: 7 }]) {
    assert.equal(shape(odd, "Edits."), "Edits.");
    assert.equal(shape(odd), undefined);
  }
});

test("a custom tool's text survives the way to a function and back", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
    const json = functionArguments({ kind: "custom", arguments: text });
    JSON.parse(json);
    assert.equal(clientArguments("custom", json), text);
  }));
});

test("JSON of the other kinds stays as it is on both ways", () => {
  const json = '{"b": 12345678901234567890,  "a": "é"}';
  for (const kind of ["function", "shell", "apply_patch", "tool_search", "computer"] as ToolKind[]) {
    assert.equal(functionArguments({ kind, arguments: json }), json);
    assert.equal(clientArguments(kind, json), json, kind);
  }
});

test("a local shell's call gets the fields that no model writes, and keeps those that it wrote", () => {
  // https://platform.openai.com/docs/guides/tools-local-shell
  const call = (json: string) => JSON.parse(clientArguments("local_shell", json));
  assert.deepEqual(call('{"command":["ls"]}'), { type: "exec", env: {}, command: ["ls"] });
  assert.deepEqual(call('{"command":["ls"],"env":{"A":"é"}}').env, { A: "é" });
});

test("arguments that are not JSON reach the client as the model wrote them", () => {
  for (const broken of ["", "{", '{"command":["ls"', "ls -a"]) {
    assert.equal(clientArguments("local_shell", broken), broken);
  }
});
