import { test } from "node:test";
import assert from "node:assert/strict";
import {
  forbiddenGlobals,
  importsOf,
  parsed,
  type SourceFile,
  type SourceImport,
  sources,
} from "../support/syntax.ts";

/**
 * The floors of `src`, from the ground up. A folder imports from lower floors and from itself; types are no exception.
 * docs/architecture.md shows what each is for.
 */
const FLOORS: readonly (readonly string[])[] = [
  ["model"],
  ["runtime", "text", "files"],
  ["bytes", "log"],
  ["json"],
  ["catalog", "clients"],
  ["dialects"],
  ["config"],
  ["classifier"],
  ["router"],
  ["ledger"],
  ["store"],
  ["dispatch"],
  ["server"],
  ["cli"],
];

/** The floor of each folder. */
const FLOOR_OF: ReadonlyMap<string, number> = new Map(
  FLOORS.flatMap((folders, floor) => folders.map((folder) => [folder, floor] as const)),
);

/** The one file outside of `src` that is read: the manifest, for the version. */
const MANIFEST = "/deno.json";

/** The folders that decide without looking at the world: same arguments, same answer. */
const PURE = ["classifier", "router"];

/** Whose values the pure folders may import. Types they may import from any lower floor. */
const PURE_SOURCES = [...PURE, "model", "text", "json", "clients"];

/** What is wrong with an import in a file of `src`; undefined: nothing. Paths are relative to `src`. */
function wrongImport(file: string, { from, typeOnly }: SourceImport): string | undefined {
  const folder = folderOf(file);
  const floor = FLOOR_OF.get(folder);
  if (floor === undefined) return `${folder} has no floor; give it a place in FLOORS`;
  if (!from.startsWith(".")) {
    return PURE.includes(folder) && !typeOnly ? `${folder} is pure and imports ${from}` : undefined;
  }
  const path = new URL(from, `file:///src/${file}`).pathname;
  if (path === MANIFEST && folder === "cli") return undefined;
  if (!path.startsWith("/src/")) return `${from} lies outside of src`;
  const target = folderOf(path.slice("/src/".length));
  if (target === folder) return undefined;
  const below = FLOOR_OF.get(target);
  if (below === undefined || below >= floor) return `${folder} may not import from ${target} (${from})`;
  return PURE.includes(folder) && !PURE_SOURCES.includes(target) && !typeOnly
    ? `${folder} may import types only from ${target} (${from})`
    : undefined;
}

function folderOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.indexOf("/")) : file;
}

/** The files of `src`; their paths are relative to it. */
const files = sources("src").map((file) => ({ ...file, path: file.path.slice("src/".length) }));

/** Asserts that no file has a fault, and names those that have. */
function noneOf(faults: readonly (string | undefined)[]): void {
  assert.deepEqual(faults.filter((fault) => fault !== undefined), []);
}

test("every folder of src has a floor, and every floor has sources", () => {
  const found = new Set(files.map(({ path }) => folderOf(path)));
  assert.deepEqual([...found].sort(), [...FLOOR_OF.keys()].sort());
});

test("imports run downwards only, and the pure layers import values from each other alone", () => {
  noneOf(files.flatMap((file) =>
    importsOf(file).map((one) => {
      const fault = wrongImport(file.path, one);
      return fault === undefined ? undefined : `${file.path}: ${fault}`;
    })
  ));
});

test("the classifier and the router reach no clock, file, environment, network or chance", () => {
  noneOf(
    files.filter(({ path }) => PURE.includes(folderOf(path)))
      .flatMap((file) => forbiddenGlobals(file).map((name) => `${file.path}: ${name}`)),
  );
});

test("only src/runtime knows Deno from Bun", () => {
  noneOf(
    files.filter(({ path }) => folderOf(path) !== "runtime")
      .flatMap((file) => forbiddenGlobals(file, ["Deno", "Bun"]).map((name) => `${file.path}: ${name}`)),
  );
});

/** The values of the store, or of its client, that a file loads with itself. */
const eagerStore = (file: SourceFile): string[] =>
  importsOf(file).filter(({ typeOnly, dynamic }) => !typeOnly && !dynamic).map(({ from }) => from)
    .filter((from) => from === "pg" || /^[./]+\/store\/[^/]+$/.test(from));

