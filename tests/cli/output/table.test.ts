import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { styleOf } from "../../../src/cli/output/style.ts";
import { type Row, table } from "../../../src/cli/output/table.ts";
import { widthOf } from "../../../src/text/width.ts";
import { session } from "../terminal.ts";

const plain = styleOf(session([]).io.stdout);
const COLUMNS = [{ title: "Name", shrinks: true }, { title: "Size", align: "right" }] as const;

test("columns are as wide as their widest cell, and no line ends in spaces", () => {
  const rows: Row[] = [{ cells: ["a", "1"] }, { cells: ["longer name", "1,000"] }, { cells: ["b"] }];
  assert.equal(
    table(COLUMNS, rows, plain),
    "Name          Size\n" +
      "a                1\n" +
      "longer name  1,000\n" +
      "b\n",
  );
});

test("notes are below their row, under the column that they are about", () => {
  const rows: Row[] = [{ above: "the title", cells: ["a", "1"], notes: ["because"], notesUnder: 1 }];
  assert.equal(table(COLUMNS, rows, plain), "Name  Size\nthe title\na        1\n        because\n");
});

test("a table fits the terminal however long its cells are, and shows where it was cut", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ name: fc.string({ unit: "grapheme", maxLength: 60 }), size: fc.nat(99_999) }), {
      minLength: 1,
    }),
    fc.integer({ min: 20, max: 100 }),
    (rows, width) => {
      const cells = rows.map(({ name, size }) => ({
        cells: [name.replace(/\s/g, " "), String(size)],
        notes: ["so it is"],
      }));
      const text = table(COLUMNS, cells, plain, width);
      for (const line of text.split("\n")) assert.ok(widthOf(line) <= width, JSON.stringify(line));
      assert.equal(text.split("\n").length, 2 + 2 * rows.length);
    },
  ));
});

test("without a width nothing is cut or wrapped", () => {
  const long = "word ".repeat(100).trim();
  assert.ok(table(COLUMNS, [{ cells: [long, "1"], notes: [long] }], plain).includes(`  ${long}\n`));
});

test("a narrow terminal loses its optional columns, the rightmost first", () => {
  const columns = [{ title: "Name", shrinks: true }, { title: "In", optional: true }, {
    title: "Out",
    optional: true,
  }];
  const rows: Row[] = [{ cells: ["a-long-name", "100", "200"] }];
  assert.equal(table(columns, rows, plain, 30).split("\n")[0], "Name         In   Out");
  assert.equal(table(columns, rows, plain, 17).split("\n")[0], "Name         In");
  assert.equal(table(columns, rows, plain, 10), "Name\na-long-na…\n");
});
