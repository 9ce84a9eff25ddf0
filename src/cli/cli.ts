/** Parses the command line and runs the command. */
import { messageOf } from "../files/errors.ts";
import { or } from "@optique/core/constructs";
import type { RunOptions } from "@optique/core/facade";
import { message, text } from "@optique/core/message";
import { command as named } from "@optique/core/primitives";
import { type Parser, parseSync } from "@optique/core/parser";
import { plainly, valuesApart } from "./arguments.ts";
import { findSimilar } from "@optique/core/suggestion";
import { CliError, type Command, EXIT, NAME, PROGRAM, type Run, splitAfter, VERSION } from "./command.ts";
import { SHELLS } from "./options.ts";
import { overview } from "./help.ts";
import { hiding, type Io, type Out, printJson, safeIo } from "./io.ts";
import { own } from "../json/shape.ts";
import { hanging, widthOf, wrap } from "../text/width.ts";
import { ALL_COMMANDS, type CommandEntry, DEFAULT_COMMAND, INTERNAL_COMMANDS } from "./registry.ts";
import { styleOf } from "./output/style.ts";

/** Runs the command of the arguments. Resolves to the exit code; never throws. */
export async function runCli(surroundings: Io): Promise<number> {
  const io = hiding(safeIo(surroundings));
  try {
    const [first, ...rest] = io.args;
    if (first === "help") return await runCli({ ...surroundings, args: [...rest, "--help"] });
    if (first === "--help" || first === "-h") {
      io.stdout.write(overview(io.stdout));
      return EXIT.ok;
    }
    if (first === "--version" || first === "-V") {
      io.stdout.write(`${NAME} ${VERSION}\n`);
      return EXIT.ok;
    }
    if (first === "completions" && isShell(rest[0])) return await complete(io, rest);
    if (first === "man" && rest.length === 0) return await manual(io);
    const run = await parsed(io);
    return typeof run === "number" ? run : await run(io);
  } catch (error) {
    const exitCode = error instanceof CliError ? error.exitCode : EXIT.failed;
    showError(io, messageOf(error), exitCode);
    return exitCode;
  }
}

/** Parses the command line as the command that it names. A number: help or an error was shown; it is the exit code. */
async function parsed(io: Io): Promise<Run | number> {
  const [first] = io.args;
  const unnamed = first === undefined || first.startsWith("-");
  const entry = [...ALL_COMMANDS, ...INTERNAL_COMMANDS].find(({ name }) =>
    name === (unnamed ? DEFAULT_COMMAND : first)
  );
  if (entry === undefined) throw unknownCommand(first ?? "");
  const { command } = await entry.load();
  const parser = unnamed ? command.parser : subcommand(entry, command);
  const { own } = splitAfter(io.args, command.restAfter);
  const right = parseSync(parser, own);
  if (right.success) return right.value;
  const apart = parseSync(parser, valuesApart(own));
  if (apart.success) return apart.value;
  // The part of the library that prints help, errors and completions is large, and seldom needed.
  const { runParser } = await import("@optique/core/facade");
  const complaints: string[] = [];
  return runParser<Parser<"sync", Run, unknown>, number, number>(parser, PROGRAM, own, {
    ...printing(io),
    stderr: (text) => void complaints.push(text),
    ...(unnamed ? { description: command.description } : {}),
    help: {
      option: { names: ["-h", "--help"] },
      onShow: () => {
        io.stdout.write(examplesOf(command, io.stdout));
        return EXIT.ok;
      },
    },
    onError: () => {
      const hint = `${unnamed ? commandFirst(io.args) : ""}See ${PROGRAM} ${
        unnamed ? "" : `${entry.name} `
      }--help.`;
      showError(io, `${plainly(complaints.join("\n").replace(/^Error: /, ""))}\n${hint}`, EXIT.unusable);
      return EXIT.unusable;
    },
  }) as Run | number;
}

/** Prints an error: as text on the error stream, with `--json` as an object on the standard output. */
function showError(io: Io, message: string, exitCode: number): void {
  if (wantsJson(io.args)) return printJson(io, { ok: false, error: message, exit_code: exitCode });
  const { columns } = io.stderr;
  const [first = "", ...rest] = `Error: ${message}`.split("\n").flatMap((line) =>
    columns === undefined || widthOf(line) <= columns ? [line] : wrap(line, columns)
  );
  io.stderr.write(`${[first.replace(/^Error:/, styleOf(io.stderr).red), ...rest].join("\n")}\n`);
}

/** Whether `--json` is among the options, however wrong the rest of the command line is. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).includes("--json");
}

const isShell = (word: string | undefined): boolean => SHELLS.some((shell) => shell === word);

/** Prints the manual page. Loads all commands, for their options. */
async function manual(io: Io): Promise<number> {
  const { manualPage } = await import("./commands/man/page.ts");
  const commands = await Promise.all(
    ALL_COMMANDS.map(async ({ name, brief, load }) => ({ name, brief, ...await load() })),
  );
  io.stdout.write(manualPage(commands, DEFAULT_COMMAND));
  return EXIT.ok;
}

/** Prints a completion script, or the completions that it asks for. Loads all commands, for their options. */
async function complete(io: Io, args: readonly string[]): Promise<number> {
  const loaded = await Promise.all(
    ALL_COMMANDS.filter(({ name }) => name !== "completions").map(async (entry) => ({
      entry,
      command: (await entry.load()).command,
    })),
  );
  const serve = loaded.find(({ entry }) => entry.name === DEFAULT_COMMAND);
  const commands = loaded.map(({ entry, command }) => subcommand(entry, command, true));
  const { runParser } = await import("@optique/core/facade");
  const all = or(...(serve === undefined ? commands : [...commands, serve.command.parser])) as Parser<
    "sync",
    Run,
    unknown
  >;
  const code = runParser<typeof all, number, number>(all, NAME, ["completions", ...args], {
    ...printing(io),
    completion: { command: { names: ["completions"] }, onShow: (exitCode) => exitCode },
    onError: () => EXIT.unusable,
  }) as unknown;
  return typeof code === "number" ? code : EXIT.ok;
}

function printing(io: Io): RunOptions<number, number> {
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

/** `listed`: with its brief, for shells that show one beside each completion. */
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
  return `${bold("Examples:")}\n${
    examples.flatMap((line) => hanging(`${PROGRAM} ${line}`, out.columns, 2)).join("\n")
  }\n`;
}

/** What people type who know other programs, and what it is called here. */
const MEANT: Readonly<Record<string, string>> = {
  start: "serve",
  version: "--version",
  logs: "log",
  config: "check",
};

function unknownCommand(given: string): CliError {
  const near = own(MEANT, given) ?? findSimilar(given, ALL_COMMANDS.map(({ name }) => name))[0];
  const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
  return new CliError(`unknown command "${given}".${hint}\nSee ${PROGRAM} --help.`, EXIT.unusable);
}

/** A hint for a command after options: `--config x check`. */
function commandFirst(args: readonly string[]): string {
  const late = ALL_COMMANDS.find(({ name }) => args.indexOf(name) > 0);
  return late === undefined ? "" : `Put the command first: ${PROGRAM} ${late.name} …\n`;
}
