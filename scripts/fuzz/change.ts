/** Random changes of texts, the same for the same seed. */

/** A number from 0 up to, not including, `below`. */
export type Random = (below: number) => number;

/** Mulberry32: https://github.com/cprosche/mulberry32 */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = state + 0x6d2b79f5 >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed);
    return Math.floor(((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32 * below);
  };
}

/** Pieces that parsers stumble over. */
const BAIT = [
  ...[
    "null",
    "true",
    "[]",
    "{}",
    '""',
    '{"toString":1,"valueOf":1}',
    "-1",
    "1e999",
    "9007199254740993",
    "18446744073709551616",
    "NaN",
    "0x1",
    "-0",
  ],
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"].map((name) => `"${name}"`),
  ...[
    "\u0000",
    "\u202e",
    "\ud800",
    "\ufeff",
    "\r\n",
    "\n\n",
    "\t",
    "\\",
    '\\"',
    "'",
    '"',
    "`",
    "${",
    "$",
    "%",
    "%00",
    "%zz",
    "../",
  ],
  ...[
    "data: ",
    "event: ",
    ": ",
    "[DONE]",
    "id: ",
    "retry: 1",
    "data: {}\n\n",
    "<script>",
    "=cmd|' /C calc'!A0",
    "'; DROP TABLE requests; --",
  ],
  ...[
    "[[",
    "]]",
    "[",
    "]",
    "{",
    "}",
    "=",
    ",",
    ":",
    "#",
    "*",
    "?",
    "(a+)+$",
    "\\u0000",
    "inf",
    "nan",
    "1979-05-27",
  ],
];

const pick = <Item>(items: readonly Item[], random: Random): Item => items[random(items.length)]!;

/** One of the texts with one to eight changes. */
export function changed(corpus: readonly string[], random: Random): string {
  let text = pick(corpus, random);
  for (let left = 1 + random(8); left > 0; left--) text = once(text, corpus, random);
  return text.slice(0, 200_000);
}

function once(text: string, corpus: readonly string[], random: Random): string {
  const at = random(text.length + 1);
  const to = Math.min(text.length, at + random(random(2) === 0 ? 4 : 200));
  switch (random(7)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return text.slice(0, at) + pick(BAIT, random) + text.slice(at);
    case 2:
      return text.slice(0, at) + pick(BAIT, random) + text.slice(to);
    case 3:
      return text.slice(0, at) + String.fromCharCode(random(random(3) === 0 ? 0x10000 : 128)) +
        text.slice(at + 1);
    case 4:
      return text.slice(0, to) + text.slice(at, to).repeat(1 + random(random(20) === 0 ? 300 : 4)) +
        text.slice(to);
    case 5: {
      const other = pick(corpus, random);
      const from = random(other.length + 1);
      return text.slice(0, at) + other.slice(from, from + random(400)) + text.slice(to);
    }
    default: {
      // One value of JSON or TOML becomes another.
      const values = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null/g)];
      if (values.length === 0) return text + pick(BAIT, random);
      const { 0: value, index } = pick(values, random);
      return text.slice(0, index) + pick(BAIT, random) + text.slice(index + value.length);
    }
  }
}
