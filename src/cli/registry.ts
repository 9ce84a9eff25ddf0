/**
 * The commands. A new one is a folder in `commands/` and an entry here. Each is loaded only when it runs:
 * starting the proxy should not wait for the rest.
 */
import type { Command } from "./command.ts";
import { WORKER_COMMAND } from "./commands/serve/channel.ts";

export interface CommandEntry {
  readonly name: string;
  /** What it does, for the list of commands: at most 60 characters. */
  readonly brief: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "serve",
    brief: "run the proxy (default)",
    load: () => import("./commands/serve/command.ts"),
  },
  {
    name: "demo",
    brief: "see it route prompts: fake providers, no keys",
    load: () => import("./commands/demo/command.ts"),
  },
  {
    name: "init",
    brief: "write a configuration for the keys you have",
    load: () => import("./commands/init/command.ts"),
  },
  {
    name: "setup",
    brief: "point Claude Code, Codex and other agents to it",
    load: () => import("./commands/setup/command.ts"),
  },
  {
    name: "run",
    brief: "start an agent through it, without changing a file",
    load: () => import("./commands/run/command.ts"),
  },
  {
    name: "check",
    brief: "check the configuration: where each route goes",
    load: () => import("./commands/check/command.ts"),
  },
  {
    name: "route",
    brief: "explain where a prompt would go, without sending it",
    load: () => import("./commands/route/command.ts"),
  },
  {
    name: "stats",
    brief: "show cost, savings and tokens",
    load: () => import("./commands/stats/command.ts"),
  },
  {
    name: "log",
    brief: "show the latest requests and why each went where it did",
    load: () => import("./commands/log/command.ts"),
  },
  {
    name: "status",
    brief: "show proxy and provider status (--watch to follow)",
    load: () => import("./commands/status/command.ts"),
  },
  {
    name: "doctor",
    brief: "find common problems and say how to fix them",
    load: () => import("./commands/doctor/command.ts"),
  },
];

/** Commands for what a running proxy does not ask now: the list of commands has one line for all of them. */
export const COOLDOWN_COMMANDS: readonly CommandEntry[] = [
  {
    name: "cooldowns",
    brief: "list what is cooling down or paused, and until when",
    load: async () => ({ command: (await import("./commands/status/cooldowns.ts")).cooldowns }),
  },
  {
    name: "reset",
    brief: "end cooldowns: ask a provider again now",
    load: async () => ({ command: (await import("./commands/status/cooldowns.ts")).reset }),
  },
  {
    name: "pause",
    brief: "send nothing to a provider or model (--for 2h)",
    load: async () => ({ command: (await import("./commands/status/cooldowns.ts")).pause }),
  },
  {
    name: "resume",
    brief: "end a pause",
    load: async () => ({ command: (await import("./commands/status/cooldowns.ts")).resume }),
  },
];

/** Commands for what people choose themselves: the list of commands has one line for all of them. */
export const ROUTING_COMMANDS: readonly CommandEntry[] = [
  {
    name: "ask",
    brief: "send a prompt: the answer, its route and cost",
    load: () => import("./commands/ask/command.ts"),
  },
  {
    name: "import",
    brief: "make a configuration out of another program's",
    load: () => import("./commands/import/command.ts"),
  },
  {
    name: "models",
    brief: "list the model names clients can use",
    load: () => import("./commands/models/command.ts"),
  },
  {
    name: "pin",
    brief: "send a session to a route or model of your choice",
    load: async () => ({ command: (await import("./commands/status/pins.ts")).pin }),
  },
  {
    name: "unpin",
    brief: "let a session be routed by its content again",
    load: async () => ({ command: (await import("./commands/status/pins.ts")).unpin }),
  },
  {
    name: "prefer",
    brief: "say which route was right for a request",
    load: () => import("./commands/prefer/command.ts"),
  },
  {
    name: "learn",
    brief: "show, undo or export what was learned from you",
    load: () => import("./commands/learn/command.ts"),
  },
  {
    name: "eval",
    brief: "measure how well labelled prompts are routed",
    load: () => import("./commands/eval/command.ts"),
  },
];

/** Commands for the program itself on this machine, and for who may use it: the list of commands has one line for all of them. */
export const PROGRAM_COMMANDS: readonly CommandEntry[] = [
  {
    name: "keys",
    brief: "give people keys of their own, with limits",
    load: () => import("./commands/keys/command.ts"),
  },
  {
    name: "store",
    brief: "copy a SQLite ledger into PostgreSQL",
    load: () => import("./commands/store/command.ts"),
  },
  {
    name: "service",
    brief: "run it in the background, from login on",
    load: () => import("./commands/service/command.ts"),
  },
  {
    name: "upgrade",
    brief: "replace this program by a newer version, or go back",
    load: () => import("./commands/upgrade/command.ts"),
  },
  {
    name: "uninstall",
    brief: "remove it, its service and what setup changed",
    load: () => import("./commands/uninstall/command.ts"),
  },
  {
    name: "completions",
    brief: "print a completion script for bash, zsh or fish",
    load: () => import("./commands/completions/command.ts"),
  },
  {
    name: "man",
    brief: "print the manual page",
    load: () => import("./commands/man/command.ts"),
  },
];

/** Every command. */
export const ALL_COMMANDS: readonly CommandEntry[] = [
  ...COMMANDS,
  ...COOLDOWN_COMMANDS,
  ...ROUTING_COMMANDS,
  ...PROGRAM_COMMANDS,
];

/** Commands that nobody types: no list and no help has them. */
export const INTERNAL_COMMANDS: readonly CommandEntry[] = [
  {
    name: WORKER_COMMAND,
    brief: "",
    load: async () => ({ command: (await import("./commands/serve/command.ts")).workerCommand }),
  },
];

/** The command that runs when none is named. */
export const DEFAULT_COMMAND = "serve";
