/** What the program is called, what a command is, and how one ends that cannot do what was asked. */
import process from "node:process";
import manifest from "../../deno.json" with { type: "json" };
import type { Parser } from "@optique/core/parser";
import type { Message } from "@optique/core/message";
import type { Io } from "./io.ts";

/** A command whose options are parsed, ready to go. Resolves to its exit code. */
export type Run = (io: Io) => Promise<number>;

export interface Command {
  /** One or two sentences for its own help. */
  readonly description: Message;
  /** Its options and arguments; the value is the command, ready to go. */
  readonly parser: Parser<"sync", Run, unknown>;
  /** Command lines for its own help, without the program's name. */
  readonly examples: readonly string[];
}

export const NAME = "terraphim-llm-proxy";

/** How to call the program in a clone: its tasks set TERRAPHIM_TASK, and npx sets npm_command. */
export function calledAs(env: Readonly<Record<string, string | undefined>>): string {
  if (env.TERRAPHIM_TASK === undefined) return NAME;
  return env.npm_command === "exec" ? "npx -y deno task cli" : "deno task cli";
}

/** What to type here to call the program, for hints and help. */
export const PROGRAM: string = calledAs(process.env);

export const VERSION: string = manifest.version;

/** Exit codes, the same for every command; docs/cli.md documents them. */
export const EXIT = {
  ok: 0,
  /** It ran, and found or met a problem. */
  failed: 1,
  /** It could not start: the command line or the configuration is wrong. */
  unusable: 2,
} as const;

/** Ends a command with a message for people: what is wrong, and what would be right. */
export class CliError extends Error {
  override name = "CliError";
  constructor(message: string, readonly exitCode: number = EXIT.failed) {
    super(message);
  }
}
