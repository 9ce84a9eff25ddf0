/** What `service` does. */
import { appendFileSync, chmodSync, existsSync, readFileSync } from "node:fs";
import { openConfig } from "../../../config/load.ts";
import { readDotEnv } from "../../../config/source/env.ts";
import { messageOf, reason } from "../../../files/errors.ts";
import { ownExecutable, selfCommand } from "../../../runtime/program.ts";
import { CliError, EXIT, PROGRAM } from "../../command.ts";
import { catalogFor, readConfig, shortPath } from "../../configuration.ts";
import type { Io } from "../../io.ts";
import { reportProviders, reportRoutes } from "../../../router/route-report.ts";
import { act, type Action, type Manager, managerOf, removeService, writeService } from "./manager.ts";

export interface ServiceOptions {
  readonly action: Action;
  readonly keys: boolean;
  readonly config?: string | undefined;
}

/** @throws CliError where the service manager is not there, or refuses */
export function runService(io: Io, options: ServiceOptions): number {
  const { action } = options;
  const manager = managerOf(io);
  if (action === "install") return install(io, manager, options);
  if (!existsSync(manager.file)) {
    throw new CliError(`the service is not installed (${manager.file}); ${PROGRAM} service install does it.`);
  }
  if (action === "uninstall") {
    uninstallService(io, manager);
    io.stdout.write(`Stopped the service and removed ${shortPath(io, manager.file)}.\n`);
    return EXIT.ok;
  }
  const printed = act(io, manager, action);
  const done: Partial<Record<Action, string>> = {
    start: "Started.",
    stop: "Stopped.",
    restart: "Restarted.",
  };
  io.stdout.write(printed === "" ? `${done[action] ?? ""}\n` : printed);
  return EXIT.ok;
}

/** Stops the service and removes its file. A service that its manager does not know is only removed. */
export function uninstallService(io: Io, manager: Manager = managerOf(io)): void {
  try {
    act(io, manager, "uninstall");
  } catch { /* it does not run, or there is no manager */ }
  removeService(manager);
}

function install(io: Io, manager: Manager, { keys, config: option }: ServiceOptions): number {
  const config = readConfig(io, option);
  const { path } = config;
  if (path === undefined) {
    throw new CliError(
      `a service needs a configuration file, and does not see this shell's keys: ${PROGRAM} init -o FILE, then service install --config FILE.`,
      EXIT.unusable,
    );
  }
  const executable = ownExecutable();
  if (executable !== undefined && /[\\/]_npx[\\/]/.test(executable)) {
    throw new CliError(
      "npx keeps the program only for a while: npm install --global terraphim-llm-proxy first.",
      EXIT.unusable,
    );
  }
  const missing = shellOnly(io, path);
  if (missing.length > 0 && keys) copyKeys(io, path, missing);
  const isNew = !existsSync(manager.file);
  writeService(manager, [...selfCommand(config.proxy.workers > 1), "--config", path]);
  try {
    act(io, manager, "install");
  } catch (error) {
    if (isNew) removeService(manager); // half a service would look like one that is there
    throw /to connect to bus/.test(messageOf(error))
      ? new CliError(
        `${
          messageOf(error)
        }. Nothing was installed: a user's service needs a login session, which a container and su ` +
          "do not have; docs/team.md has a unit of the system.",
      )
      : error;
  }
  io.stdout.write(`Runs now and from every login on: ${shortPath(io, manager.file)} (${manager.name}).\n`);
  if (missing.length > 0 && !keys) {
    io.stdout.write(
      `It does not see this shell's variables: ${
        missing.join(", ")
      }. ${PROGRAM} service install --keys copies them into ${shortPath(io, readDotEnv(path).path)}.\n`,
    );
  }
  io.stdout.write(
    `${PROGRAM} service status, logs, stop, uninstall. ${STAYS[manager.name] ?? ""}`.trimEnd() + "\n",
  );
  return EXIT.ok;
}

/** How it runs without a login, where that is another step. */
const STAYS: Readonly<Record<string, string>> = {
  systemd: "To run it without a login: loginctl enable-linger.",
};

/** Variables with keys that the configuration uses, and that a service would not have: set in this shell only. */
function shellOnly(io: Io, path: string): string[] {
  const bare = Object.fromEntries(
    Object.entries(io.env).filter(([name]) =>
      /^(HOME|USERPROFILE|PATH|XDG_.*|APPDATA|LOCALAPPDATA)$/.test(name)
    ),
  );
  const alone = openConfig({ option: path, env: bare, cwd: io.cwd });
  const words = alone.ok
    ? reportProviders(alone.config, reportRoutes(alone.config, catalogFor(io, alone.config))).flatMap((
      { problem },
    ) => problem ?? [])
    : alone.problems.map(({ message }) => message);
  const named = [...words, readFileSync(path, "utf8")].flatMap((text) =>
    [...text.matchAll(/\b[A-Z][A-Z0-9_]{2,}\b/g)].map(([name]) => name)
  );
  const written = readDotEnv(path).values;
  return [...new Set(named)].filter((name) =>
    io.env[name] !== undefined && bare[name] === undefined && written[name] === undefined
  );
}

/** Adds variables to the `.env` beside the configuration, which is the user's alone. */
function copyKeys(io: Io, path: string, names: readonly string[]): void {
  const { path: file } = readDotEnv(path);
  const lines = names.map((name) => `${name}=${JSON.stringify(io.env[name] ?? "")}\n`).join("");
  try {
    const before = existsSync(file) ? readFileSync(file, "utf8") : "";
    appendFileSync(file, `${before === "" || before.endsWith("\n") ? "" : "\n"}${lines}`, { mode: 0o600 });
    chmodSync(file, 0o600);
  } catch (error) {
    throw new CliError(`cannot write ${file}: ${reason(error)}.`);
  }
  io.stdout.write(`Copied ${names.join(", ")} into ${shortPath(io, file)}.\n`);
}
