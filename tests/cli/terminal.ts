/** Commands run as functions, with surroundings that a test makes and reads. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../../src/cli/cli.ts";
import type { Io, Out, Signal } from "../../src/cli/io.ts";
import { tempFolder } from "../support/disposable.ts";

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A terminal of so many columns; undefined: a pipe. */
  readonly columns?: number;
  readonly color?: boolean;
  readonly stdin?: string;
  /** Milliseconds, for commands that measure time. */
  readonly now?: () => number;
}

/** A command under way. */
export interface Session {
  readonly io: Io;
  /** What has been written so far. */
  out(): string;
  err(): string;
  /** Resolves when either stream has said something that matches, looking at it from `from` on. */
  says(words: RegExp, from?: number): Promise<RegExpExecArray>;
  /** Characters said so far, for {@link says}. */
  length(): number;
  signal(name: Signal): void;
}

/** Surroundings for a command's arguments. */
export function session(args: readonly string[], surroundings: Surroundings = {}): Session {
  const { env = {}, cwd = tmpdir(), columns, color = false, stdin = "", now } = surroundings;
  const texts = { out: "", err: "" };
  let all = "";
  const waiting = new Set<() => void>();
  const stream = (name: "out" | "err"): Out => ({
    write(text, control = "") {
      texts[name] += control + text;
      all += control + text;
      for (const look of waiting) look();
    },
    isTTY: columns !== undefined,
    ...(columns === undefined ? {} : { columns, rows: 24 }),
    color,
    gone: new AbortController().signal,
  });
  const listeners = new Map<Signal, Set<() => void>>();
  return {
    io: {
      args,
      // A file of the current folder is used only when it is named.
      env: {
        HOME: cwd,
        ...(existsSync(join(cwd, "config.toml")) && { TERRAPHIM_CONFIG: "config.toml" }),
        ...env,
      },
      cwd,
      stdout: stream("out"),
      stderr: stream("err"),
      stdin: () => Promise.resolve(stdin),
      ...(now === undefined ? {} : { now }),
      onSignal(signal, listener) {
        const set = listeners.get(signal) ?? new Set();
        listeners.set(signal, set.add(listener));
        return () => void set.delete(listener);
      },
    },
    out: () => texts.out,
    err: () => texts.err,
    length: () => all.length,
    says: (words, from = 0) =>
      new Promise((resolve) => {
        const look = () => {
          const match = words.exec(all.slice(from));
          if (match === null) return;
          waiting.delete(look);
          resolve(match);
        };
        waiting.add(look);
        look();
      }),
    signal(name) {
      for (const listener of [...listeners.get(name) ?? []]) listener();
    },
  };
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The standard output as JSON. */
  // deno-lint-ignore no-explicit-any
  json(): any;
}

/** Runs a command to its end. */
export async function run(args: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const { io, out, err } = session(args, surroundings);
  const code = await runCli(io);
  return { code, out: out(), err: err(), json: () => JSON.parse(out()) };
}

/** Calls `work` with a folder of its own that holds these files, and removes it. */
export async function inFolder(
  files: Readonly<Record<string, string>>,
  work: (folder: string) => void | Promise<void>,
): Promise<void> {
  using folder = tempFolder();
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(folder.at(name), text, { mode: 0o600 });
  }
  await work(folder.path);
}

/** Writes what a model refused into the data folder below a folder (`XDG_DATA_HOME`). */
export function lessonIn(folder: string): void {
  const data = join(folder, "terraphim-llm-proxy");
  mkdirSync(data);
  const lesson = { kind: "field", name: "store" };
  const at = new Date().toISOString();
  const message = "Unknown parameter: 'store'.";
  const learned = [{ provider: "mine", model: "big-model", lesson, at, message }];
  writeFileSync(join(data, "lessons.json"), JSON.stringify(learned));
}
