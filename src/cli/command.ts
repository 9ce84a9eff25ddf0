/** What the program is called, what a command is, and how one ends that cannot do what was asked. */
import process from "node:process";
import manifest from "../../deno.json" with { type: "json" };
import type { Parser } from "@optique/core/parser";
import type { Message } from "@optique/core/message";
import type { Io } from "./io.ts";
import { onPath, ownExecutable, sameFile } from "../runtime/program.ts";

/** A command whose options are parsed, ready to go. Resolves to its exit code. */
export type Run = (io: Io) => Promise<number>;

export interface Command {
  /** One or two sentences for its own help. */
  readonly description: Message;
  /** Its options and arguments; the value is the command, ready to go. */
  readonly parser: Parser<"sync", Run, unknown>;
  /** Command lines for its own help, without the program's name. */
  readonly examples: readonly string[];
  /** Words after which everything is for another program, whatever it looks like: {@link splitAfter}. */
  readonly restAfter?: readonly string[];
}

/** A command line up to the first of some words, that one included, and what follows it. */
export function splitAfter(
  args: readonly string[],
  words: readonly string[] = [],
): { readonly own: readonly string[]; readonly rest: readonly string[] } {
  const at = args.findIndex((one, index) => index > 0 && words.includes(one));
  return at === -1 ? { own: args, rest: [] } : { own: args.slice(0, at + 1), rest: args.slice(at + 1) };
}

export const NAME = "terraphim-llm-proxy";

/** The version of Deno that a clone's commands are documented with. */
const DENO = "deno@2.9.6";

/**
 * What to type to call the program in this place. A clone's tasks set TERRAPHIM_TASK, and npx sets npm_command; the npm
 * package's own launcher sets TERRAPHIM_NPX where npx has fetched it.
 * @param executable the file that runs; undefined: from source
 */
export function calledAs(
  env: Readonly<Record<string, string | undefined>>,
  executable: string | undefined,
): string {
  if (env.TERRAPHIM_TASK !== undefined) {
    return env.npm_command === "exec" ? `npx -y ${DENO} task cli` : "deno task cli";
  }
  if (env.TERRAPHIM_NPX !== undefined) return `npx ${NAME}`;
  if (executable === undefined) return NAME;
  const found = onPath(env, NAME);
  // The npm package's program on PATH is its launcher, which starts this file.
  if (found !== undefined && (env.TERRAPHIM_LAUNCHER !== undefined || sameFile(found, executable))) {
    return NAME;
  }
  return /[\s"'$`\\]/.test(executable) ? `"${executable}"` : executable;
}

/** What to type here to call the program, for hints and help. */
export const PROGRAM: string = calledAs(process.env, ownExecutable());

export const VERSION: string = manifest.version;

/** Where releases are: the folder of the newest one's downloads, and the minisign key that signs its sums; empty: not named. */
export const RELEASE: { readonly url: string; readonly key: string } = manifest.release;

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
