/** The programs that are measured, each a process of its own: starting and ending them, what they use. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { BUN_COMPILE, findBun } from "../scripts/bun.ts";

/** The project's folder. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

export const RUNTIMES = ["bun", "deno"] as const;
export type RuntimeName = (typeof RUNTIMES)[number];

/** The permissions that the program asks for when it serves. */
const PERMISSIONS = [
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys",
];

/** The command that runs a script of the project. */
export function command(runtime: RuntimeName, script: string, args: readonly string[] = []): string[] {
  return runtime === "bun"
    ? [findBun(), script, ...args]
    : [process.execPath, "run", "--no-check", "--quiet", ...PERMISSIONS, script, ...args];
}

/** The proxy as it is started: the executable that Bun makes, which users download, or from source. */
export type ProgramName = "executable" | RuntimeName;

/** The command that runs the proxy. */
export function program(name: ProgramName, args: readonly string[]): string[] {
  return name === "executable" ? [executable(), ...args] : command(name, "main.ts", args);
}

let compiled: string | undefined;

/** The executable for this machine, made once a run and removed at its end. */
function executable(): string {
  if (compiled !== undefined) return compiled;
  const folder = mkdtempSync(join(tmpdir(), "terraphim-bench-executable-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "terraphim-llm-proxy");
  const { status, stderr } = spawnSync(findBun(), [...BUN_COMPILE, "main.ts", "--outfile", file], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return compiled = file;
}

/** A process that runs until it is ended. */
export class Running {
  readonly pid: number;
  #child: ChildProcess;
  #output = "";
  #gone = false;

  constructor([program = "", ...args]: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(program, args, { cwd: ROOT, env: { ...process.env, ...env } });
    this.pid = this.#child.pid ?? 0;
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk) => this.#output = (this.#output + chunk).slice(-4000));
    }
    this.#child.once("exit", () => this.#gone = true);
    this.#child.once("error", (error) => {
      this.#gone = true;
      this.#output += error.message;
    });
  }

  /** The last lines that it printed. */
  get output(): string {
    return this.#output.trim();
  }

  /** Resolves when `ready()` does with true. @throws when the process ends before, or half a minute passes. */
  async until(ready: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + 30_000;
    while (!await ready()) {
      if (this.#gone) throw new Error(`a process that is to be measured ended: ${this.output}`);
      if (performance.now() > end) throw new Error(`a process is not ready after 30 s: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Asks it to end, which takes its own children along; after two seconds makes it. */
  async stop(): Promise<void> {
    if (this.#gone) return;
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    const impatient = setTimeout(() => this.#child.kill("SIGKILL"), 2000);
    await gone;
    clearTimeout(impatient);
  }
}

/** Runs a script to its end; what it printed. @throws when it fails. */
export function output([program = "", ...args]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let errors = "";
    child.stdout.on("data", (chunk) => out += chunk);
    child.stderr.on("data", (chunk) => errors += chunk);
    child.once("error", reject);
    child.once("exit", (code) => code === 0 ? resolve(out) : reject(new Error(errors || out)));
  });
}

/** A port that is free on loopback. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address?.port ?? 0 : 0));
    });
  });
}

/** Whether something answers at a URL. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

/** Microseconds of processor time that a process has used, all its threads together; undefined where `/proc` is not. */
export function cpuUs(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10_000; // ticks of 10 ms
  } catch {
    return undefined;
  }
}

/**
 * Megabytes that a process holds in memory, and of them those that are its own: the others are pages of the program's
 * file, which all its processes share. Empty where `/proc` is not.
 */
export function memoryMb(pid: number): { residentMb?: number; privateMb?: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const megabytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
    return { residentMb: megabytes("VmRSS"), privateMb: megabytes("RssAnon") };
  } catch {
    return {};
  }
}

/** The only child of a process (nginx's worker). */
export const childOf = (pid: number): number | undefined => childrenOf(pid)[0];

function childrenOf(pid: number): readonly number[] {
  try {
    const text = readdirSync(`/proc/${pid}/task`)
      .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8")).join(" ");
    return text.split(/\s+/).filter((child) => child !== "").map(Number);
  } catch {
    return [];
  }
}

/** Microseconds of processor time and megabytes of a process with its children, and theirs. */
export function processTree(pid: number): { readonly cpuUs: number; readonly residentMb: number } {
  let [cpu, resident] = [cpuUs(pid) ?? 0, memoryMb(pid).residentMb ?? 0];
  for (const child of childrenOf(pid)) {
    const below = processTree(child);
    cpu += below.cpuUs;
    resident += below.residentMb;
  }
  return { cpuUs: cpu, residentMb: resident };
}
