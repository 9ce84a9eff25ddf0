/** From the command line to a command that has run. */
import { or } from "@optique/core/constructs";
import type { RunOptions } from "@optique/core/facade";
import { message, text } from "@optique/core/message";
import { command as named } from "@optique/core/primitives";
import { type Parser, parseSync } from "@optique/core/parser";
import { findSimilar } from "@optique/core/suggestion";
import { CliError, type Command, EXIT, NAME, type Run, VERSION } from "./command.ts";
import { SHELLS } from "./options.ts";
import { overview } from "./help.ts";
import type { Io, Out } from "./io.ts";
import { type CommandEntry, COMMANDS, USUAL } from "./registry.ts";
import { styleOf } from "./output/style.ts";

/** Runs what the arguments ask for. Resolves to the exit code; never throws. */
export async function runCli(io: Io): Promise<number> {
  try {
    const [first, ...rest] = io.args;
    if (first === "help") return await runCli({ ...io, args: [...rest, "--help"] });
    if (first === "--help" || first === "-h") {
      io.stdout.write(overview(io.stdout));
      return EXIT.ok;
    }
    if (first === "--version" || first === "-V") {
      io.stdout.write(`${NAME} ${VERSION}\n`);
      return EXIT.ok;
    }
    if (first === "completions" && isShell(rest[0])) return await complete(io, rest);
    const run = await parsed(io);
    return typeof run === "number" ? run : await run(io);
  } catch (error) {
    io.stderr.write(`${told(error, io)}\n`);
    return error instanceof CliError ? error.exitCode : EXIT.failed;
  }
}

/** Parses the command line as the command that it names. A number: it is dealt with, and this is the exit code. */
async function parsed(io: Io): Promise<Run | number> {
  const [first] = io.args;
  const usual = first === undefined || first.startsWith("-");
  const entry = COMMANDS.find(({ name }) => name === (usual ? USUAL : first));
  if (entry === undefined) throw unknownCommand(first ?? "");
  const { command } = await entry.load();
  const parser = usual ? command.parser : subcommand(entry, command);
  const right = parseSync(parser, io.args);
  if (right.success) return right.value;
  // What tells of mistakes, helps and completes is a good deal larger, and seldom needed.
  const { runParser } = await import("@optique/core/facade");
  return runParser<Parser<"sync", Run, unknown>, number, number>(parser, NAME, io.args, {
    ...looks(io),
    ...(usual ? { description: command.description } : {}),
    help: {
      option: { names: ["-h", "--help"] },
      onShow: () => {
        io.stdout.write(examplesOf(command, io.stdout));
        return EXIT.ok;
      },
    },
    onError: () => {
      io.stderr.write(
        `${usual ? commandFirst(io.args) : ""}See ${NAME} ${usual ? "" : `${entry.name} `}--help.\n`,
      );
      return EXIT.unusable;
    },
  }) as Run | number;
}

const isShell = (word: string | undefined): boolean => SHELLS.some((shell) => shell === word);

/** Answers a shell, or prints what it needs to ask. All commands are loaded: their options are the answer. */
async function complete(io: Io, args: readonly string[]): Promise<number> {
  const loaded = await Promise.all(
    COMMANDS.filter(({ name }) => name !== "completions").map(async (entry) => ({
      entry,
      command: (await entry.load()).command,
    })),
  );
  const usual = loaded.find(({ entry }) => entry.name === USUAL);
  const commands = loaded.map(({ entry, command }) => subcommand(entry, command, true));
  const { runParser } = await import("@optique/core/facade");
  const all = or(...(usual === undefined ? commands : [...commands, usual.command.parser])) as Parser<
    "sync",
    Run,
    unknown
  >;
  const code = runParser<typeof all, number, number>(all, NAME, ["completions", ...args], {
    ...looks(io),
    completion: { command: { names: ["completions"] }, onShow: (exitCode) => exitCode },
    onError: () => EXIT.unusable,
  }) as unknown;
  return typeof code === "number" ? code : EXIT.ok;
}

function looks(io: Io): RunOptions<number, number> {
  const { columns } = io.stdout;
  return {
    stdout: (text) => io.stdout.write(`${text}\n`),
    stderr: (text) => io.stderr.write(`${text}\n`),
    aboveError: "none",
    colors: io.stdout.color,
    termWidth: "auto",
    ...(columns === undefined || columns < 40 ? {} : { maxWidth: columns }),
  };
}

/** `listed`: with the words that stand beside it in a list, for shells that show them. */
function subcommand(
  { name, brief }: CommandEntry,
  command: Command,
  listed = false,
): Parser<"sync", Run, unknown> {
  const { description, parser } = command;
  return named(name, parser, listed ? { brief: message`${text(brief)}`, description } : { description });
}

function examplesOf({ examples }: Command, out: Out): string {
  const { bold } = styleOf(out);
  return `${bold("Examples:")}\n${examples.map((line) => `  ${NAME} ${line}\n`).join("")}`;
}

function unknownCommand(given: string): CliError {
  const near = findSimilar(given, COMMANDS.map(({ name }) => name))[0];
  const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
  return new CliError(`There is no command "${given}".${hint}\nSee ${NAME} --help.`, EXIT.unusable);
}

/** A hint where a command stands behind options: `--config x check`. */
function commandFirst(args: readonly string[]): string {
  const late = COMMANDS.find(({ name }) => args.indexOf(name) > 0);
  return late === undefined ? "" : `The command comes first: ${NAME} ${late.name} …\n`;
}

/** An error in words. What nobody foresaw is told in one line too: a stack says nothing to who meets it. */
function told(error: unknown, io: Io): string {
  const { red } = styleOf(io.stderr);
  const words = error instanceof Error ? error.message : String(error);
  return `${red("Error:")} ${words}`;
}
