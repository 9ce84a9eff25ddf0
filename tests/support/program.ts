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
  /** Resolves when it has said something that matches. */
  says(words: RegExp): Promise<void>;
  /** Writes the configuration file. */
  edit(toml: string): void;
  signal(name: NodeJS.Signals): void;
  /** Resolves to the exit code. */
  readonly exited: Promise<number | null>;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

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
  const exited = new Promise<number | null>((resolve) => child.on("exit", (code) => resolve(code)));
  exited.then(() => waiting.forEach((look) => look()));
  const says = (words: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (words.test(said)) resolve();
        else if (child.exitCode !== null) {
          reject(new Error(`the program ended with ${child.exitCode} and said:\n${said}`));
        } else return;
        waiting.delete(look);
      };
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
