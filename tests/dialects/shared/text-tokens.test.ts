import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { textTokens } from "../../../src/dialects/shared/text-tokens.ts";
import { COUNTED, read, within } from "./counted.ts";

test("prose, code, data and Chinese are estimated within a tenth of a modern tokenizer", () => {
  for (const [name, counted] of Object.entries(COUNTED)) within(textTokens(read(name)), counted, 0.1, name);
});

test("a paragraph by itself comes within a fifth", () => {
  const counted = [84, 102, 102];
  const paragraphs = read("prose").split("\n\n");
  assert.equal(paragraphs.length, counted.length);
  for (const [i, text] of paragraphs.entries()) within(textTokens(text), counted[i]!, 0.2, `paragraph ${i}`);
});

/** Single pieces, counted with o200k_base. */
const PIECES: readonly (readonly [text: string, least: number, most: number])[] = [
  ["", 0, 0],
  ["hello", 1, 1.2],
  [" the", 1, 1],
  ["1234567", 3, 3],
  ["\n\n\n", 1, 1],
  ["                ", 1, 1],
  ["getElementById", 3.5, 4.5],
  ["=".repeat(80), 1, 12],
  ["Привет, мир", 2, 5],
  ["こんにちは", 1, 5],
];

test("pieces of every kind cost what a tokenizer makes of them", () => {
  for (const [text, least, most] of PIECES) {
    const tokens = textTokens(text);
    assert.ok(tokens >= least && tokens <= most, `${JSON.stringify(text)}: ${tokens}`);
  }
});

test("any text has a count that is finite, and no more tokens than bytes", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
    const tokens = textTokens(text);
    assert.ok(Number.isFinite(tokens) && tokens >= 0);
    assert.ok(tokens <= new TextEncoder().encode(text).length * 1.5 + 1);
    if (text !== "") assert.ok(tokens > 0, JSON.stringify(text));
  }));
});

test("letters of each script have their own price, and accents cost a little more", () => {
  const perLetter = (text: string) => textTokens(text.repeat(50)) / (50 * text.length);
  for (const letter of ["ж", "α", "א", "ع", "ก", "あ", "世", "한", "─", "Ａ"]) {
    const tokens = perLetter(letter);
    assert.ok(tokens > 0.25 && tokens <= 1, `${letter}: ${tokens}`);
  }
  assert.ok(textTokens("façade") > textTokens("facade"));
  assert.ok(textTokens("façade") < textTokens("facade") + 1);
});

test("text that repeats is counted in a time that grows with its length alone", () => {
  for (const piece of ["a", "A", "aB", " ", "\n", "\t\n ", "=", "9", "世", "a ", "\r\n"]) {
    const one = textTokens(piece.repeat(1000));
    const many = textTokens(piece.repeat(100_000));
    assert.ok(many >= one && many <= one * 101, `${JSON.stringify(piece)}: ${one}, ${many}`);
  }
});

test("two texts apart have about as many tokens as both together", () => {
  fc.assert(fc.property(fc.lorem({ maxCount: 20 }), fc.lorem({ maxCount: 20 }), (one, other) => {
    const apart = textTokens(one) + textTokens(` ${other}`);
    assert.ok(Math.abs(textTokens(`${one} ${other}`) - apart) <= 1);
  }));
});
