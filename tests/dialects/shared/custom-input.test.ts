import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  CustomInputDecoder,
  CustomInputEncoder,
  decodeCustomInput,
  encodeCustomInput,
} from "../../../src/dialects/shared/custom-input.ts";

const anyText = fc.string({ unit: "binary", maxLength: 40 });

function decodeAt(json: string, cuts: readonly number[]): string {
  const decoder = new CustomInputDecoder();
  let out = "";
  let from = 0;
  for (const cut of [...cuts, json.length]) {
    out += decoder.push(json.slice(from, cut));
    from = cut;
  }
  return out + decoder.end();
}

test("any text survives as a custom tool's input, its JSON cut at every position", () => {
  fc.assert(fc.property(anyText, (text) => {
    const json = encodeCustomInput(text);
    assert.equal(JSON.parse(json).input, text);
    assert.equal(decodeCustomInput(json), text);
    for (let cut = 0; cut <= json.length; cut++) assert.equal(decodeAt(json, [cut]), text);
  }));
});

test("a text that comes in pieces becomes valid JSON, also when a surrogate pair is cut", () => {
  fc.assert(fc.property(fc.array(anyText, { maxLength: 5 }), (pieces) => {
    const encoder = new CustomInputEncoder();
    const json = pieces.map((piece) => encoder.push(piece)).join("") + encoder.end();
    assert.equal(JSON.parse(json).input, pieces.join(""));
  }));
  const encoder = new CustomInputEncoder();
  const json = encoder.push("a\ud83d") + encoder.push("\ude00b") + encoder.end();
  assert.equal(JSON.parse(json).input, "a😀b");
});

test("every escape that JSON has is undone, one character a piece", () => {
  const json = '{ "input" : "\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00" }';
  const decoder = new CustomInputDecoder();
  const out = [...json].map((character) => decoder.push(character)).join("") + decoder.end();
  assert.equal(out, '"\\/\b\f\n\r\té😀');
});

test("text reaches the client before the arguments are whole", () => {
  const decoder = new CustomInputDecoder();
  assert.equal(decoder.push('{"input":"*** Begin'), "*** Begin");
  assert.equal(decoder.push(" Patch\\"), " Patch");
  assert.equal(decoder.push("n"), "\n");
});

const ODD: readonly (readonly [string, string])[] = [
  ["", ""],
  ["{}", ""],
  ['{"patch":"x"}', "x"],
  ['"x"', "x"],
  ['{"reason":"why","input":"x"}', "x"],
  ['{"input":"x","more":1}', "x"],
  ['{"input":5}', '{"input":5}'],
  ['{"a":"1","b":"2"}', '{"a":"1","b":"2"}'],
  ["*** Begin Patch", "*** Begin Patch"],
  ['{"input":"a raw\nline end"}', "a raw\nline end"],
  ['{"input":"cut of', "cut of"],
];

test("arguments that break the schema still give the text that was meant, whole and in pieces", () => {
  for (const [json, text] of ODD) {
    assert.equal(decodeCustomInput(json), text, json);
    for (let cut = 0; cut <= json.length; cut++) {
      assert.equal(decodeAt(json, [cut]), text, `${json} cut at ${cut}`);
    }
  }
});

test("whole and streamed decoding agree on whatever a model writes", () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.json()), fc.array(fc.nat(60), { maxLength: 4 }), (json, cuts) => {
      const sorted = cuts.filter((cut) => cut <= json.length).sort((a, b) => a - b);
      assert.equal(decodeAt(json, sorted), decodeCustomInput(json));
    }),
  );
});
