import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json } from "../../src/model/json.ts";
import { withModel, withTopLevel } from "../../src/json/with-model.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
const parse = (text: string): Json => JSON.parse(text.replace(/^\uFEFF/, ""));
const edit = (text: string, model = "new") => textOf(withModel(bytesOf(text), parse(text), model));

/** [what it is about, before, after] with the model `new`. */
const CASES: readonly [string, string, string][] = [
  ["the key first", `{"model":"old","a":1}`, `{"model":"new","a":1}`],
  ["the key last", `{"a":[{"b":"}"}],"model":"old"}`, `{"a":[{"b":"}"}],"model":"new"}`],
  ["white space", `\n{ "a" : 1 ,\t"model"\r\n:  "old"  }\n`, `\n{ "a" : 1 ,\t"model"\r\n:  "new"  }\n`],
  ["a missing key", `{ "a":1}`, `{"model":"new", "a":1}`],
  ["an empty object", `{ }`, `{"model":"new" }`],
  ["a repeated key", `{"model":"a","x":1,"model":"b"}`, `{"model":"new","x":1,"model":"new"}`],
  ["an escaped key", String.raw`{"\u006dod\u0065l":"old"}`, String.raw`{"\u006dod\u0065l":"new"}`],
  [
    "nested keys",
    `{"tools":[{"model":"x"}],"model":"old","m":{"model":"y"}}`,
    `{"tools":[{"model":"x"}],"model":"new","m":{"model":"y"}}`,
  ],
  [
    "the word in strings",
    String.raw`{"a":"\"model\":\"x\"","b":"model","c":"say \"model","model":"old"}`,
    String.raw`{"a":"\"model\":\"x\"","b":"model","c":"say \"model","model":"new"}`,
  ],
  [
    "strings that end in backslashes",
    String.raw`{"a":"\\","b":"\\\"","c":"\\\\","model":"old","d":"{["}`,
    String.raw`{"a":"\\","b":"\\\"","c":"\\\\","model":"new","d":"{["}`,
  ],
  [
    "number forms and unusual Unicode",
    `{"t":1.0e+2,"n":-0,"u":"\u2028é😀\\ud83d","big":12345678901234567890,"model":"old"}`,
    `{"t":1.0e+2,"n":-0,"u":"\u2028é😀\\ud83d","big":12345678901234567890,"model":"new"}`,
  ],
  ["a byte order mark", `\uFEFF{"model":"old"}`, `\uFEFF{"model":"new"}`],
  ["a model that is no string", `{"model":{"id":[1]},"a":null}`, `{"model":"new","a":null}`],
  [
    "null, true and numbers as values",
    `{"x":null,"y":true,"model":null}`,
    `{"x":null,"y":true,"model":"new"}`,
  ],
  [
    "similar keys",
    `{"models":1,"mode":2,"xmodel":3,"Model":4}`,
    `{"model":"new","models":1,"mode":2,"xmodel":3,"Model":4}`,
  ],
];

for (const [about, before, after] of CASES) {
  test(`the model is replaced and nothing else changes: ${about}`, () => {
    assert.equal(edit(before), after);
  });
}

test("a model name that needs escapes is written as JSON", () => {
  assert.equal(parse(edit(`{"model":"old"}`, `a"b\\c\n😀`)).model, `a"b\\c\n😀`);
});

test("the same bytes come back where the model is that one already, however it is written", () => {
  for (
    const text of [
      `{"model":"new"}`,
      String.raw`{"a":1,"model" : "n\u0065w"}`,
      `{"model":"new","model":"new"}`,
    ]
  ) {
    const bytes = bytesOf(text);
    assert.equal(withModel(bytes, parse(text), "new"), bytes);
  }
});

test("a repeated key is made one even where the last one is right already", () => {
  assert.equal(edit(`{"model":"dear","model":"new"}`), `{"model":"new","model":"new"}`);
});

test("a view into a larger buffer is read at its own place", () => {
  const whole = bytesOf(`xx{"model":"old"}yy`);
  assert.equal(textOf(withModel(whole.subarray(2, -2), { model: "old" }, "new")), `{"model":"new"}`);
});

test("a body that is not an object comes back as it is", () => {
  for (const text of [`[{"model":"x"}]`, `"model"`, `1`, `null`]) {
    const bytes = bytesOf(text);
    assert.equal(withModel(bytes, parse(text), "new"), bytes);
  }
});

