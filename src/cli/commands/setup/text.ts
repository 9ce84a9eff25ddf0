/** What `setup` says of one client. */
import { type Io, printJson } from "../../io.ts";
import { NAME } from "../../command.ts";
import { type Style, styleOf } from "../../output/style.ts";
import { wrap } from "../../../text/width.ts";
import { shortPath } from "../../configuration.ts";
import { type Aim, type Client, CLIENTS } from "./clients.ts";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { parse } from "smol-toml";
import type { Json } from "../../../model/json.ts";
import { type Cell, table } from "../../output/table.ts";
import { readClientFile } from "./file.ts";
import { readJson } from "./json-reader.ts";

/** What to change, each line ended. */
export function printed(io: Io, client: Client, aim: Aim, path: string, lines: string): string {
  const { bold, dim, cyan } = styleOf(io.stdout);
  const { label, name, shell, program } = client;
  const head = [
    `${bold(label)} reads ${bold(shortPath(io, path))}. It should hold:`,
    "",
    ...lines.split("\n").map((line) => line === "" ? "" : `  ${cyan(line)}`),
    "",
    ...wrap(`${NAME} setup ${name} --write puts it there and keeps the rest.`, io.stdout.columns).map(dim),
  ];
  const instead = shell === undefined ? [] : [
    "",
    "Or, for one shell:",
    "",
    ...shell(aim).map((line) => `  ${cyan(line)}`),
    `  ${cyan(program)}`,
  ];
  return [...head, ...instead, ...besides(io, client, aim)].map((line) => `${line}\n`).join("");
}

/** What was changed, each line ended. */
export function written(
  io: Io,
  client: Client,
  aim: Aim,
  path: string,
  changed: boolean,
  backup: string | undefined,
): string {
  const { bold } = styleOf(io.stdout);
  const file = bold(shortPath(io, path));
  const head = changed
    ? [`${client.label} leads to ${bold(aim.url)} now: wrote ${file}.`]
    : [`${client.label} leads to ${bold(aim.url)} already; ${file} was left as it is.`];
  const kept = backup === undefined ? [] : [`What was there before: ${shortPath(io, backup)}`];
  return [...head, ...kept, ...besides(io, client, aim)].map((line) => `${line}\n`).join("");
}

/** The key, and what only some clients need. */
function besides(io: Io, { notes }: Client, aim: Aim): string[] {
  const { key, model } = aim;
  const { dim } = styleOf(io.stdout);
  const said = [
    ...(key !== undefined && !io.env[key]
      ? [`${key} must hold this proxy's key where the client starts: export ${key}=…`]
      : []),
    ...(notes?.(aim) ?? []),
  ];
  const choice = model === undefined
    ? [dim("Each prompt decides which model answers; --model sets one.")]
    : [];
  const lines = [...said.flatMap((line) => wrap(line, io.stdout.columns)), ...choice];
  return lines.length === 0 ? [] : ["", ...lines];
}

interface Seen {
  readonly client: Client;
  /** Where the program is; undefined: it is not on `PATH`. */
  readonly program: string | undefined;
  readonly file: string;
  readonly hasFile: boolean;
  /** The base URL that its configuration leads to; undefined: its own provider. */
  readonly leadsTo: string | undefined;
}

/** Prints the list. */
export function listing(io: Io, aim: Aim, json: boolean): void {
  const seen = CLIENTS.map((client) => look(io, client));
  if (json) {
    printJson(io, {
      url: aim.url,
      clients: seen.map(({ client, program, file, hasFile, leadsTo }) => ({
        name: client.name,
        program: program ?? null,
        file,
        has_file: hasFile,
        base_url: leadsTo ?? null,
        set_up: isHere(leadsTo, aim),
      })),
    });
    return;
  }
  const style = styleOf(io.stdout);
  const columns = [{ title: "Client" }, { title: "Found" }, { title: "Its file" }, {
    title: "Leads to",
    shrinks: true,
  }] as const;
  const rows = seen.map((one) => ({
    cells: [one.client.name, foundText(one, style), shortPath(io, one.file), leadsText(one, aim, style)],
  }));
  io.stdout.write(
    table(columns, rows, style, io.stdout.columns) +
      `\n  ${NAME} setup CLIENT          what to change in its file\n` +
      `  ${NAME} setup CLIENT --write  change it, with a backup beside it\n` +
      `\nAny other client: base URL ${aim.url}/v1\n` +
      `                  ${aim.url} for Anthropic's SDK\n` +
      (aim.key === undefined ? "" : `                  $${aim.key} as the key\n`),
  );
}

function look(io: Io, client: Client): Seen {
  const file = client.file(io);
  let leadsTo: unknown;
  let hasFile = false;
  try {
    const text = readClientFile(file);
    hasFile = text !== undefined;
    if (text !== undefined && text.trim() !== "") {
      const now: Json = client.format === "toml" ? parse(text) : readJson(text).json;
      leadsTo = client.baseUrl(now);
    }
  } catch {
    // Not readable, or not understood: nothing is known of where it leads.
  }
  return {
    client,
    program: onPath(io, client.program),
    file,
    hasFile,
    leadsTo: typeof leadsTo === "string" && leadsTo !== "" ? leadsTo : undefined,
  };
}

/** Where a program is on `PATH`. */
function onPath({ env }: Io, program: string): string | undefined {
  const names = env.PATHEXT === undefined ? [program] : env.PATHEXT.split(";").map((end) => program + end);
  for (const folder of (env.PATH ?? "").split(delimiter).filter((one) => one !== "")) {
    for (const name of names) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // not here
      }
    }
  }
  return undefined;
}

const isHere = (leadsTo: string | undefined, { url }: Aim): boolean =>
  leadsTo !== undefined &&
  leadsTo.replace(/\/+$/, "").replace(/\/v1$/, "").replace("//localhost:", "//127.0.0.1:") ===
    url.replace("//localhost:", "//127.0.0.1:");

function foundText({ program, hasFile }: Seen, { green, dim }: Style): Cell {
  if (program !== undefined) return { text: "yes", paint: green };
  return hasFile ? "its file" : { text: "no", paint: dim };
}

function leadsText({ leadsTo, program, hasFile }: Seen, aim: Aim, { green, yellow, dim }: Style): Cell {
  if (isHere(leadsTo, aim)) return { text: "this proxy", paint: green };
  if (leadsTo !== undefined) return { text: leadsTo, paint: yellow };
  return program === undefined && !hasFile ? "" : { text: "its own provider", paint: dim };
}
