/**
 * Where each key of a TOML document stands. The parser gives values without positions, so a mistake could not
 * be shown with its line; this scanner walks the source once and remembers the place of every key and list item.
 * It reads documents that the parser has accepted, and never throws on others.
 *
 * @see https://toml.io/en/v1.0.0
 */

/** Keys and list indices from the root: `["providers", 0, "name"]`. */
export type KeyPath = readonly (string | number)[];

/** Both counted from 1; `column` in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const SEPARATOR = "\u0000";
const BARE = /[A-Za-z0-9_-]/;

/** The places of a document's keys. */
export class Positions {
  readonly #places = new Map<string, number>();
  readonly #lineStarts: number[] = [0];

  constructor(readonly source: string) {
    for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) {
      this.#lineStarts.push(at + 1);
    }
    scan(source, (path, offset) => {
      const key = path.join(SEPARATOR);
      if (!this.#places.has(key)) this.#places.set(key, offset);
    });
  }

  /** Where this very key or item stands. */
  exact(path: KeyPath): Position | undefined {
    const offset = this.#places.get(path.join(SEPARATOR));
    return offset === undefined ? undefined : this.#position(offset);
  }

  /** Where the key stands, or else the nearest table around it that the file has. */
  nearest(path: KeyPath): Position | undefined {
    for (let length = path.length; length > 0; length--) {
      const found = this.exact(path.slice(0, length));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The text of a line, counted from 1. */
  line(number: number): string {
    const start = this.#lineStarts[number - 1];
    if (start === undefined) return "";
    const end = this.source.indexOf("\n", start);
    return this.source.slice(start, end < 0 ? undefined : end).replace(/\r$/, "");
  }

  #position(offset: number): Position {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#lineStarts[low]! + 1 };
  }
}

type Note = (path: KeyPath, offset: number) => void;

function scan(text: string, note: Note): void {
  const end = text.length;
  /** How many elements each array of tables has so far. */
  const counts = new Map<string, number>();
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let table: KeyPath = [];

  const space = () => {
    while (at < end && (text[at] === " " || text[at] === "\t" || text[at] === "\r")) at++;
  };
  const comment = () => {
    if (text[at] === "#") { while (at < end && text[at] !== "\n") at++; }
  };
  /** Space, newlines and comments, as inside a list. */
  const gap = () => {
    for (;;) {
      const before = at;
      space();
      comment();
      if (text[at] === "\n") at++;
      if (at === before) return;
    }
  };
  const quoted = (): string => {
    const quote = text[at]!;
    if (text.startsWith(quote.repeat(3), at)) {
      const from = at + 3;
      at = from;
      while (at < end && !text.startsWith(quote.repeat(3), at)) {
        at += quote === '"' && text[at] === "\\" ? 2 : 1;
      }
      const value = text.slice(from, at);
      at = Math.min(end, at + 3);
      // Up to two more quotes belong to the text: """she said "yes"""""
      for (let extra = 0; extra < 2 && text[at] === quote; extra++) at++;
      return value;
    }
    const from = ++at;
    while (at < end && text[at] !== quote && text[at] !== "\n") {
      at += quote === '"' && text[at] === "\\" ? 2 : 1;
    }
    const value = text.slice(from, at);
    at = Math.min(end, at + 1);
    return quote === '"' && value.includes("\\") ? unescaped(value) : value;
  };
  const key = (): { parts: string[]; offsets: number[] } => {
    const parts: string[] = [];
    const offsets: number[] = [];
    for (;;) {
      space();
      const from = at;
      if (text[at] === '"' || text[at] === "'") parts.push(quoted());
      else {
        while (at < end && BARE.test(text[at]!)) at++;
        parts.push(text.slice(from, at));
      }
      offsets.push(from);
      space();
      if (text[at] !== "." || at === from) return { parts, offsets };
      at++;
    }
  };
  /** Notes a dotted key below `base`, each of its parts, and gives the whole path. */
  const noted = (base: KeyPath, found: { parts: string[]; offsets: number[] }): KeyPath => {
    let path = base;
    found.parts.forEach((part, index) => {
      path = [...path, part];
      note(path, found.offsets[index]!);
    });
    return path;
  };
  const pair = (base: KeyPath) => {
    const path = noted(base, key());
    if (text[at] === "=") at++;
    space();
    value(path);
  };
  const value = (path: KeyPath): void => {
    const first = text[at];
    if (first === '"' || first === "'") quoted();
    else if (first === "[") {
      at++;
      for (let index = 0;; index++) {
        gap();
        if (at >= end || text[at] === "]") break;
        const before = at;
        note([...path, index], at);
        value([...path, index]);
        gap();
        if (text[at] === ",") at++;
        if (at === before) at++;
      }
      at++;
    } else if (first === "{") {
      at++;
      for (;;) {
        gap();
        if (at >= end || text[at] === "}") break;
        const before = at;
        pair(path);
        gap();
        if (text[at] === ",") at++;
        if (at === before) at++;
      }
      at++;
    } else while (at < end && !/[,\]}#\n]/.test(text[at]!)) at++;
  };
  /** The path of a header: an array of tables on the way stands for its last element. */
  const resolved = (parts: readonly string[]): KeyPath => {
    let path: KeyPath = [];
    for (const part of parts) {
      path = [...path, part];
      const count = counts.get(path.join(SEPARATOR));
      if (count !== undefined) path = [...path, count - 1];
    }
    return path;
  };

  while (at < end) {
    gap();
    if (at >= end) return;
    const before = at;
    if (text[at] === "[") {
      const many = text[at + 1] === "[";
      at += many ? 2 : 1;
      const found = key();
      const parents = resolved(found.parts.slice(0, -1));
      const own: KeyPath = [...parents, found.parts.at(-1) ?? ""];
      const offset = found.offsets.at(-1) ?? before;
      note(own, offset);
      if (many) {
        const count = counts.get(own.join(SEPARATOR)) ?? 0;
        counts.set(own.join(SEPARATOR), count + 1);
        table = [...own, count];
        note(table, offset);
      } else table = resolved(found.parts);
      while (at < end && text[at] !== "\n") at++;
    } else pair(table);
    if (at === before) at++;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\u001b",
};

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|(.))/g,
    (_, u, U, x, one) => {
      const code = u ?? U ?? x;
      if (code === undefined) return ESCAPES[one] ?? one;
      const point = parseInt(code, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : "";
    },
  );
}
