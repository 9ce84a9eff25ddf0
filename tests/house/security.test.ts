/** docs/security.md promises tests: they are there, and the tasks may do no more than it says. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(join(ROOT, "docs/security.md"), "utf8");
const { tasks } = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8")) as {
  tasks: Record<string, string>;
};

test("every test that the threat model names is there", () => {
  const named = [...page.matchAll(/`(tests\/[\w./-]+)`/g)].map(([, path]) => path ?? "");
  assert.ok(named.length > 15);
  assert.deepEqual(named.filter((path) => !existsSync(join(ROOT, path))), []);
  const run = [...page.matchAll(/`deno task (\w+)/g)].map(([, task]) => task ?? "");
  assert.deepEqual(run.filter((task) => tasks[task] === undefined), []);
});

test("every threat has a test, and every test of tests/security its threat", () => {
  const rows = page.slice(page.indexOf("## Threats"), page.indexOf("## Measured")).split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| threat"));
  assert.ok(rows.length > 15);
  for (const row of rows) assert.match(row, /\| `(?:tests\/|deno task )[^|]*\|$/, row.slice(0, 80));
  const files = readdirSync(join(ROOT, "tests/security")).filter((name) => name.endsWith(".test.ts"));
  assert.deepEqual(files.filter((name) => !page.includes(`tests/security/${name}`)), []);
});

test("the program may load no library, and nothing that answers requests starts a program", () => {
  for (const name of ["start", "cli", "demo", "dev"]) {
    assert.doesNotMatch(tasks[name] ?? "", /(?:^|\s)-A\b|--allow-(?:all|ffi|import)/, name);
  }
  const folders = readdirSync(join(ROOT, "src"), { recursive: true }).map(String)
    .filter((path) => path.endsWith(".ts") && !/^(?:cli|runtime)\b/.test(path));
  const starting = folders.filter((path) =>
    /child_process|\bDeno\.Command|\bBun\.spawn/.test(readFileSync(join(ROOT, "src", path), "utf8"))
  );
  assert.deepEqual(starting, []);
});
