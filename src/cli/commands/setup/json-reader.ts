/**
 * Reads JSON as people write it in configuration files, with the position of each member: with comments, trailing commas,
 * unquoted keys and single quotes (https://spec.json5.org), which plain JSON is a part of.
 */
import type { Json } from "../../../model/json.ts";
import { CannotEdit } from "./edit.ts";

export interface Member {
  readonly key: string;
  readonly keyStart: number;
  readonly value: Node;
}

/** A value and the text that it was read from: `[start, end)`. */
export interface Node {
  readonly start: number;
  readonly end: number;
  /** Of an object; undefined: it is not one. */
  readonly members?: readonly Member[];
  readonly json: Json;
}

const SPACE = /(?:[\s\ufeff]|\/\/[^\n\r]*|\/\*[^]*?\*\/)*/y;
const STRING = /"(?:[^"\\\n\r]|\\[^])*"|'(?:[^'\\\n\r]|\\[^])*'/y;
const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /[+-]?(?:0[xX][\da-fA-F]+|Infinity|NaN|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y;
const WORDS: Readonly<Record<string, Json>> = { true: true, false: false, null: null };
const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  0: "\0",
};

/** @throws CannotEdit where the text cannot be parsed; the message names the line */
export function readJson(text: string): Node {
  let at = 0;

  const wrong = (): CannotEdit => {
    const line = text.slice(0, at).split("\n").length;
    return new CannotEdit(`line ${line} cannot be parsed`);
  };
  const take = (what: RegExp): string | undefined => {
    what.lastIndex = at;
    const found = what.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const space = () => void take(SPACE);
  const is = (char: string): boolean => {
    if (text[at] !== char) return false;
    at++;
    return true;
  };

  const object = (start: number): Node => {
    const members: Member[] = [];
    const json: Json = {};
    for (space(); !is("}"); space()) {
      const keyStart = at;
      const quoted = take(STRING);
      const key = quoted === undefined ? take(NAME) : unquoted(quoted);
      space();
      if (key === undefined || !is(":")) throw wrong();
      const value = node();
      members.push({ key, keyStart, value });
      Object.defineProperty(json, key, {
        value: value.json,
        enumerable: true,
        writable: true,
        configurable: true,
      });
      space();
      if (!is(",") && text[at] !== "}") throw wrong();
    }
    return { start, end: at, members, json };
  };
  const array = (start: number): Node => {
    const json: Json[] = [];
    for (space(); !is("]"); space()) {
      json.push(node().json);
      space();
      if (!is(",") && text[at] !== "]") throw wrong();
    }
    return { start, end: at, json };
  };
  const node = (): Node => {
    space();
    const start = at;
    if (is("{")) return object(start);
    if (is("[")) return array(start);
    const quoted = take(STRING);
    if (quoted !== undefined) return { start, end: at, json: unquoted(quoted) };
    const number = take(NUMBER);
    if (number !== undefined) {
      const sign = number.startsWith("-") ? -1 : 1;
      return { start, end: at, json: sign * Number(number.replace(/^[+-]/, "")) };
    }
    const word = take(NAME);
    if (word === undefined || !Object.hasOwn(WORDS, word)) throw wrong();
    return { start, end: at, json: WORDS[word] };
  };

  const root = node();
  space();
  if (at < text.length) throw wrong();
  return root;
}

function unquoted(literal: string): string {
  return literal.slice(1, -1).replace(
    /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|\r\n|([^]))/g,
    (_, unicode?: string, hex?: string, char?: string) => {
      const code = unicode ?? hex;
      if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
      return char === undefined || char === "\n" || char === "\r" ? "" : ESCAPES[char] ?? char;
    },
  );
}
