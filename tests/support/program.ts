/** The program as people run it: a process of its own, with a configuration file that can be edited. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export interface Program extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Its own folder: `config.toml`, and its data under `data`. */
  readonly folder: string;
  /** Everything that it has said so far, on both streams. */
  said(): string;
  /** Resolves when it has said something that matches; rejects when it ends before, or says nothing such for two minutes. */
  says(words: RegExp): Promise<void>;
  /** Writes the configuration file. */
  edit(toml: string): void;
  signal(name: NodeJS.Signals): void;
  /** Resolves to the exit code. */
  readonly exited: Promise<number | null>;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

/** Longer than anything takes on a busy machine: a test that waits in vain must fail, and say so. */
const PATIENCE_MS = 120_000;

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** How the runtime that runs this test runs the program from source. */
export function fromSource(): readonly string[] {
  return process.versions.bun === undefined
    ? [process.execPath, "run", "-A", MAIN]
    : [process.execPath, MAIN];
}

/** Starts the program on a free port and waits until it listens. */
export async function startProgram(
  command: readonly string[],
  toml: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), "program-"));
  const path = join(folder, "config.toml");
  writeFileSync(path, toml);
  const [file = "", ...args] = command;
  const child: ChildProcess = spawn(file, [...args, "--config", path, "--port", "0"], {
    cwd: folder,
    env: { ...process.env, XDG_DATA_HOME: join(folder, "data"), NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const waiting = new Set<() => void>();
  const heard = (chunk: Uint8Array) => {
    said += new TextDecoder().decode(chunk);
    for (const look of waiting) look();
  };
  child.stdout?.on("data", heard);
  child.stderr?.on("data", heard);
  let ended: string | undefined;
  const exited = new Promise<number | null>((resolve) =>
    child.on("exit", (code, signal) => {
      ended = String(code ?? signal);
      resolve(code);
    })
  );
  exited.then(() => waiting.forEach((look) => look()));
  const says = (words: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const over = (problem?: string) => {
        waiting.delete(look);
        clearTimeout(timer);
        if (problem === undefined) resolve();
        else reject(new Error(`${problem}; it said:\n${said}`));
      };
      const look = () => {
        if (words.test(said)) over();
        else if (ended !== undefined) over(`the program ended with ${ended}`);
      };
      const timer = setTimeout(() => over(`the program does not say ${words}`), PATIENCE_MS);
      waiting.add(look);
      look();
    });
  await says(/https?:\/\/127\.0\.0\.1:\d+/);
  const url = /https?:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? "";
  const close = async () => {
    child.kill("SIGKILL");
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    url,
    pid: child.pid ?? 0,
    folder,
    said: () => said,
    says,
    edit: (next) => writeFileSync(path, next),
    // Not child.kill(): Deno then reports the signal instead of the exit code.
    signal: (name) => void process.kill(child.pid ?? 0, name),
    exited,
    close,
    [Symbol.asyncDispose]: close,
  };
}
