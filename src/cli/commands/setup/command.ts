/** `setup`: points clients to this proxy. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import { CliError, type Command, EXIT } from "../../command.ts";
import { configOption, jsonOption, serverUrl } from "../../options.ts";
import { type Aim, aimOf, type Client, CLIENT_NAMES, type ClientName, CLIENTS } from "./clients.ts";
import { parse, stringify } from "smol-toml";
import type { Json } from "../../../model/json.ts";
import { catalogFor, readConfig } from "../../configuration.ts";
import { type Io, printJson } from "../../io.ts";
import { CannotEdit, edited } from "./edit.ts";
import { readClientFile, writeClientFile } from "./file.ts";
import { editJson, readJson } from "./json-edit.ts";
import { listing, printed, type Task, written } from "./text.ts";
import { editToml } from "./toml-edit.ts";

interface Options {
  readonly client?: ClientName | undefined;
  readonly write: boolean;
  readonly print: boolean;
  readonly model?: string | undefined;
  readonly url?: string | undefined;
  readonly json: boolean;
  readonly config?: string | undefined;
}

const parser = object({
  client: optional(argument(choice(CLIENT_NAMES, { metavar: "CLIENT" }), {
    description: message`claude-code, codex, openclaw or opencode (default: list all)`,
  })),
  write: withDefault(
    flag("--write", { description: message`change the client's file and keep a backup` }),
    false,
  ),
  print: withDefault(
    flag("--print", { description: message`only print the change (default)` }),
    false,
  ),
  model: optional(option("-m", "--model", string({ metavar: "MODEL" }), {
    description: message`a route or a model for the client (default: auto)`,
  })),
  url: optional(option("-u", "--url", string({ metavar: "URL" }), {
    description: message`address of the proxy (default: host and port of the configuration)`,
  })),
  json: jsonOption,
  config: configOption,
});

export const command: Command = {
  description:
    message`Prints the settings that point a client to this proxy, or writes them into the client's own file. The key stays in the environment.`,
  parser: map(parser, (options) => (io) => Promise.resolve(run(io, options))),
  examples: ["setup", "setup claude-code", "setup codex --write", "setup openclaw --model think"],
};

/** @throws CliError where the file cannot be changed */
function run(io: Io, options: Options): number {
  const { write, print, json } = options;
  if (write && print) throw new CliError("--print and --write cannot be combined.", EXIT.unusable);
  const config = readConfig(io, options.config);
  const url = options.url === undefined ? undefined : serverUrl(options.url);
  const aim = aimOf(config, catalogFor(io, config), url, options.model);
  const client = CLIENTS.find(({ name }) => name === options.client);
  if (client === undefined) {
    if (write) throw new CliError(`Name the client: setup ${CLIENTS[0]?.name} --write.`, EXIT.unusable);
    listing(io, aim, json);
    return EXIT.ok;
  }
  const path = client.file(io);
  const lines = linesFor(client, aim);
  if (!write) {
    if (json) printJson(io, { client: client.name, file: path, lines, ...asJson(aim) });
    else io.stdout.write(printed(io, { client, aim, path }, lines));
    return EXIT.ok;
  }
  const before = readClientFile(path);
  const after = changed({ client, aim, path }, before, lines);
  const backup = after === before ? undefined : writeClientFile(path, after, Date.now());
  if (json) {
    printJson(io, {
      client: client.name,
      file: path,
      changed: after !== before,
      backup: backup ?? null,
      ...asJson(aim),
    });
  } else io.stdout.write(written(io, { client, aim, path }, { changed: after !== before, backup }));
  return EXIT.ok;
}

const asJson = ({ url, key, model }: Aim): unknown & object => ({
  url,
  key_variable: key ?? null,
  model: model ?? null,
});

/** The settings as the text of an otherwise empty file. */
function linesFor({ edits, format }: Client, aim: Aim): string {
  const data = edited({}, edits(aim, undefined));
  return format === "toml" ? stringify(data).trim() : JSON.stringify(data, null, 2);
}

/** A client's file as it should be. @throws CliError with the lines to add by hand */
function changed({ client, aim, path }: Task, before: string | undefined, lines: string): string {
  const { format, fresh, edits } = client;
  const text = before ?? (fresh === undefined ? "" : `${JSON.stringify(fresh, null, 2)}\n`);
  try {
    const now: Json = format === "toml" ? parse(text) : readJson(text.trim() === "" ? "{}" : text).json;
    const wanted = edits(aim, now);
    return format === "toml" ? editToml(text, wanted) : editJson(text, wanted);
  } catch (error) {
    const why = error instanceof CannotEdit ? error.message : "it cannot be parsed";
    throw new CliError(
      `${path} was not changed: ${why}. Add this yourself:\n\n${lines}`,
    );
  }
}