test("the store and its client are loaded only where a store is configured", () => {
  const found = files.flatMap((file) => eagerStore(file).map((from) => ({ path: file.path, from })));
  noneOf(
    found.filter(({ path, from }) => folderOf(path) !== "store" || from === "pg")
      .map(({ path, from }) => `${path}: ${from}`),
  );
  const eager = (source: string) => eagerStore(parsed("x.ts", source)).length;
  assert.equal(eager('import { connectTo } from "../store/connection.ts";'), 1);
  assert.equal(eager('import { type A, b } from "../../store/x.ts";\nimport pg from "pg";'), 2);
  assert.equal(eager('import { type A } from "../store/x.ts";\nconst s = await import("pg");'), 0);
});

test("no file of src, scripts, bench or the tests imports itself by a circle", () => {
  const all = ["src", "scripts", "bench", "tests"].flatMap(sources);
  const graph = new Map(all.map((file) =>
    [
      file.path,
      importsOf(file).filter(({ from }) => from.startsWith("."))
        .map(({ from }) => new URL(from, `file:///${file.path}`).pathname.slice(1)),
    ] as const
  ));
  assert.deepEqual(circles(graph), []);
});

/** The groups of files that reach each other by their imports; types count. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const reaches = (from: string) => {
    const seen = new Set<string>();
    const open = [...graph.get(from) ?? []];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...graph.get(next) ?? []);
    }
    return seen;
  };
  const open = new Set(graph.keys());
  // What imports only files that are in no circle is in none itself.
  for (let before = -1; before !== open.size;) {
    before = open.size;
    for (const path of open) if (!graph.get(path)?.some((one) => open.has(one))) open.delete(path);
  }
  const all = new Map([...open].map((path) => [path, reaches(path)]));
  const inCircles = [...open].filter((path) => all.get(path)?.has(path));
  const groups = new Map<string, string[]>();
  for (const path of inCircles) {
    const group = inCircles.filter((other) => all.get(path)?.has(other) && all.get(other)?.has(path));
    groups.set(group.join(" "), group);
  }
  return [...groups.values()];
}

// The checks themselves must be able to fail.

/** [file, source, what is said of it]. */
const OFFENDERS: readonly [string, string, RegExp][] = [
  ["router/x.ts", `import { x } from "../dispatch/x.ts";`, /router may not import from dispatch/],
  ["router/x.ts", `import type { X } from "../server/x.ts";`, /router may not import from server/],
  ["router/x.ts", `export { x } from "../dispatch/x.ts";`, /router may not import from dispatch/],
  ["router/x.ts", `export * from "../ledger/x.ts";`, /router may not import from ledger/],
  ["router/x.ts", `const x = await import("../cli/x.ts");`, /router may not import from cli/],
  ["router/x.ts", `import { x } from "../config/x.ts";`, /types only from config/],
  ["router/x.ts", `import { type A, b } from "../catalog/x.ts";`, /types only from catalog/],
  ["router/x.ts", `import x, { type A } from "../catalog/x.ts";`, /types only from catalog/],
  ["router/x.ts", `import * as x from "../catalog/x.ts";`, /types only from catalog/],
  ["router/x.ts", `import "../catalog/x.ts";`, /types only from catalog/],
  ["router/x.ts", `import fs from "node:fs";`, /router is pure and imports node:fs/],
  ["classifier/x.ts", `import { z } from "zod";`, /classifier is pure and imports zod/],
  ["classifier/x.ts", `import { x } from "../router/x.ts";`, /classifier may not import from router/],
  [
    "classifier/words/x.ts",
    `import { x } from "../../router/x.ts";`,
    /classifier may not import from router/,
  ],
  ["ledger/x.ts", `import { x } from "../server/x.ts";`, /ledger may not import from server/],
  ["runtime/x.ts", `import { x } from "../config/x.ts";`, /runtime may not import from config/],
  ["dialects/a/x.ts", `import type { X } from "../../config/x.ts";`, /dialects may not import from config/],
  ["config/x.ts", `import { x } from "../router/x.ts";`, /config may not import from router/],
  ["server/x.ts", `import { x } from "../cli/x.ts";`, /server may not import from cli/],
  ["server/x.ts", `import { x } from "../../tests/x.ts";`, /lies outside of src/],
  ["router/x.ts", `import manifest from "../../deno.json" with { type: "json" };`, /lies outside of src/],
  ["elsewhere/x.ts", `import { x } from "./y.ts";`, /elsewhere has no floor/],
];
for (const [file, source, said] of OFFENDERS) {
  test(`the check of imports finds ${source} in ${file}`, () => {
    const faults = importsOf(parsed(file, source)).map((one) => wrongImport(file, one));
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? "", said);
  });
}

