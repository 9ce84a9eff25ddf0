/** How long a function may be, and how many arguments it may take by position. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nodes, parsed, type SourceFile, sources, ts } from "../support/syntax.ts";

/** A function fits a screen (TIGER_STYLE). */
const MOST_LINES = 70;
/** More arguments than this are named, in one object. */
const MOST_POSITIONAL = 4;

interface Fault {
  readonly where: string;
  readonly size: number;
}

/** The functions of a file with a size above a limit, largest first: `path:line name has 90`. */
function over(
  { path, tree }: SourceFile,
  limit: number,
  sizeOf: (node: ts.FunctionLikeDeclaration) => number,
): readonly Fault[] {
  const found: Fault[] = [];
  for (const node of nodes(tree)) {
    if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) continue;
    const size = sizeOf(node as ts.FunctionLikeDeclaration);
    if (size <= limit) continue;
    const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    found.push({ where: `${path}:${line} ${node.name?.getText() ?? "a function"} has ${size}`, size });
  }
  return found;
}

const lines = (node: ts.FunctionLikeDeclaration): number => {
  const tree = node.getSourceFile();
  const line = (position: number) => tree.getLineAndCharacterOfPosition(position).line;
  return line(node.getEnd()) - line(node.getStart()) + 1;
};

const positional = (node: ts.FunctionLikeDeclaration): number => node.parameters.length;

const files = sources("src");
const said = (limit: number, sizeOf: (node: ts.FunctionLikeDeclaration) => number) =>
  files.flatMap((file) => over(file, limit, sizeOf)).sort((a, b) => b.size - a.size).map((one) => one.where);

test("no function of src has more than 70 lines", () => {
  assert.deepEqual(said(MOST_LINES, lines), []);
});

test("no function of src takes more than four arguments by position", () => {
  assert.deepEqual(said(MOST_POSITIONAL, positional), []);
});

test("the checks of functions can fail", () => {
  const long = parsed("x.ts", `const f = (a, b, c, d, e) => {\n${"a;\n".repeat(70)}};`);
  assert.deepEqual(over(long, MOST_LINES, lines).map((one) => one.where), ["x.ts:1 a function has 72"]);
  assert.deepEqual(over(long, MOST_POSITIONAL, positional).map((one) => one.size), [5]);
});
