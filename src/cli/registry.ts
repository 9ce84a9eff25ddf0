/**
 * The commands. A new one is a folder in `commands/` and an entry here. Each is loaded only when it is asked for:
 * starting the proxy should not wait for the rest.
 */
import type { Command } from "./command.ts";

export interface CommandEntry {
  readonly name: string;
  /** What it does, for the list of commands: at most 60 characters. */
  readonly brief: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "serve",
    brief: "run the proxy (what happens without a command, too)",
    load: () => import("./commands/serve/command.ts"),
  },
  {
    name: "demo",
    brief: "watch it route, with made-up providers and no keys",
    load: () => import("./commands/demo/command.ts"),
  },
  {
    name: "init",
    brief: "write a configuration from the keys you have",
    load: () => import("./commands/init/command.ts"),
  },
  {
    name: "setup",
    brief: "point Claude Code, Codex, OpenClaw or opencode here",
    load: () => import("./commands/setup/command.ts"),
  },
  {
    name: "check",
    brief: "say where each route leads, and what is missing",
    load: () => import("./commands/check/command.ts"),
  },
  {
    name: "route",
    brief: "explain where a prompt would go, without sending it",
    load: () => import("./commands/route/command.ts"),
  },
  {
    name: "stats",
    brief: "what it cost and what it saved, and where it went",
    load: () => import("./commands/stats/command.ts"),
  },
  {
    name: "log",
    brief: "the newest requests with their reasons; --follow for more",
    load: () => import("./commands/log/command.ts"),
  },
  {
    name: "status",
    brief: "how a running proxy and its providers are; --watch for live",
    load: () => import("./commands/status/command.ts"),
  },
  {
    name: "doctor",
    brief: "look at what usually goes wrong, and say what to do",
    load: () => import("./commands/doctor/command.ts"),
  },
  {
    name: "models",
    brief: "list the model names that can be asked for",
    load: () => import("./commands/models/command.ts"),
  },
  {
    name: "completions",
    brief: "print the completions for bash, zsh or fish",
    load: () => import("./commands/completions/command.ts"),
  },
];

/** The command that runs when none is named. */
export const USUAL = "serve";
