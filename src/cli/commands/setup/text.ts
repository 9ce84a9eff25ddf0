/** What `setup` prints: the list of clients, or the settings of one. */
import { type Io, printJson } from "../../io.ts";
import { PROGRAM } from "../../command.ts";
import { type Style, styleOf } from "../../output/style.ts";
import { hanging, wrap } from "../../../text/width.ts";
import { shortPath } from "../../configuration.ts";
import { type Aim, type Client, CLIENTS } from "./clients.ts";
import { onPath } from "../../../runtime/program.ts";
import { parse } from "smol-toml";
import type { Json } from "../../../model/json.ts";
import { type Cell, table } from "../../output/table.ts";
import { readClientFile } from "./file.ts";
import { readJson } from "./json-edit.ts";

/** A client that is being set up. */
export interface Task {
  readonly client: Client;
  readonly aim: Aim;
  /** Of the client's file. */
  readonly path: string;
}

/** What to change, each line ended. `lines`: the settings. */
export function printed(io: Io, { client, aim, path }: Task, lines: string): string {
  const { bold, dim, cyan } = styleOf(io.stdout);
  const { label, name, shell, program } = client;
  const head = [
    `${bold(label)} reads ${bold(shortPath(io, path))}. Add this to it:`,
    "",
    ...lines.split("\n").map((line) => line === "" ? "" : `  ${cyan(line)}`),
    "",
    ...wrap(`${PROGRAM} setup ${name} --write does it for you and keeps the rest.`, io.stdout.columns).map(
      dim,
    ),
  ];
  const instead = shell === undefined ? [] : [
    "",
    "Or, for one shell:",
    "",
    ...shell(aim).map((line) => `  ${cyan(line)}`),
    `  ${cyan(program)}`,
  ];
  return [...head, ...instead, ...notesFor(io, client, aim)].map((line) => `${line}\n`).join("");
}

/** What was changed, each line ended. */
export function written(
  io: Io,
  { client, aim, path }: Task,
  { changed, backup }: { readonly changed: boolean; readonly backup: string | undefined },
): string {
  const { bold } = styleOf(io.stdout);
  const file = bold(shortPath(io, path));
  const head = changed
    ? [`${client.label} now uses ${bold(aim.url)}: wrote ${file}.`]
    : [`${client.label} already uses ${bold(aim.url)}; ${file} was not changed.`];
  const kept = backup === undefined ? [] : [`Backup: ${shortPath(io, backup)}`];
  return [...head, ...kept, ...notesFor(io, client, aim)].map((line) => `${line}\n`).join("");
}

/** The key, and what only some clients need. */
function notesFor(io: Io, { notes: more }: Client, aim: Aim): string[] {
  const { key, model } = aim;
  const { dim } = styleOf(io.stdout);
  const notes = [
    ...(key !== undefined && !io.env[key]
      ? [`Set ${key} to this proxy's key where the client starts: export ${key}=…`]
      : []),
    ...(more?.(aim) ?? []),
  ];
  const choice = model === undefined
    ? [dim("Each prompt is routed by content; --model sets a fixed model.")]
    : [];
  const lines = [...notes.flatMap((line) => wrap(line, io.stdout.columns)), ...choice];
  return lines.length === 0 ? [] : ["", ...lines];
}

interface Seen {
  readonly client: Client;
  /** The path of the program; undefined: it is not on `PATH`. */
  readonly program: string | undefined;
  readonly file: string;
  readonly hasFile: boolean;
  /** The base URL in its configuration; undefined: its own provider. */
  readonly uses: string | undefined;
}

/** Prints the list. */
export function listing(io: Io, aim: Aim, json: boolean): void {
  const seen = CLIENTS.map((client) => look(io, client));
  if (json) {
    printJson(io, {
      url: aim.url,
      clients: seen.map(({ client, program, file, hasFile, uses }) => ({
        name: client.name,
        program: program ?? null,
        file,
        has_file: hasFile,
        base_url: uses ?? null,
        set_up: isHere(uses, aim),
      })),
    });
    return;
  }
  const style = styleOf(io.stdout);
  const columns = [{ title: "Client" }, { title: "Installed", optional: true }, {
    title: "File",
    shrinks: true,
  }, {
    title: "Uses",
    shrinks: true,
  }] as const;
  const rows = seen.map((one) => ({
    cells: [one.client.name, foundText(one, style), shortPath(io, one.file), usesText(one, aim, style)],
  }));
  io.stdout.write(
    table(columns, rows, style, io.stdout.columns) +
      "\n" + [
      `To see a client's settings: ${PROGRAM} setup CLIENT`,
      `To write them, with a backup: ${PROGRAM} setup CLIENT --write`,
      "",
      `Any other client: base URL ${aim.url}/v1 (for Anthropic's SDK: ${aim.url})${
        aim.key === undefined ? "" : `, key $${aim.key}`
      }`,
    ].flatMap((line) => hanging(line, io.stdout.columns)).map((line) => `${line}\n`).join(""),
  );
}

function look(io: Io, client: Client): Seen {
  const file = client.file(io);
  let uses: unknown;
  let hasFile = false;
  try {
    const text = readClientFile(file);
    hasFile = text !== undefined;
    if (text !== undefined && text.trim() !== "") {
      const now: Json = client.format === "toml" ? parse(text) : readJson(text).json;
      uses = client.baseUrl(now);
    }
  } catch {
    // It cannot be read or parsed: what it uses is unknown.
  }
  return {
    client,
    program: onPath(io.env, client.program),
    file,
    hasFile,
    uses: typeof uses === "string" && uses !== "" ? uses : undefined,
  };
}

const isHere = (uses: string | undefined, { url }: Aim): boolean =>
  uses !== undefined &&
  uses.replace(/\/+$/, "").replace(/\/v1$/, "").replace("//localhost:", "//127.0.0.1:") ===
    url.replace("//localhost:", "//127.0.0.1:");

function foundText({ program, hasFile }: Seen, { green, dim }: Style): Cell {
  if (program !== undefined) return { text: "yes", paint: green };
  return hasFile ? "file only" : { text: "no", paint: dim };
}

function usesText({ uses, program, hasFile }: Seen, aim: Aim, { green, yellow, dim }: Style): Cell {
  if (isHere(uses, aim)) return { text: "this proxy", paint: green };
  if (uses !== undefined) return { text: uses, paint: yellow };
  return program === undefined && !hasFile ? "" : { text: "its own provider", paint: dim };
}
