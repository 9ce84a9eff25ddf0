/** Programs that run beside the test: started, listened to, ended for sure. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import process from "node:process";

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Told of each line that the program writes, on either stream. */
  readonly onLine?: (line: string) => void;
}

export interface Running {
  /** Everything written so far, on both streams. */
  readonly output: string;
  /** Resolves with the exit code; null where a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Ends the program and all that it started. */
  stop(): Promise<void>;
}

const open = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of open) end(child, "SIGKILL");
});

/** Starts a program in a process group of its own, so that what it starts itself ends with it. */
export function start(command: string, args: readonly string[], options: StartOptions = {}): Running {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
  });
  open.add(child);
  let output = "";
  let line = "";
  const read = (chunk: Uint8Array) => {
    const text = chunk.toString();
    output += text;
    if (options.onLine === undefined) return;
    const lines = (line + text).split("\n");
    line = lines.pop() ?? "";
    for (const one of lines) options.onLine(one);
  };
  child.stdout?.on("data", read);
  child.stderr?.on("data", read);
  const exited = new Promise<number | null>((resolve) => {
    child.on("error", (error) => {
      output += String(error);
      resolve(1);
    });
    child.on("close", (code) => resolve(code));
  }).finally(() => open.delete(child));
  return {
    get output() {
      return output;
    },
    exited,
    async stop() {
      end(child, "SIGTERM");
      const late = setTimeout(() => end(child, "SIGKILL"), 3000);
      await exited;
      clearTimeout(late);
      end(child, "SIGKILL");
    },
  };
}

function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch { /* it has gone already */ }
}

/** Runs a program to its end, or to the end of its time. */
export async function run(
  command: string,
  args: readonly string[],
  options: StartOptions & { readonly timeoutMs: number },
): Promise<{ readonly code: number | null; readonly output: string; readonly timedOut: boolean }> {
  const running = start(command, args, options);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    running.stop();
  }, options.timeoutMs);
  const code = await running.exited;
  clearTimeout(timer);
  return { code, output: running.output, timedOut };
}

/** A port that is free now, for programs that must be told one. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
