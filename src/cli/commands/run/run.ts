/** One run of an agent: with the proxy that runs, or with one of its own that ends with it. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Config } from "../../../config/config.ts";
import { LiveConfig } from "../../../config/live/live.ts";
import { silent } from "../../../log/log.ts";
import { onPath } from "../../../runtime/program.ts";
import { compose } from "../../../server/compose.ts";
import { serve } from "../../../server/server.ts";
import { CliError, EXIT, NAME, VERSION } from "../../command.ts";
import { catalogFor, dataFolderOf, readConfig } from "../../configuration.ts";
import type { Io, Signal } from "../../io.ts";
import { serverUrl } from "../../options.ts";
import { type Aim, aimOf, type Client, type OneRun } from "../setup/client.ts";
import { clientNamed } from "../setup/clients.ts";
import { dataIn, editText, readClientFile } from "../setup/file.ts";
import { addressOf, adminKeyOf, askHealth } from "../status/health.ts";

export interface RunOptions {
  readonly agent: string;
  readonly args: readonly string[];
  readonly model?: string | undefined;
  readonly url?: string | undefined;
  readonly config?: string | undefined;
}

/** Resolves to the agent's exit code. @throws CliError where it cannot be started */
export async function runAgent(
  io: Io,
  { agent, args, model, url, config: file }: RunOptions,
): Promise<number> {
  const client = clientNamed(agent);
  if (client?.run === undefined || client.program === undefined) {
    throw new CliError(
      `${agent} cannot be started by run; setup ${agent} shows its settings.`,
      EXIT.unusable,
    );
  }
  const program = onPath(io.env, client.program);
  if (program === undefined) {
    throw new CliError(`${client.program} is not installed: it is not on your PATH.`, EXIT.unusable);
  }
  const config = readConfig(io, file);
  const proxy = url === undefined
    ? await proxyFor(io, config, file)
    : { url: serverUrl(url), end: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), `${NAME}-`));
  try {
    const aim = aimFor(io, config, client, { url: proxy.url, model });
    const one = client.run({ ...aim, io });
    const env = { ...io.env, ...one.env, ...copied(io, { client, one, aim, folder }) };
    return await started(io, program, [...one.args ?? [], ...args], env);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await proxy.end();
  }
}

/** The key goes into the agent's environment, for this run; a login of the agent's own stays in use. */
function aimFor(
  io: Io,
  config: Config,
  client: Client,
  wanted: { readonly url: string; readonly model: string | undefined },
): Aim {
  const aim = aimOf(config, catalogFor(io, config), wanted);
  const secret = aim.key === undefined ? undefined : config.proxy.apiKeys[0];
  const passthrough = aim.passthrough || client.login?.(io) !== undefined;
  return { ...aim, key: undefined, secret, passthrough };
}

/** A copy of the agent's file with the settings, where it takes no others. It holds the key, and is the user's alone. */
function copied(
  io: Io,
  { client, one: { copyIn }, aim, folder }: {
    readonly client: Client;
    readonly one: OneRun;
    readonly aim: Aim;
    readonly folder: string;
  },
): Record<string, string> {
  const [file] = client.files;
  if (copyIn === undefined || file === undefined) return {};
  const text = readClientFile(file.path(io)) ?? "";
  const path = join(folder, `config.${file.format}`);
  const edits = file.edits(aim, dataIn(file.format, text));
  writeFileSync(path, editText(file.format, text, edits), { mode: 0o600 });
  return { [copyIn]: path };
}

interface Proxy {
  readonly url: string;
  /** Ends it, if it is this run's own. */
  end(): Promise<void>;
}

/** The proxy at the configured address, else one in this process, on a free port: it never takes the address of a later one. */
async function proxyFor(io: Io, config: Config, option: string | undefined): Promise<Proxy> {
  const url = addressOf(config);
  const health = await askHealth(url, adminKeyOf(config));
  if (health.ok) return { url, end: async () => {} };
  const opened = LiveConfig.open({
    option,
    env: io.env,
    cwd: io.cwd,
    overrides: { host: "127.0.0.1", port: 0 },
  });
  if (!opened.ok) throw new CliError("the configuration has changed and has mistakes now.", EXIT.unusable);
  const { live } = opened;
  const composed = compose({ source: live, log: silent, version: VERSION, dataFolder: dataFolderOf(io) });
  const server = serve(composed.context, "127.0.0.1", 0);
  live.watch();
  io.stderr.write(`No proxy runs at ${url}: this run has its own, ${server.url}/dashboard\n`);
  return {
    url: server.url,
    end: async () => {
      live.close();
      await server.stop(live.current.proxy.stopGraceMs);
      await composed.close();
    },
  };
}

/** Runs the agent in this terminal. Resolves to its exit code; 128 and more: a signal ended it. */
async function started(
  io: Io,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  // Windows starts scripts such as npm's only through a shell.
  const viaShell = process.platform === "win32" && /\.(cmd|bat)$/i.test(program);
  const child = spawn(
    viaShell ? `"${program}"` : program,
    args.map((one) => viaShell ? `"${one.replaceAll('"', '""')}"` : one),
    {
      env,
      cwd: io.cwd,
      stdio: "inherit",
      shell: viaShell,
    },
  );
  // Ctrl-C reaches the agent by itself, and what it means is the agent's business.
  const passOn = (signal: Signal) => io.onSignal(signal, () => void child.kill(signal));
  const ends = [io.onSignal("SIGINT", () => {}), passOn("SIGTERM"), passOn("SIGHUP")];
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on("error", (error) => reject(new CliError(`${program} cannot be started: ${error.message}.`)));
      child.on(
        "exit",
        (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal] ?? 0)),
      );
    });
  } finally {
    for (const end of ends) end();
  }
}
