import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Char, charClass, fold, isUnspaced } from "../../src/classifier/characters.ts";

const classOf = (character: string) => charClass(character.charCodeAt(0));

test("letters and digits of every script are words", () => {
  for (const letter of "aZ09éßøşёЖαאعกあ漢한ªµº\ufffc") assert.equal(classOf(letter), Char.Word, letter);
});

test("punctuation is the same in every script", () => {
  const same: Readonly<Record<keyof typeof Char, string>> = {
    Space: ' \t"`“”«»·',
    Word: "a",
    Code: ".:-'/\\@#$%&*+<=>^_|~’",
    Comma: ",、，",
    Clause: ";–—…；：",
    Stop: "!。！",
    Question: "?？",
    Newline: "\n",
    Bracket: "()[]{}（）",
  };
  for (const [name, characters] of Object.entries(same)) {
    for (const one of characters) {
      assert.equal(classOf(one), Char[name as keyof typeof Char], `${name} ${one}`);
    }
  }
});

test("every code unit has a class", () => {
  const known = new Set<number>(Object.values(Char));
  for (let code = 0; code < 0x10000; code++) assert.ok(known.has(charClass(code)), code.toString(16));
});

test("halves of characters, symbols and boxes are not words", () => {
  for (const character of ["\ud83d", "\ude00", "─", "→", "■", "\u200b"]) {
    assert.equal(classOf(character), Char.Space, character.charCodeAt(0).toString(16));
  }
});

test("scripts without spaces are known by their letters", () => {
  for (const letter of "あア漢字한글") assert.equal(isUnspaced(letter.charCodeAt(0)), true, letter);
  for (const letter of "aéЖα、。Ａ") assert.equal(isUnspaced(letter.charCodeAt(0)), false, letter);
});

test("a word is the same with and without accents, capitals and apostrophes", () => {
  const same = [
    ["Implementación", "implementacion"],
    ["ÜBERPRÜFEN", "uberprufen"],
    ["Straße", "strasse"],
    ["Łódź", "lodz"],
    ["don’t", "dont"],
    ["l'œuvre", "loeuvre"],
    ["ещё", "еще"],
    ["e\u0301te\u0301", "ete"],
    ["ısıtma", "isitma"],
  ];
  for (const [word, folded] of same) assert.equal(fold(word!), folded);
});

test("folding a word again changes nothing more, and words of other scripts stay", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (word) => {
    assert.equal(fold(fold(word)), fold(word));
  }));
  for (const word of ["漢字", "한글", "привет", "ｆｕｌｌ"]) assert.equal(fold(word), word);
});
