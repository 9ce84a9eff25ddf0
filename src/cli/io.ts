/** The program's surroundings as commands see them: arguments, streams, environment, signals. Tests bring their own. */
import process from "node:process";
import { text } from "node:stream/consumers";
import type { Scrubber } from "../text/secrets.ts";
import { shown } from "../text/visible.ts";

/** A stream that people or programs read. */
export interface Out {
  /**
   * Writes `control`, sequences for a terminal, as they are, and then the text, of which {@link safeIo} makes what a terminal
   * would obey visible. It is not an error when the reader has gone away.
   */
  write(text: string, control?: string): void;
  readonly isTTY: boolean;
  /** Columns of the terminal; undefined in a pipe: nothing is cut or wrapped. */
  readonly columns?: number;
  /** Lines of the terminal; undefined in a pipe. */
  readonly rows?: number;
  readonly color: boolean;
  /** Aborts when nobody reads it any more. */
  readonly gone: AbortSignal;
}

/** Whether a terminal has room for one thing in a line only: tables become lists there. */
export function isNarrow({ columns }: Out): boolean {
  return columns !== undefined && columns < 60;
}

export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

export interface Io {
  /** Without the program's name. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: Out;
  readonly stderr: Out;
  /** All of the standard input, as text. */
  stdin(): Promise<string>;
  /** Asks a question and reads a line; undefined: the input has ended. @default nobody can be asked: not a terminal */
  readonly ask?: (question: string) => Promise<string | undefined>;
  /** Takes the secrets of a scrubber out of everything that is written from now on. @default nothing is taken out */
  readonly hide?: (scrubber: Scrubber) => void;
  /** Milliseconds since any moment, which never go back. @default performance.now */
  readonly now?: () => number;
  /** Calls `listener` at each such signal. Returns a function that stops that. */
  onSignal(signal: Signal, listener: () => void): () => void;
}

/** The same surroundings, whose two streams can {@link Io.hide} secrets. */
export function hiding(io: Io): Io {
  let scrubber: Scrubber | undefined;
  const hidingIn = (out: Out): Out =>
    Object.assign(Object.create(out) as Out, {
      write: (text: string, control?: string) =>
        out.write(scrubber === undefined ? text : scrubber.conceal(text), control),
    });
  return {
    ...io,
    stdout: hidingIn(io.stdout),
    stderr: hidingIn(io.stderr),
    hide: (next) => void (scrubber = next),
  };
}

/**
 * Whether to use colour: `FORCE_COLOR` and `NO_COLOR` (https://no-color.org) decide where they are set, else whether the
 * terminal has colours.
 */
export function wantsColor(env: Io["env"], isTTY: boolean): boolean {
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "") return env.FORCE_COLOR !== "0";
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  return isTTY && env.TERM !== "dumb";
}

/** The process's own surroundings. */
export function processIo(): Io {
  return {
    args: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    stdout: outOf(process.stdout),
    stderr: outOf(process.stderr),
    stdin: () => text(process.stdin),
    ...(process.stdin.isTTY && process.stdout.isTTY ? { ask } : {}),
    onSignal(signal, listener) {
      try {
        process.on(signal, listener);
      } catch {
        return () => {}; // this platform has no such signal
      }
      return () => void process.off(signal, listener);
    },
  };
}

async function ask(question: string): Promise<string | undefined> {
  const { createInterface } = await import("node:readline");
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await new Promise((resolve) => {
      lines.once("close", () => resolve(undefined));
      lines.question(question, resolve);
    });
  } finally {
    lines.close();
  }
}

/** Texts that are being written. */
const inFlight = new Set<Promise<void>>();
/** Output was lost, and not because its reader closed the pipe. */
let lost = false;

/** Resolves when everything written so far has gone out; to false when some of it was lost. */
export async function flushed(): Promise<boolean> {
  await Promise.all(inFlight);
  return !lost;
}

function outOf(stream: NodeJS.WriteStream): Out {
  const gone = new AbortController();
  const failed = (error: NodeJS.ErrnoException) => {
    gone.abort();
    if (error.code !== "EPIPE") lost = true; // EPIPE: `| head` has closed the pipe
  };
  stream.on("error", failed);
  const isTTY = stream.isTTY === true;
  return {
    write(text, control = "") {
      if (gone.signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      inFlight.add(promise);
      promise.then(() => inFlight.delete(promise));
      try {
        stream.write(control + text, (error) => {
          if (error) failed(error);
          resolve();
        });
      } catch (error) {
        failed(error as NodeJS.ErrnoException);
        resolve();
      }
    },
    gone: gone.signal,
    isTTY,
    get columns() {
      return isTTY ? stream.columns || 80 : undefined;
    },
    get rows() {
      return isTTY ? stream.rows || 24 : undefined;
    },
    color: wantsColor(process.env, isTTY),
  };
}

/** The same surroundings, whose streams show what a terminal would obey, but for the program's own colours. */
export const safeIo = (io: Io): Io => ({ ...io, stdout: safe(io.stdout), stderr: safe(io.stderr) });

const safe = (out: Out): Out =>
  Object.assign(Object.create(out) as Out, {
    write: (text: string, control?: string) => out.write(shown(text, out.color), control),
  });

/** Prints a value as indented JSON on the standard output. */
export function printJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Calls `work` again `everyMs` milliseconds after it has finished. Resolves at SIGINT or SIGTERM, or when nobody reads
 * the output any more; then the signal that `work` was given aborts. Rejects with what `work` throws.
 */
export async function untilSignal(
  io: Pick<Io, "onSignal" | "stdout">,
  everyMs: number,
  work: (signal: AbortSignal) => void | Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const ended = () => {
    stop.abort();
    resolve();
  };
  const ends = [io.onSignal("SIGINT", ended), io.onSignal("SIGTERM", ended)];
  io.stdout.gone.addEventListener("abort", ended);
  if (io.stdout.gone.aborted) ended();
  try {
    while (!stop.signal.aborted) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await Promise.race([new Promise((next) => timer = setTimeout(next, everyMs)), stopped]);
      clearTimeout(timer);
      if (!stop.signal.aborted) await work(stop.signal);
    }
  } finally {
    for (const end of ends) end();
    io.stdout.gone.removeEventListener("abort", ended);
  }
}
