/** A dialect and a provider are plugs: nobody else knows their names. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BUILTIN_PROVIDERS } from "../../src/catalog/data/providers.ts";
import { dialects } from "../../src/dialects/registry.ts";
import { importsOf, nodes, parsed, type SourceFile, sources, ts } from "../support/syntax.ts";

const NAMES = new Set([...Object.keys(dialects), ...BUILTIN_PROVIDERS.map((one) => one.name)]);

/** Where such names are known: the plugs themselves. */
const HOMES = /^src\/(dialects|catalog)\//;

/** Files that write a name down without deciding by it, each with its reason. */
const WRITTEN: Readonly<Record<string, string>> = {
  "src/cli/commands/demo/examples.ts": "the published prompts, each with the client that asks it",
  "src/cli/commands/setup/more-clients.ts": "what other programs call their own settings",
};

/** The names in a file's strings: `path:line "name"`. */
function named({ path, tree }: SourceFile): string[] {
  const found: string[] = [];
  for (const node of nodes(tree)) {
    if (!ts.isStringLiteralLike(node) || !NAMES.has(node.text)) continue;
    if (ts.isImportDeclaration(node.parent)) continue;
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${path}:${line + 1} "${node.text}"`);
  }
  return found;
}

const files = sources("src");

test("only the dialects and the catalog know the name of a dialect or a provider", () => {
  const outside = files.filter(({ path }) => !HOMES.test(path) && !(path in WRITTEN));
  assert.deepEqual(outside.flatMap(named), []);
});

test("every file that may write such a name down does so", () => {
  const idle = Object.keys(WRITTEN).filter((path) => {
    const file = files.find((one) => one.path === path);
    return file === undefined || named(file).length === 0;
  });
  assert.deepEqual(idle, []);
});

test("no dialect imports another one", () => {
  const faults = files.flatMap((file) => {
    const { path } = file;
    const own = /^src\/dialects\/([^/]+)\//.exec(path)?.[1];
    if (own === undefined) return [];
    return importsOf(file).flatMap(({ from }) => {
      if (!from.startsWith(".")) return [];
      const to = /^\/src\/dialects\/([^/]+)\//.exec(new URL(from, `file:///${path}`).pathname)?.[1];
      const sibling = to !== undefined && to !== own && to !== "shared" && own !== "shared";
      const upwards = own === "shared" && to !== undefined && to !== "shared";
      return sibling || upwards ? [`${path}: ${from}`] : [];
    });
  });
  assert.deepEqual(faults, []);
});

test("the three dialects have the same files with the same names", () => {
  const byDialect = new Map<string, string[]>();
  for (const { path } of files) {
    const [, dialect, file] = /^src\/dialects\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (dialect === undefined || file === undefined || dialect === "shared") continue;
    byDialect.set(dialect, [...byDialect.get(dialect) ?? [], file]);
  }
  const [first, ...others] = [...byDialect.values()];
  for (const files of others) assert.deepEqual(files, first);
});

test("the check of names finds a comparison and a table's key", () => {
  const file = parsed("src/x.ts", `if (dialect === "openai-chat") f({ "groq": 1 });\nimport x from "groq";`);
  assert.deepEqual(named(file), [`src/x.ts:1 "openai-chat"`, `src/x.ts:1 "groq"`]);
});
