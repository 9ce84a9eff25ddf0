import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "smol-toml";
import { isKey } from "../../../src/config/schema/check.ts";
import { Positions } from "../../../src/config/source/toml.ts";
import type { KeyPath } from "../../../src/config/problem.ts";
import fc from "fast-check";
import { parseToml } from "../../../src/config/source/toml.ts";

/** `shown`: the line of the mistake as it is shown. */
const CASES: readonly (readonly [
  source: string,
  line: number,
  column: number,
  message: string,
  shown: string,
])[] = [
  ['[proxy]\nhost = "127.0.0.1\nport = 1\n', 2, 18, "a string has no closing quote", 'host = "•••••••••'],
  ["[proxy]\r\nhost = '127.0.0.1\r\n", 2, 18, "a string has no closing quote", "host = '•••••••••"],
  ["[proxy]\nhost = localhost\n", 2, 8, 'strings must be quoted, "…"', "host = •••••••••"],
  ["[proxy]\nhost = “localhost”\n", 2, 8, 'strings must be in plain quotes, "…"', "host = •••••••••••"],
  ["[proxy]\nport =\n", 2, 7, "port has no value", "port ="],
  ["[proxy]\nport 3456\n", 2, 6, "expected key = value, or [section]", "port ••••"],
  ["[proxy]\nport: 3456\n", 2, 5, "expected port = …", "port: ••••"],
  ["[proxy]\nport = 1\nport = 2\n", 3, 1, "duplicate key: port", "port = •"],
  ["[proxy]\n[router]\n[proxy]\n", 3, 2, "duplicate key: [proxy]", "[proxy]"],
  [
    '[router]\nthink = ["a,b"\n[proxy]\n',
    3,
    1,
    "an array or table above is not closed, or a comma is missing",
    "[proxy]",
  ],
  ["[proxy]]\n", 1, 8, "unexpected text at the end of the line", "[proxy]]"],
];

for (const [source, line, column, message, shown] of CASES) {
  test(`${JSON.stringify(source)}: ${message}`, () => {
    const read = parseToml(source, "c.toml", isKey);
    assert.ok("problem" in read);
    assert.deepEqual([read.problem.line, read.problem.column, read.problem.message], [
      line,
      column,
      `this is not TOML: ${message}.`,
    ]);
    assert.equal(read.problem.source, shown);
  });
}

test("a line that may hold a secret is shown without it", () => {
  const read = parseToml('api_key = "sk-not-for-you\n', "c.toml", isKey);
  assert.ok("problem" in read);
  assert.equal(read.problem.source, 'api_key = "••••••••••••••');
});

/** Every path of a parsed document: its tables, keys and list items. */
function paths(value: unknown, path: KeyPath = []): KeyPath[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => [[...path, index], ...paths(item, [...path, index])]);
  }
  if (typeof value !== "object" || value === null || value instanceof Date) return [];
  return Object.entries(value).flatMap(([key, item]) => [[...path, key], ...paths(item, [...path, key])]);
}

/** The text of the source at a path's place. */
function textAt(source: string, path: KeyPath): string | undefined {
  const place = new Positions(source).exact(path);
  return place === undefined ? undefined : source.split("\n")[place.line - 1]!.slice(place.column - 1);
}

test("keys are found in tables, arrays of tables, dotted keys, inline tables and lists", () => {
  const source = [
    "top = 1 # comment [not.a.table]",
    "[proxy]",
    'host = "a # b"',
    '  "quoted key" = 2',
    "[[providers]]",
    'name = "one"',
    "[[providers]]",
    'name = "two"',
    'headers = { "X-Title" = "t", other = [1, 2] }',
    "[providers.deep]",
    "x.y.z = true",
    "[[router.rules]]",
    "when.any = [",
    '  "a", # first',
    "  'b',",
    "]",
  ].join("\n");
  const cases: [KeyPath, string][] = [
    [["top"], "top = 1"],
    [["proxy"], "proxy]"],
    [["proxy", "host"], "host = "],
    [["proxy", "quoted key"], '"quoted key" = 2'],
    [["providers", 0, "name"], 'name = "one"'],
    [["providers", 1, "name"], 'name = "two"'],
    [["providers", 1, "headers", "X-Title"], '"X-Title" = "t"'],
    [["providers", 1, "headers", "other", 1], "2] }"],
    [["providers", 1, "deep", "x", "y", "z"], "z = true"],
    [["router", "rules", 0, "when", "any"], "any = ["],
    [["router", "rules", 0, "when", "any", 0], '"a", # first'],
    [["router", "rules", 0, "when", "any", 1], "'b',"],
  ];
  for (const [path, start] of cases) assert.ok(textAt(source, path)?.startsWith(start), path.join("."));
});

test("brackets, quotes and equals signs inside strings are not keys", () => {
  const source = [
    'a = """',
    "b = 1",
    '[c] \\"""',
    'd"""""',
    "e = '''",
    "f = 2'''",
    "g = 'C:\\'",
    'h = "say \\"i = 3\\""',
    "j = 4",
  ].join("\n");
  assert.deepEqual(paths(parse(source)), [["a"], ["e"], ["g"], ["h"], ["j"]]);
  const places = new Positions(source);
  assert.deepEqual(["a", "e", "g", "h", "j"].map((key) => places.exact([key])?.line), [1, 5, 7, 8, 9]);
  for (const key of ["b", "c", "f", "i"]) assert.equal(places.exact([key]), undefined);
});

test("a key that is missing is placed at the nearest table around it", () => {
  const places = new Positions('[[providers]]\nname = "a"\n\n[router]\n');
  assert.deepEqual(places.nearest(["providers", 0, "api_key"]), { line: 1, column: 3 });
  assert.deepEqual(places.nearest(["router", "think"]), { line: 4, column: 2 });
  assert.equal(places.nearest(["ledger"]), undefined);
});

