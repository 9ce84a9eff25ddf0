/**
 * Makes the executables: `deno task compile [--engine deno|bun] [--target NAME …]`, into dist/ with SHA256SUMS.
 *
 * `--sums` only writes SHA256SUMS again, after files in dist/ were signed. Without `--target`: every target. `--target host`: the one for this machine. Without `--engine`: Deno, and where its
 * runtime cannot be downloaded, Bun.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { BUN_COMPILE, ensureNodeModules, findBun } from "./bun.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(ROOT, "dist");
const NAME = "terraphim-llm-proxy";

type Engine = "deno" | "bun";

/** Each target with the engines' own names for it; Deno has no musl runtime. */
const TARGETS: Readonly<Record<string, { readonly bun: string; readonly deno?: string }>> = {
  "linux-x64": { bun: "bun-linux-x64", deno: "x86_64-unknown-linux-gnu" },
  "linux-arm64": { bun: "bun-linux-arm64", deno: "aarch64-unknown-linux-gnu" },
  "linux-x64-musl": { bun: "bun-linux-x64-musl" },
  "linux-arm64-musl": { bun: "bun-linux-arm64-musl" },
  "macos-x64": { bun: "bun-darwin-x64", deno: "x86_64-apple-darwin" },
  "macos-arm64": { bun: "bun-darwin-arm64", deno: "aarch64-apple-darwin" },
  "windows-x64": { bun: "bun-windows-x64", deno: "x86_64-pc-windows-msvc" },
};

/** What the program may do, and nothing else; it starts agents (`run`) and service managers (`service`). */
const PERMISSIONS = [
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys",
  "--allow-run",
];

function hostTarget(): string {
  const os = process.platform === "win32" ? "windows" : process.platform === "darwin" ? "macos" : "linux";
  const musl = os === "linux" && existsSync("/etc/alpine-release") ? "-musl" : "";
  return `${os}-${process.arch === "arm64" ? "arm64" : "x64"}${musl}`;
}

function fileName(target: string): string {
  return `${NAME}-${target}${target.startsWith("windows") ? ".exe" : ""}`;
}

/** Compiles one target. Returns what went wrong, or undefined. */
function compile(engine: Engine, target: string): string | undefined {
  const names = TARGETS[target];
  if (names === undefined) {
    return `unknown target "${target}"; known: host, ${Object.keys(TARGETS).join(", ")}`;
  }
  const output = join(DIST, fileName(target));
  rmSync(output, { force: true });
  const [command, args] = engine === "bun"
    ? [findBun(), [...BUN_COMPILE, `--target=${names.bun}`, "main.ts", "--outfile", output]]
    : [process.execPath, [
      "compile",
      "--quiet",
      ...PERMISSIONS,
      "--target",
      names.deno ?? "",
      "--output",
      output,
      "main.ts",
    ]];
  const { status, stderr } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  return status === 0 && existsSync(output)
    ? undefined
    : stderr.split("\n").map((line) => line.trim()).filter((line) => line !== "").slice(0, 6).join(" ") ||
      `exit ${status}`;
}

function sums(): void {
  const { version } = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8"));
  writeFileSync(join(DIST, "VERSION"), `${version}\n`); // \`upgrade\` reads it
  const lines = ["VERSION", ...Object.keys(TARGETS).map(fileName)].filter((file) =>
    existsSync(join(DIST, file))
  ).sort().map((
    file,
  ) => `${createHash("sha256").update(readFileSync(join(DIST, file))).digest("hex")}  ${file}`);
  writeFileSync(join(DIST, "SHA256SUMS"), lines.join("\n") + "\n");
}

function main(): number {
  const { values } = parseArgs({
    options: {
      engine: { type: "string" },
      target: { type: "string", multiple: true },
      sums: { type: "boolean", default: false },
    },
  });
  if (values.sums) {
    sums();
    return 0;
  }
  const { engine } = values;
  if (engine !== undefined && engine !== "deno" && engine !== "bun") {
    console.error(`unknown engine "${engine}"; known: deno, bun`);
    return 2;
  }
  const targets = (values.target ?? Object.keys(TARGETS)).map((name) =>
    name === "host" ? hostTarget() : name
  );
  const unknown = targets.filter((target) => TARGETS[target] === undefined);
  if (unknown.length > 0) {
    console.error(
      `unknown target "${unknown.join('", "')}"; known: host, ${Object.keys(TARGETS).join(", ")}`,
    );
    return 2;
  }
  mkdirSync(DIST, { recursive: true });
  let using: Engine = engine ?? "deno";
  if (using === "bun") ensureNodeModules();
  let failed = 0;
  for (const target of targets) {
    const able: Engine = using === "deno" && TARGETS[target]?.deno === undefined && engine === undefined
      ? "bun"
      : using;
    if (able === "bun") ensureNodeModules();
    if (able === "deno" && TARGETS[target]?.deno === undefined) {
      console.log(`${target}: left out, Deno has no runtime for it`);
      continue;
    }
    let problem = compile(able, target);
    let by: Engine = able;
    if (problem !== undefined && able === "deno" && engine === undefined) {
      console.log("Deno's runtime cannot be downloaded from here; compiling with Bun instead.");
      using = by = "bun";
      ensureNodeModules();
      problem = compile("bun", target);
    }
    if (problem === undefined) console.log(`dist/${fileName(target)} (${by})`);
    else {
      failed++;
      console.error(`${target}: ${problem}`);
    }
  }
  sums();
  return failed === 0 ? 0 : 1;
}

process.exit(main());
