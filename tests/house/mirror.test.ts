/**
 * Tests mirror src: `tests/<folder>/<file>.test.ts` for each source file with behaviour, or a folder `tests/<folder>/<file>/`
 * where its tests are many.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { parsed, type SourceFile, sources, ts } from "../support/syntax.ts";

const ROOT = new URL("../../", import.meta.url);

/** Files without a test of their own, by the reason. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  "tests/e2e runs it as the whole program": [
    "cli/commands/demo/run.ts",
    "cli/commands/serve/supervisor.ts",
    "cli/commands/serve/worker.ts",
  ],
  "tests/cli/commands/serve/run.test.ts serves with it": [
    "cli/commands/serve/serving.ts",
    "cli/commands/serve/stopping.ts",
  ],
  "one call of something that is tested": ["cli/commands/serve/warm-up.ts", "cli/output/style.ts"],
  "it does nothing, and that is what it is for": ["log/log.ts"],
};

/** Whether a file exports a function, or a class with a method that does something. */
function hasBehaviour({ tree }: SourceFile): boolean {
  return tree.statements.some((statement) => {
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) ?? [] : [];
    if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return false;
    if (ts.isFunctionDeclaration(statement)) return statement.body !== undefined;
    if (ts.isClassDeclaration(statement)) {
      return statement.members.some((member) => ts.isFunctionLike(member) && "body" in member);
    }
    return ts.isVariableStatement(statement) &&
      statement.declarationList.declarations.some(({ initializer }) =>
        initializer !== undefined && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))
      );
  });
}

/** Where the test of a source file is: `src/text/hash.ts` → `tests/text/hash.test.ts`. */
const mirrored = (path: string): string => path.replace(/^src/, "tests").replace(/\.ts$/, ".test.ts");

const isThere = (path: string): boolean => existsSync(new URL(path, ROOT));

/** Whether a source file has its test, or a folder of tests that mirrors no folder. */
function isTested(path: string): boolean {
  const folder = path.replace(/\.ts$/, "/");
  return isThere(mirrored(path)) || isThere(folder.replace(/^src/, "tests")) && !isThere(folder);
}

const excepted = new Set(Object.values(EXCEPTIONS).flat().map((path) => `src/${path}`));
const all = sources("src");

test("each source file with behaviour has its test at its own path", () => {
  const missing = all.filter((file) =>
    hasBehaviour(file) && !isTested(file.path) && !excepted.has(file.path)
  );
  assert.deepEqual(missing.map(({ path }) => `${path} needs ${mirrored(path)}`), []);
});

test("each exception is a file with behaviour and without a test", () => {
  const files = new Map(all.map((file) => [file.path, file]));
  const old = [...excepted].filter((path) => {
    const file = files.get(path);
    return file === undefined || !hasBehaviour(file) || isTested(path);
  });
  assert.deepEqual(old, [], "these need no exception any more");
});

test("the check finds what a file does, and takes data, types and wiring for what they are", () => {
  const does = [
    "export function f() {}",
    "export async function* f() { yield 1; }",
    "export const f = () => 1;",
    "export const a = 1, f = function () {};",
    "export class A { #b() { return 1; } }",
    "export class A extends Error { constructor() { super(); } }",
  ];
  const is = [
    "export const a = { f: () => 1 };",
    "export interface A { f(): void }",
    "export class A extends Error {}",
    "export class A extends Error { override name = 'A'; }",
    "export { f } from './f.ts';",
    "function f() {} export const a = f();",
    "export declare function f(): void;",
  ];
  const found = (text: string) => hasBehaviour(parsed("x.ts", text));
  assert.deepEqual(does.filter((text) => !found(text)), []);
  assert.deepEqual(is.filter(found), []);
});
