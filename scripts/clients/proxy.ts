/** The real program, started as a user starts it, with what it logs. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { FailureClass } from "../../src/model/failure.ts";
import { findBun } from "../bun.ts";
import { start } from "./processes.ts";

/** The project. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A request's line in the log. */
export interface Logged {
  readonly client: string;
  readonly kind: string;
  readonly route: string;
  readonly why: readonly string[];
  readonly provider?: string;
  readonly model?: string;
  readonly status: number;
  readonly failure?: string;
  readonly attempts: readonly { readonly provider: string; readonly failure?: FailureClass }[];
}

export interface Proxy {
  readonly url: string;
  /** Generating requests that are over, in the order of their ends. */
  readonly requests: readonly Logged[];
  /** All that it wrote. */
  readonly output: string;
  stop(): Promise<void>;
}

export type Runtime = "deno" | "bun";

/** The command that runs the program, with the permissions that `deno task start` gives it. */
export function programCommand(runtime: Runtime): [string, string[]] {
  if (runtime === "bun") return [findBun(), ["run", "main.ts"]];
  const { tasks } = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8"));
  const permissions = String(tasks.start).split(" ").filter((word) => word.startsWith("--allow-"));
  return [process.execPath, ["run", ...permissions, "main.ts"]];
}

/** Starts it with a configuration, its data in a folder of its own. @throws Error when it does not start. */
export async function startProxy(toml: string, home: string, runtime: Runtime): Promise<Proxy> {
  mkdirSync(home, { recursive: true });
  const file = join(home, "config.toml");
  writeFileSync(file, toml, { mode: 0o600 });
  const requests: Logged[] = [];
  const listening = Promise.withResolvers<string>();
  const [command, args] = programCommand(runtime);
  const running = start(command, [...args, "serve", "--config", file, "--log-json"], {
    cwd: ROOT,
    env: { XDG_DATA_HOME: join(home, "data"), NO_COLOR: "1" },
    onLine(line) {
      const entry = parse(line);
      if (entry === undefined) return;
      if (typeof entry.url === "string") listening.resolve(entry.url);
      if (Array.isArray(entry.attempts)) requests.push(entry as unknown as Logged);
    },
  });
  const url = await Promise.race([
    listening.promise,
    running.exited.then(() => {
      throw new Error(`the proxy did not start: ${running.output}`);
    }),
  ]);
  return {
    url,
    requests,
    get output() {
      return running.output;
    },
    stop: () => running.stop(),
  };
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const entry = JSON.parse(line);
    return { ...entry, ...entry.properties };
  } catch {
    return undefined;
  }
}
