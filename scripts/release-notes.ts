/** Prints what CHANGELOG.md says of a version: `deno task release-notes [VERSION]`, by default this one's, else `Unreleased`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The section of a version, without its heading; undefined: there is none. */
export function sectionOf(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^## /m).slice(1);
  const found = sections.find((one) => new RegExp(`^\\[?v?${version.replaceAll(".", "\\.")}\\b`).test(one));
  return found?.slice(found.indexOf("\n") + 1).trim();
}

function main(): number {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const { version } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8")) as { version: string };
  const wanted = process.argv[2] ?? version;
  const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const text = sectionOf(changelog, wanted) ?? sectionOf(changelog, "Unreleased");
  if (text === undefined) {
    console.error(`CHANGELOG.md has no section ${wanted}.`);
    return 1;
  }
  console.log(text);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(main());