test("several members are set at once, the missing ones first, the equal ones untouched", () => {
  const text = `{"stream":true ,"model":"old","stream_options":{ "include_usage" :true}}`;
  const set = (edits: Record<string, Json>) => textOf(withTopLevel(bytesOf(text), parse(text), edits));
  assert.equal(
    set({ model: "new", stream_options: { include_usage: true }, store: false, n: undefined }),
    `{"store":false,"stream":true ,"model":"new","stream_options":{ "include_usage" :true}}`,
  );
  assert.equal(
    set({ stream_options: { include_usage: false }, a: 1, b: [2] }).slice(0, 30),
    `{"a":1,"b":[2],"stream":true ,`,
  );
});

test("a key outside ASCII is found, plain and escaped", () => {
  const text = String.raw`{"clé":1,"cl\u00e9":2,"cle":3}`;
  assert.equal(
    textOf(withTopLevel(bytesOf(text), parse(text), { "clé": 9 })),
    String.raw`{"clé":9,"cl\u00e9":9,"cle":3}`,
  );
});

/** JSON text of a value with white space, escapes and number forms as a writer might choose them. */
function written(value: Json, pick: () => number): string {
  const space = () => ["", "", "", " ", "\n\t", "\r\n "][pick() % 6]!;
  const string = (text: string) => {
    let out = '"';
    for (let i = 0; i < text.length; i++) {
      const plain = JSON.stringify(text[i]).slice(1, -1);
      const code = text.charCodeAt(i);
      // Half of a surrogate pair cannot stand alone in UTF-8: pairs are written as escapes.
      const escape = pick() % 8 === 0 || (code >= 0xd800 && code <= 0xdfff);
      out += escape ? "\\u" + code.toString(16).padStart(4, "0") : plain;
    }
    return out + '"';
  };
  if (typeof value === "string") return string(value);
  if (Array.isArray(value)) {
    return "[" + space() + value.map((v) => written(v, pick) + space()).join("," + space()) + "]";
  }
  if (value !== null && typeof value === "object") {
    const members = Object.entries(value).map(([key, v]) =>
      string(key) + space() + ":" + space() + written(v, pick) + space()
    );
    return "{" + space() + members.join("," + space()) + "}";
  }
  if (typeof value === "number" && pick() % 3 === 0) return value.toExponential().replace("e+", "E+0");
  return JSON.stringify(value);
}

// No backslash in a key: V8 15.0's JSON.parse takes a key that is one backslash for the next escaped key it meets.
const key = fc.oneof(fc.constantFrom("model", "models", '"model"', "a", "__proto__", "\n"), fc.string())
  .filter((name) => !name.includes("\\"));
const leaf = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("model", '"model"', '\\"model":', "{[\\", "}"),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const { node } = fc.letrec((tie) => ({
  node: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie("node")), fc.dictionary(key, tie("node"))),
}));

test("in any document the model is replaced, and every byte outside the values is kept", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(key, node), { maxLength: 8 }),
      fc.string(),
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 50 }),
      (members, model, dice) => {
        let die = 0;
        const pick = () => dice[die++ % dice.length]!;
        // Built by hand: keys may repeat, and the places of the outermost `model` values are known.
        const parts: string[] = [];
        const expected: string[] = [];
        for (const [name, value] of members) {
          const head = written(name, pick) + ":";
          const text = written(value, pick);
          parts.push(head + text);
          const same = name === "model" && JSON.stringify(parse(text)) === JSON.stringify(model);
          expected.push(name === "model" && !same ? head + JSON.stringify(model) : head + text);
        }
        const text = "{" + parts.join(",") + "}";
        if (!members.some(([name]) => name === "model")) expected.unshift(`"model":${JSON.stringify(model)}`);
        const body = parse(text);
        const bytes = bytesOf(text);
        const out = withModel(bytes, body, model);
        assert.equal(textOf(out), "{" + expected.join(",") + "}");
        assert.deepEqual(
          Object.entries(parse(textOf(out))).filter(([name]) => name !== "model"),
          Object.entries(body).filter(([name]) => name !== "model"),
        );
        assert.equal(parse(textOf(out)).model, model);
        assert.equal(withModel(out, parse(textOf(out)), model), out);
      },
    ),
    { numRuns: 2000 },
  );
});
