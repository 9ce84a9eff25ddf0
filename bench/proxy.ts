/** Starts what is measured: the static provider, and the proxy as its users start it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { benchConfig } from "./config.ts";
import { answers, command, freePort, program, type ProgramName, Running } from "./processes.ts";

export interface Started {
  readonly running: Running;
  readonly url: string;
}

/** Starts the static provider on Bun, which is the faster one at this. */
export const startUpstream = () => startScript("bench/upstream.ts");

/** Starts the least that a proxy on Bun can be. */
export const startBare = (upstream: string) => startScript("bench/bare.ts", upstream);

/** A script that prints its port when it listens. */
async function startScript(script: string, ...args: string[]): Promise<Started & { readonly port: number }> {
  const running = new Running(command("bun", script, args));
  await running.until(() => /^\d+$/.test(running.output));
  const port = Number(running.output);
  return { running, port, url: `http://127.0.0.1:${port}` };
}

export interface ProxyOptions {
  readonly runtime: ProgramName;
  /** A folder for its files. */
  readonly folder: string;
  readonly upstream: string;
  /** Accounting. @default true */
  readonly ledger?: boolean;
  readonly dialects?: readonly string[];
}

/** What Deno has loaded and compiled before: with a home of its own a proxy would start without it. */
const DENO_DIR = process.env.DENO_DIR ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "deno");

/** The command that serves with this configuration, and the address where it will. */
export async function proxyCommand({ runtime, folder, upstream, ledger = true, dialects }: ProxyOptions) {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "config.toml");
  writeFileSync(
    config,
    benchConfig({
      upstream,
      ledger: ledger ? join(folder, "ledger.sqlite") : undefined,
      ...(dialects === undefined ? {} : { dialects }),
    }),
  );
  const port = await freePort();
  return {
    line: program(runtime, ["--config", config, "--port", String(port)]),
    env: { HOME: folder, XDG_DATA_HOME: join(folder, "data"), DENO_DIR },
    url: `http://127.0.0.1:${port}`,
  };
}

/** Starts the proxy and waits until it answers. */
export async function startProxy(options: ProxyOptions): Promise<Started> {
  const { line, env, url } = await proxyCommand(options);
  const running = new Running(line, env);
  await running.until(() => answers(`${url}/health`));
  return { running, url };
}
