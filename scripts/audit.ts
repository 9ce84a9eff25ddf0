/**
 * `deno task audit [dependencies|measures]`: whether the pinned dependencies have known holes and the lock file is theirs, and
 * whether hostile clients and providers stay within the bounds of docs/security.md. Prints the figures; ends with 1 where
 * one is over its bound.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { measures } from "./audit/measures.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The npm packages of deno.json with their pinned versions. */
function pinned(): Record<string, string> {
  const { imports } = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8")) as {
    imports: Record<string, string>;
  };
  const found = Object.values(imports).map((one) => /^npm:(@?[^@]+)@(.+)$/.exec(one));
  return Object.fromEntries(found.flatMap((one) => one === null ? [] : [[one[1]!, one[2]!]]));
}

interface Found {
  readonly metadata?: { readonly vulnerabilities?: Readonly<Record<string, number>> };
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string }>>;
  readonly error?: { readonly summary?: string };
}

/** Asks npm's list of known holes. @returns how many checks failed */
function dependencies(): number {
  const locked = spawnSync(process.execPath, ["install", "--frozen"], { cwd: ROOT, encoding: "utf8" });
  const fits = locked.status === 0;
  console.log(`deno.lock fits deno.json: ${fits ? "yes" : `no: ${locked.stderr.trim().split("\n").at(-1)}`}`);
  const folder = mkdtempSync(join(tmpdir(), "audit-"));
  try {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: pinned() }));
    const npm = (...args: string[]) =>
      spawnSync("npm", [...args, "--no-fund"], { cwd: folder, encoding: "utf8", timeout: 120_000 });
    const made = npm("install", "--package-lock-only", "--ignore-scripts", "--silent");
    const { stdout } = made.status === 0 ? npm("audit", "--json") : made;
    const found = JSON.parse(stdout || "{}") as Found;
    const count = found.metadata?.vulnerabilities?.total;
    if (count === undefined) {
      console.log("known holes of dependencies: skipped, npm's registry cannot be reached or has no audits");
    } else {
      console.log(`known holes of dependencies: ${count}`);
      for (const [name, { severity }] of Object.entries(found.vulnerabilities ?? {})) {
        console.log(`  ${name}: ${severity}`);
      }
    }
    return (fits ? 0 : 1) + (count ?? 0);
  } catch {
    console.log("known holes of dependencies: skipped, npm's answer cannot be read");
    return fits ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [only, ...command] = process.argv.slice(2);
let failed = 0;
if (only !== "measures") failed += dependencies();
if (only !== "dependencies") failed += await measures(command);
process.exit(failed === 0 ? 0 : 1);