/** [file, source]: nothing to say of these. */
const INNOCENT: readonly [string, string][] = [
  ["router/x.ts", `import type { X } from "../config/x.ts";`],
  ["router/x.ts", `import { type A, type B } from "../catalog/x.ts";`],
  ["router/x.ts", `export type { X } from "../dialects/x.ts";`],
  ["router/x.ts", `import { x } from "../classifier/x.ts";`],
  ["classifier/x.ts", `import words from "./words/en.ts";`],
  ["cli/x.ts", `import { x } from "../server/x.ts";`],
  ["dispatch/x.ts", `import { x } from "../runtime/x.ts"; import { readFile } from "node:fs/promises";`],
  ["cli/x.ts", `import manifest from "../../deno.json" with { type: "json" };`],
  ["router/x.ts", `// import { x } from "../cli/x.ts";\n/* import "../cli/x.ts" */`],
  ["router/x.ts", 'const text = "import x from \'../cli/x.ts\'"; const more = `import("../cli/x.ts")`;'],
  ["router/x.ts", `const expression = /import "..\\/cli\\/x.ts"/;`],
];
for (const [file, source] of INNOCENT) {
  test(`the check of imports has nothing against ${JSON.stringify(source)} in ${file}`, () => {
    assert.deepEqual(
      importsOf(parsed(file, source)).map((one) => wrongImport(file, one)).filter((x) => x !== undefined),
      [],
    );
  });
}

/** [source, the names found]. */
const REACHES: readonly [string, string[]][] = [
  ["const now = Date.now();", ["Date"]],
  ["const then = new Date(5);", ["Date"]],
  ["const t = performance.now();", ["performance"]],
  ["const home = process.env.HOME;", ["process"]],
  ["Deno.readTextFileSync('x'); Bun.file('y');", ["Deno", "Bun"]],
  ["await fetch('http://x');", ["fetch"]],
  ["const die = Math.random();", ["Math.random"]],
  ["const { random } = Math;", ["Math"]],
  ["setTimeout(() => {}, 1); queueMicrotask(f);", ["setTimeout", "queueMicrotask"]],
  ["globalThis.x = 1; globalThis['Date'].now();", ["globalThis", "globalThis"]],
  ["crypto.randomUUID(); console.log(1); navigator.language;", ["crypto", "console", "navigator"]],
  ["const f = eval('1'); const g = new Function('x');", ["eval", "Function"]],
  ["const here = import.meta.url; require('fs');", ["import.meta", "require"]],
  ["const text = `at ${Date.now()} or ${`so ${fetch(x)}`}`;", ["Date", "fetch"]],
  ["const x = a / Date.now() / b;", ["Date"]],
  ["const day = new Intl.DateTimeFormat().format();", ["DateTimeFormat"]],
  ["const x = cond ? Date : undefined;", ["Date"]],
  ["const x = { Date, ...process };", ["Date", "process"]],
];
for (const [source, names] of REACHES) {
  test(`the check of pure code finds ${names.join(", ")} in ${source}`, () => {
    assert.deepEqual(forbiddenGlobals(parsed("x.ts", source)), names);
  });
}

const KEEPS_STILL = [
  "const max = Math.max(1, 2); const text = value.toString();",
  "facts.process.fetch(plan.date, plan?.Date);",
  "// Date.now()\n/* fetch() */ const s = 'process.env'; const t = `Date.now()`; const r = /Date|fetch['\"`]/u;",
  "interface Times { readonly process: number; fetch?: string; }",
  "const update = 1; const dated = 2; const Dates = 3;",
  "const ratio = a / b; const other = 'x' /* Date */;",
];
for (const source of KEEPS_STILL) {
  test(`the check of pure code has nothing against ${JSON.stringify(source)}`, () => {
    assert.deepEqual(forbiddenGlobals(parsed("x.ts", source)), []);
  });
}

test("the check of circles finds one through types and three files", () => {
  const graph = new Map([["a", ["b"]], ["b", ["c"]], ["c", ["a", "d"]], ["d", []]]);
  assert.deepEqual(circles(graph), [["a", "b", "c"]]);
});
