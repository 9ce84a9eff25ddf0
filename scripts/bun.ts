/**
 * Runs Bun on this project: `deno run -A scripts/bun.ts test tests`.
 *
 * Uses $BUN, else a `bun` of the right version on the PATH, else the one that npm's packages hold, which is put into
 * `.cache/bun` once. Bun finds its dependencies in `node_modules`, so that folder is made (and kept up) from deno.json.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The version that this project is tested with. */
const BUN_VERSION = "1.4.5";

/**
 * How Bun makes the executable. Its parts are loaded when they are needed, and are compiled beforehand: a command starts
 * in a third of the time. The folder that the executable is started in configures nothing: by default, an executable
 * made by Bun reads `.env` and `bunfig.toml` there, whose `preload` runs code before ours
 * (https://bun.com/docs/bundler/executables).
 */
export const BUN_COMPILE = [
  "build",
  "--compile",
  "--minify",
  "--splitting",
  "--bytecode",
  "--format=esm",
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
  "--no-compile-autoload-tsconfig",
  "--no-compile-autoload-package-json",
];

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DENO = process.execPath;

/** The npm package that holds Bun for this machine. */
function bunPackage(): string {
  const arch = process.arch === "arm64" ? "aarch64" : "x64";
  const musl = process.platform === "linux" && existsSync("/etc/alpine-release") ? "-musl" : "";
  const os = process.platform === "win32" ? "windows" : process.platform;
  return `@oven/bun-${os}-${arch}${musl}`;
}

function works(command: string): boolean {
  const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
  return status === 0 && stdout.trim() === BUN_VERSION;
}

/** Where Bun is, after it was put there if need be. @throws when it cannot be had. */
export function findBun(): string {
  const given = process.env.BUN;
  if (given) return given;
  if (works("bun")) return "bun";
  const folder = join(ROOT, ".cache", "bun");
  const name = bunPackage();
  const file = join(
    folder,
    "node_modules",
    ...name.split("/"),
    "bin",
    process.platform === "win32" ? "bun.exe" : "bun",
  );
  if (!existsSync(file) || !works(file)) {
    mkdirSync(folder, { recursive: true });
    const manifest = { nodeModulesDir: "auto", lock: false, imports: { bun: `npm:${name}@${BUN_VERSION}` } };
    writeFileSync(join(folder, "deno.json"), JSON.stringify(manifest));
    install(folder);
    const linked = join(folder, "node_modules", ...name.split("/"));
    if (!existsSync(file)) throw new Error(`Bun was not found in ${linked} after its installation`);
    chmodSync(file, 0o755);
  }
  return file;
}

/** Makes `node_modules` from deno.json when it is missing or older than deno.json. */
export function ensureNodeModules(): void {
  const stamp = join(ROOT, "node_modules", ".terraphim-stamp");
  const manifest = readFileSync(join(ROOT, "deno.json"), "utf8");
  const wanted = JSON.stringify(JSON.parse(manifest).imports);
  if (existsSync(stamp) && statSync(stamp).isFile() && readFileSync(stamp, "utf8") === wanted) return;
  install(ROOT);
  writeFileSync(stamp, wanted);
}

function install(folder: string): void {
  const { status, stderr } = spawnSync(DENO, ["install", "--quiet", "--node-modules-dir=auto"], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0) throw new Error(`the dependencies could not be installed:\n${stderr}`);
}

if (import.meta.main) {
  ensureNodeModules();
  // The program reads the `.env` beside its configuration itself; Bun would put the project's into the environment.
  const args = ["--no-env-file", ...process.argv.slice(2)];
  const { status, signal } = spawnSync(findBun(), args, { cwd: ROOT, stdio: "inherit" });
  process.exit(status ?? (signal === null ? 1 : 128));
}