test("carriage returns, a byte order mark and empty files are handled", () => {
  assert.deepEqual(new Positions("a = 1\r\n\r\n[b]\r\nc = 2\r\n").exact(["b", "c"]), { line: 4, column: 1 });
  assert.equal(new Positions("\ufeffa = 1").exact(["a"])?.line, 1);
  assert.equal(new Positions("").nearest(["a"]), undefined);
});

// Documents in every way of writing TOML, from a tree of values.
const word = fc.constantFrom("a", "b", "c", "d-e", "f_1", "9", "with space", 'quo"te', "ünï", "dot.ted");
const text = fc.oneof(
  fc.constantFrom(
    "",
    "x = 1",
    "[t]",
    "# no",
    "a,b]",
    "}{",
    "it's",
    '"',
    "\\",
    "line\nbreak = 2\n[x]",
    "'''",
    "é😀",
  ),
  fc.string(),
);
const leaf = fc.oneof(fc.integer(), fc.boolean(), text);
type Tree = { [key: string]: unknown };
const tree = fc.letrec<{ table: Tree; value: unknown }>((tie) => ({
  table: fc.dictionary(word, tie("value"), { maxKeys: 4 }),
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(leaf, { maxLength: 3 }),
    tie("table"),
    fc.array(tie("table"), { minLength: 1, maxLength: 3 }),
  ),
})).table;

const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Writes a tree as TOML; `choice` decides between the ways there are. */
function write(value: Tree, choice: () => number): string {
  const key = (name: string) => {
    if (/^[A-Za-z0-9_-]+$/.test(name) && choice() % 3 > 0) return name;
    return !/['\n]/.test(name) && choice() % 2 === 0 ? `'${name}'` : JSON.stringify(name);
  };
  const gap = () => ["", " ", "\t", "  "][choice() % 4]!;
  const comment = () => ["", "# x = [1, {", "  # '''"][choice() % 3]!;
  const inline = (item: unknown): string => {
    if (typeof item === "string") {
      // deno-lint-ignore no-control-regex -- what a literal text of TOML cannot hold
      const plain = !/[\u0000-\u0008\u000b-\u001f\u007f'\ud800-\udfff]/.test(item);
      if (plain && !item.includes("\n") && choice() % 3 === 0) return `'${item}'`;
      if (plain && choice() % 3 === 0) return `'''\n${item}'''`;
      const escaped = JSON.stringify(item.toWellFormed()).replaceAll("\u007f", "\\u007f");
      return choice() % 2 === 0
        ? `""${escaped.replaceAll("\\n", choice() % 2 === 0 ? "\n" : "\\n")}""`
        : escaped;
    }
    if (Array.isArray(item)) {
      const open = () => choice() % 2 === 0 ? "" : `${comment()}\n${gap()}`;
      return `[${item.map((one) => `${open()}${gap()}${inline(one)}${gap()}`).join(`,${open()}`)}${open()}]`;
    }
    if (isTree(item)) {
      const pairs = Object.entries(item).map(([name, one]) =>
        `${gap()}${key(name)}${gap()}=${gap()}${inline(one)}`
      );
      return `{${pairs.join(",")}${gap()}}`;
    }
    return String(item);
  };
  const lines: string[] = [];
  const table = (item: Tree, path: string[]) => {
    const later: [string, unknown][] = [];
    for (const [name, one] of Object.entries(item)) {
      const nested = isTree(one) || (Array.isArray(one) && one.length > 0 && one.every(isTree));
      if (nested && choice() % 2 === 0) later.push([name, one]);
      else if (isTree(one) && Object.keys(one).length > 0 && choice() % 2 === 0) {
        for (const [inner, two] of Object.entries(one)) {
          lines.push(`${gap()}${key(name)}${gap()}.${gap()}${key(inner)} = ${inline(two)} ${comment()}`);
        }
      } else lines.push(`${gap()}${key(name)}${gap()}=${gap()}${inline(one)}${gap()}${comment()}`);
    }
    for (const [name, one] of later) {
      const own = [...path, name];
      const header = own.map(key).join(choice() % 2 === 0 ? "." : " . ");
      for (const element of Array.isArray(one) ? one : [one]) {
        lines.push(
          comment(),
          Array.isArray(one) ? `[[${gap()}${header} ]]` : `${gap()}[${header}]${gap()}${comment()}`,
        );
        table(element as Tree, own);
      }
    }
  };
  table(value, []);
  return lines.join("\n");
}

test("in any document every key of the parsed tree has its place", () => {
  fc.assert(
    fc.property(tree, fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 }), (value, choices) => {
      let turn = 0;
      const source = write(value, () => choices[turn++ % choices.length]! + turn);
      const places = new Positions(source);
      const lines = source.split("\n");
      for (const path of paths(parse(source))) {
        const place = places.exact(path);
        assert.ok(place, `no place for ${JSON.stringify(path)} in\n${source}`);
        const rest = lines[place.line - 1]!.slice(place.column - 1);
        const last = path.at(-1)!;
        if (typeof last === "number") assert.match(rest, /^[^\s,\]}#=]/);
        else {assert.ok(
            [last, `'${last}'`, JSON.stringify(last)].some((name) => rest.startsWith(name)),
            `${last} at ${rest}`,
          );}
      }
    }),
    { numRuns: 400 },
  );
});

test("no text makes the search for places throw", () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (source) => {
    assert.doesNotThrow(() => new Positions(source));
  }));
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("[", "]", "{", "}", "=", '"', "'", "\n", ",", ".", "#", "a", "\\")),
      (parts) => {
        assert.doesNotThrow(() => new Positions(parts.join("")));
      },
    ),
  );
});
