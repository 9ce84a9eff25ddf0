/** The project's sources as syntax trees, for the tests of its own rules: their imports, and the globals they name. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = new URL("../../", import.meta.url);

export interface SourceFile {
  /** Relative to the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

export interface SourceImport {
  /** What is between the quotes; `(computed)` where an expression says it. */
  readonly from: string;
  /** Nothing of it is left at run time: `import type`, `export type`, or `type` before every name. */
  readonly typeOnly: boolean;
  /** It is loaded when the code gets there: `await import(…)`. */
  readonly dynamic: boolean;
}

/** A text as a syntax tree. */
export function parsed(path: string, text: string): SourceFile {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

/** Every TypeScript file below a folder of the project (`src`, `tests`, …). */
export function sources(folder: string): readonly SourceFile[] {
  const base = fileURLToPath(new URL(`${folder}/`, ROOT));
  return readdirSync(base, { recursive: true })
    .map((path) => String(path).replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map((path) => parsed(`${folder}/${path}`, readFileSync(`${base}${path}`, "utf8")));
}

/** Every node of a tree, parents first. */
export function* nodes(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* nodes(child);
}

/** The imports and re-exports of a source, dynamic ones too. */
export function importsOf({ tree }: SourceFile): SourceImport[] {
  return [...nodes(tree)].flatMap((node) => importOf(node) ?? []);
}

function importOf(node: ts.Node): SourceImport | undefined {
  const textOf = (from: ts.Node | undefined) =>
    from !== undefined && ts.isStringLiteralLike(from) ? from.text : "(computed)";
  if (ts.isImportDeclaration(node)) {
    return { from: textOf(node.moduleSpecifier), typeOnly: isTypeOnly(node.importClause), dynamic: false };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    const typeOnly = node.isTypeOnly || hasTypesOnly(node.exportClause);
    return { from: textOf(node.moduleSpecifier), typeOnly, dynamic: false };
  }
  if (ts.isImportTypeNode(node)) {
    const { argument } = node;
    const from = textOf(ts.isLiteralTypeNode(argument) ? argument.literal : undefined);
    return { from, typeOnly: true, dynamic: false };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { from: textOf(node.arguments[0]), typeOnly: false, dynamic: true };
  }
  return undefined;
}

const isTypeOnly = (clause: ts.ImportClause | undefined): boolean =>
  clause?.isTypeOnly === true || (clause?.name === undefined && hasTypesOnly(clause?.namedBindings));

/** Whether names are listed, with `type` before each. */
const hasTypesOnly = (names: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean =>
  names !== undefined && "elements" in names && names.elements.length > 0 &&
  names.elements.every((one) => one.isTypeOnly);

/** Globals by which code looks at the world or at chance. */
const WORLD = [
  "Date",
  "performance",
  "process",
  "Deno",
  "Bun",
  "fetch",
  "Math.random",
  "Math", // handed on as a whole it may be random too
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "globalThis",
  "self",
  "window",
  "global",
  "crypto",
  "console",
  "navigator",
  "localStorage",
  "sessionStorage",
  "eval",
  "Function",
  "require",
  "import.meta",
  "DateTimeFormat",
  "XMLHttpRequest",
  "WebSocket",
  "EventSource",
  "Worker",
  "Temporal",
];

/** The globals of a list that a source names, in order; a member or a key of the same name is not one. */
export function forbiddenGlobals({ tree }: SourceFile, names: readonly string[] = WORLD): string[] {
  return [...nodes(tree)].map(globalName).filter((name) =>
    name !== undefined && names.includes(name)
  ) as string[];
}

/** What a node names: a word, `import.meta`, or a member of `Math`. */
function globalName(node: ts.Node): string | undefined {
  if (ts.isMetaProperty(node)) return node.getText();
  if (!ts.isIdentifier(node)) return undefined;
  const { parent, text } = node;
  if (text === "DateTimeFormat") return text;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return undefined;
  if (ts.isQualifiedName(parent) && parent.right === node) return undefined;
  if (isKey(node)) return undefined;
  return text === "Math" && ts.isPropertyAccessExpression(parent) ? `Math.${parent.name.text}` : text;
}

/** `{ name: … }`, `name: …` of an interface or a parameter, `{ name: other } = …`. */
function isKey(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  const isNamed = ts.isPropertyAssignment(parent) || ts.isTypeElement(parent) || ts.isClassElement(parent) ||
    ts.isParameter(parent);
  return isNamed && parent.name === node;
}

export { ts };
