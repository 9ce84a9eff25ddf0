import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { diff, type DiffLine } from "../../src/text/diff.ts";

/** The difference as text, as `diff -u` shows it; "…" for lines that are not shown. */
const shown = (before: string, after: string): string[] =>
  diff(before, after).map((line) => line === undefined ? "…" : line.mark + line.text);

test("the same text has no difference, however long it is", () => {
  assert.deepEqual(diff("", ""), []);
  assert.deepEqual(diff("a\nb\n".repeat(200), "a\nb\n".repeat(200)), []);
});

test("a line end at the end of the file alone is not a difference", () => {
  assert.deepEqual(diff("a", "a\n"), []);
});

test("a new file is all new, and an emptied one all gone", () => {
  assert.deepEqual(shown("", "a\nb\n"), ["+a", "+b"]);
  assert.deepEqual(shown("a\nb\n", ""), ["-a", "-b"]);
});

test("a changed line is shown gone and come, with two lines of the same text around it", () => {
  const before = "1\n2\n3\n4\n5\n6\n7\n";
  assert.deepEqual(shown(before, before.replace("4", "ü")), [" 2", " 3", "-4", "+ü", " 5", " 6"]);
});

test("lines between two changes are hidden where they are too far from both", () => {
  const before = Array.from({ length: 9 }, (_, index) => String(index)).join("\n");
  const after = before.replace("0", "a").replace("8", "b");
  assert.deepEqual(shown(before, after), ["-0", "+a", " 1", " 2", "…", " 6", " 7", "-8", "+b"]);
});

/** Does to a text whose lines all differ what a difference says. */
function applied(before: readonly string[], lines: readonly (DiffLine | undefined)[]): string[] {
  const hunks: DiffLine[][] = [[]];
  for (const line of lines) line === undefined ? hunks.push([]) : hunks.at(-1)!.push(line);
  const result: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    const old = hunk.filter(({ mark }) => mark !== "+").map(({ text }) => text);
    const start = old.length === 0 ? before.length : before.indexOf(old[0]!);
    assert.deepEqual(before.slice(start, start + old.length), old, "a part of the old text, in its order");
    result.push(...before.slice(at, start));
    result.push(...hunk.filter(({ mark }) => mark !== "-").map(({ text }) => text));
    at = start + old.length;
  }
  return [...result, ...before.slice(at)];
}

test("applied to the old text, a difference gives the new one", () => {
  const line = fc.constantFrom(..."abcdefghijklmnopqrst");
  fc.assert(
    fc.property(fc.uniqueArray(line, { minLength: 1 }), fc.array(line), (before, after) => {
      const lines = diff(`${before.join("\n")}\n`, after.map((one) => `${one}\n`).join(""));
      assert.deepEqual(applied(before, lines), after);
    }),
  );
});
