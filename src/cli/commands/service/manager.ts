/** The system's own service manager: where it keeps a service, and the commands that it takes. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { reason } from "../../../files/errors.ts";
import { writeWhole } from "../../../files/write.ts";
import { CliError, NAME } from "../../command.ts";
import { dataFolderOf, homeOf } from "../../configuration.ts";
import type { Io } from "../../io.ts";
import { LABEL, launchdAgent, type ServiceProgram, systemdUnit, windowsTask } from "./units.ts";

export const ACTIONS = ["install", "uninstall", "start", "stop", "restart", "status", "logs"] as const;
export type Action = typeof ACTIONS[number];

type Line = readonly [program: string, ...args: string[]];

/** A line, or one whose failure is ignored or makes it run once more. */
type Step = Line | { readonly line: Line; readonly failed: "ignore" | "retry" };

export interface Manager {
  /** For people. */
  readonly name: string;
  /** The file that describes the service. */
  readonly file: string;
  readonly logFile: string;
  readonly text: (program: ServiceProgram) => string;
  /** What is run for an action, in order; `install` after the file is written, `uninstall` before it is removed. */
  readonly lines: Readonly<Record<Action, readonly Step[]>>;
}

/** The manager of this system. */
export function managerOf(io: Pick<Io, "env">, platform: string = process.platform): Manager {
  const logFile = join(dataFolderOf(io), `${NAME}.log`);
  if (platform === "darwin") return launchd(io, logFile);
  return platform === "win32" ? scheduler(io, logFile) : systemd(io, logFile);
}

function systemd(io: Pick<Io, "env">, logFile: string): Manager {
  const folder = io.env.XDG_CONFIG_HOME || join(homeOf(io), ".config");
  const user = (...args: string[]): Line => ["systemctl", "--user", ...args];
  return {
    name: "systemd",
    file: join(folder, "systemd", "user", `${NAME}.service`),
    logFile,
    text: systemdUnit,
    lines: {
      install: [user("daemon-reload"), user("enable", NAME), user("restart", NAME)],
      uninstall: [user("disable", "--now", NAME)],
      start: [user("start", NAME)],
      stop: [user("stop", NAME)],
      restart: [user("restart", NAME)],
      status: [user("status", "--no-pager", NAME)],
      logs: [["journalctl", "--user", "--unit", NAME, "--lines", "100", "--no-pager"]],
    },
  };
}

function launchd(io: Pick<Io, "env">, logFile: string): Manager {
  const domain = `gui/${process.getuid?.() ?? 501}`;
  const service = `${domain}/${LABEL}`;
  const file = join(homeOf(io), "Library", "LaunchAgents", `${LABEL}.plist`);
  return {
    name: "launchd",
    file,
    logFile,
    text: launchdAgent,
    lines: {
      // A service that is loaded cannot be loaded again, and right after it was unloaded the first try may fail.
      install: [
        { line: ["launchctl", "bootout", service], failed: "ignore" },
        { line: ["launchctl", "bootstrap", domain, file], failed: "retry" },
      ],
      uninstall: [["launchctl", "bootout", service]],
      start: [["launchctl", "kickstart", service]],
      stop: [["launchctl", "kill", "SIGTERM", service]],
      restart: [["launchctl", "kickstart", "-k", service]],
      status: [["launchctl", "print", service]],
      logs: [["tail", "-n", "100", logFile]],
    },
  };
}

function scheduler(io: Pick<Io, "env">, logFile: string): Manager {
  const file = join(dataFolderOf(io), `${NAME}.task.xml`);
  const task = (...args: string[]): Line => ["schtasks", ...args];
  const { USERDOMAIN: domain, USERNAME: name } = io.env;
  const user = name ? { user: domain ? `${domain}\\${name}` : name } : {};
  return {
    name: "Windows' task scheduler",
    file,
    logFile,
    text: (program) => windowsTask({ ...program, ...user }),
    lines: {
      install: [task("/Create", "/TN", NAME, "/XML", file, "/F"), task("/Run", "/TN", NAME)],
      uninstall: [task("/End", "/TN", NAME), task("/Delete", "/TN", NAME, "/F")],
      start: [task("/Run", "/TN", NAME)],
      stop: [task("/End", "/TN", NAME)],
      restart: [task("/End", "/TN", NAME), task("/Run", "/TN", NAME)],
      status: [task("/Query", "/TN", NAME, "/V", "/FO", "LIST")],
      logs: [[
        "powershell",
        "-NoProfile",
        "-Command",
        `Get-Content -Tail 100 '${logFile.replaceAll("'", "''")}'`,
      ]],
    },
  };
}

/** Writes the service's file. Windows' scheduler reads UTF-16. @throws CliError */
export function writeService({ file, logFile, text }: Manager, command: readonly string[]): void {
  try {
    mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
    const written = text({ command, logFile });
    if (file.endsWith(".xml")) writeFileSync(file, `\ufeff${written}`, { encoding: "utf16le", mode: 0o600 });
    else writeWhole(file, written, 0o644);
  } catch (error) {
    throw new CliError(`cannot write ${file}: ${reason(error)}.`);
  }
}

export const removeService = ({ file }: Manager): void => rmSync(file, { force: true });

/** Runs the lines of an action. @returns what they printed. @throws CliError with what went wrong */
export function act(io: Pick<Io, "env">, { name, lines }: Manager, action: Action): string {
  let printed = "";
  for (const step of lines[action]) {
    const { line: [program, ...args], failed } = "line" in step ? step : { line: step, failed: undefined };
    const once = () => spawnSync(program, args, { encoding: "utf8", env: { ...io.env } });
    const first = once();
    const retried = failed === "retry" && first.error === undefined && first.status !== 0;
    const { status, stdout, stderr, error } = retried ? once() : first;
    if (error !== undefined) {
      throw new CliError(`${name} is not on this system: ${program} cannot be started.`);
    }
    if (failed === "ignore") continue;
    printed += stdout;
    // `status` of a stopped service is 3 for systemd: what it prints is the answer.
    const answered = action === "status" && stdout.trim() !== "";
    if (status !== 0 && !answered) {
      throw new CliError(`${[program, ...args].join(" ")} failed: ${stderr.trim() || `exit ${status}`}`);
    }
  }
  return printed;
}
