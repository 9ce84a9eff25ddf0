/** The manual page as roff (https://man7.org/linux/man-pages/man7/man.7.html). */
import { formatMessage, type Message } from "@optique/core/message";
import { getDocPageSync, type Parser } from "@optique/core/parser";
import { formatUsageTerm } from "@optique/core/usage";
import { type Command, EXIT, NAME, VERSION } from "../../command.ts";

const PROMISE = "routes each prompt of a coding agent to the model chosen for it";

const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.ok, "It did what was asked."],
  [EXIT.failed, "It ran, and found or met a problem."],
  [EXIT.unusable, "It could not start: the command line or the configuration is wrong."],
];

const FILES: readonly (readonly [path: string, what: string])[] = [
  [`~/.config/${NAME}/config.toml`, "The configuration; a .env beside it holds keys."],
  [`~/.local/share/${NAME}/`, "The ledger, used-up quotas and a newer list of models."],
];

export interface Described {
  readonly name: string;
  readonly brief: string;
  readonly command: Command;
}

/** The page of the whole program, each line ended. */
export function manualPage(commands: readonly Described[], byDefault: string): string {
  return [
    `.TH "${NAME.toUpperCase()}" "1" "" "${NAME} ${VERSION}" "User Commands"`,
    ".SH NAME",
    `${escaped(NAME)} \\- ${escaped(PROMISE)}`,
    ".SH SYNOPSIS",
    `.B ${escaped(NAME)}`,
    "[COMMAND] [OPTIONS]",
    ".SH DESCRIPTION",
    escaped(`Without a command it runs the proxy (${byDefault}). Every command has --help.`),
    ".SH COMMANDS",
    ...commands.flatMap(section),
    ".SH EXIT STATUS",
    ...EXIT_CODES.flatMap(([code, meaning]) => [".TP", `.B ${code}`, escaped(meaning)]),
    ".SH FILES",
    ...FILES.flatMap(([path, what]) => [".TP", `.I ${escaped(path)}`, escaped(what)]),
    "",
  ].join("\n");
}

function section({ name, brief, command: { description, parser, examples } }: Described): string[] {
  const page = getDocPageSync(parser as Parser<"sync", unknown, unknown>);
  const entries = (page?.sections ?? []).flatMap(({ entries }) => entries);
  return [
    `.SS ${escaped(name)}`,
    `${escaped(brief[0]?.toUpperCase() + brief.slice(1))}.`,
    ".PP",
    escaped(plain(description)),
    ...entries.flatMap(({ term, description }) => [
      ".TP",
      `.B ${escaped(formatUsageTerm(term))}`,
      ...(description === undefined ? [] : [escaped(plain(description))]),
    ]),
    ".PP",
    ...examples.flatMap((line) => [".EX", `    ${escaped(`${NAME} ${line}`)}`, ".EE"]),
  ];
}

const plain = (text: Message): string =>
  formatMessage(text, { colors: false, quotes: false }).replaceAll("\n", " ");

/** Text that roff prints as it is: no escapes, no requests. */
const escaped = (text: string): string =>
  text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^([.'])/, "\\&$1")
    .replaceAll(
      /[\u0080-\u{10ffff}]/gu,
      (char) => `\\[u${char.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}]`,
    );
