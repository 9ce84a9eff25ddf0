/** What `setup` prints: the list of clients, or the settings of one. */
import { parse } from "yaml";
import { type Io, printJson } from "../../io.ts";
import { PROGRAM } from "../../command.ts";
import { type Style, styleOf } from "../../output/style.ts";
import { hanging, wrap } from "../../../text/width.ts";
import { shortPath } from "../../configuration.ts";
import type { Json } from "../../../model/json.ts";
import { type Aim, type Client, NO_KEY, type Plan, type Task } from "./client.ts";
import { CLIENTS } from "./clients.ts";
import { diff } from "../../../text/diff.ts";
import { isTable } from "../../../files/edit.ts";
import type { Undone } from "./undo.ts";
import { onPath } from "../../../runtime/program.ts";
import { type Cell, table } from "../../output/table.ts";
import { dataIn, readClientFile } from "./file.ts";

/** What to change, each line ended. */
export function printed(io: Io, task: Task, plans: readonly Pick<Plan, "path" | "lines">[]): string {
  const { bold, dim, cyan } = styleOf(io.stdout);
  const { client, aim } = task;
  const { label, name, shell, program } = client;
  const settings = plans.flatMap(({ path, lines }, index) => [
    `${index === 0 ? `${bold(label)} reads` : "and"} ${bold(shortPath(io, path))}. Add this to it:`,
    "",
    ...lines.split("\n").map((line) => line === "" ? "" : `  ${cyan(line)}`),
    "",
  ]);
  const head = [
    ...settings,
    ...wrap(`${PROGRAM} setup ${name} --write does it for you and keeps the rest.`, io.stdout.columns).map(
      dim,
    ),
  ];
  const instead = shell === undefined || program === undefined ? [] : [
    "",
    "Or, for one shell:",
    "",
    ...shell(aim).map((line) => `  ${cyan(line)}`),
    `  ${cyan(program)}`,
  ];
  return ended([...head, ...instead, ...notesFor(io, task)]);
}

/** What the user does for a client without a file that may be changed, each line ended. */
export function byHand(io: Io, task: Task, steps: readonly string[]): string {
  const { bold, cyan } = styleOf(io.stdout);
  // What is to be pasted is not wrapped.
  const lines = steps.flatMap((line) =>
    /[.:]$/.test(line) ? wrap(line, io.stdout.columns) : [`  ${cyan(line)}`]
  );
  return ended([bold(task.client.label), "", ...lines, ...notesFor(io, task)]);
}

/** A change as its lines, each ended. Keys are not shown: neither the one that is written nor others near it. */
export function asDiff(io: Io, { path, format, before = "", after }: Plan, aim: Aim): string {
  const { bold, dim, green, red } = styleOf(io.stdout);
  const paint = { "+": green, "-": red, " ": dim };
  const hidden = secretsIn([before, after].map((text) => typedData(format, text)), aim);
  const shown = (text: string) => hidden === undefined ? text : text.replace(hidden, "KEY");
  const lines = diff(before, after).map((line) =>
    line === undefined ? dim("  …") : paint[line.mark](`${line.mark} ${shown(line.text)}`)
  );
  return ended([bold(shortPath(io, path)), ...lines, ""]);
}

/** What a text holds. YAML is read whole here: the reader for edits skips lists, and takes every scalar as text. */
function typedData(format: Plan["format"], text: string): Json {
  try {
    return format === "yaml" ? parse(text, { logLevel: "silent" }) : dataIn(format, text);
  } catch {
    return dataIn(format, text);
  }
}

/** Members that hold keys. */
const SECRET_NAME = /key|token|secret|password|authorization/i;

/** A reference to a variable, in the forms that setup writes. */
const REFERENCE = /^(?:\$\{\w+\}|\{env:\w+\}|printenv \w+)$/;

/**
 * Matches every key in some data: strings that are, alone or in an array, the value of a member with such a name. Names of
 * variables and references to them are not keys.
 * @returns undefined where there is none
 */
function secretsIn(data: readonly Json[], { key, secret }: Aim): RegExp | undefined {
  const plain = new Set([NO_KEY, key]);
  const found = new Set<string>();
  const look = (value: Json, named: boolean): void => {
    if (typeof value === "string") {
      if (named && value !== "" && !plain.has(value) && !REFERENCE.test(value)) found.add(value);
    } else if (Array.isArray(value)) { for (const one of value) look(one, named); }
    else if (isTable(value)) {
      for (const [name, inner] of Object.entries(value as Record<string, Json>)) {
        look(inner, SECRET_NAME.test(name));
      }
    }
  };
  for (const one of data) look(one, false);
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  // As the file has it: in JSON's escapes, or as it is. A longer key may contain a shorter one.
  const texts = [...found].flatMap((one) => [one, JSON.stringify(one).slice(1, -1)]);
  const others = [...new Set(texts)].sort((one, other) => other.length - one.length)
    .map((one) => `(?<!\\w)${literal(one)}(?!\\w)`);
  const all = [...(secret === undefined ? [] : [literal(secret)]), ...others];
  return all.length === 0 ? undefined : new RegExp(all.join("|"), "g");
}

/** What was changed, each line ended. `backups`: of the files that had to be changed, in their order. */
export function written(
  io: Io,
  task: Task,
  plans: readonly Plan[],
  backups: readonly (string | undefined)[],
): string {
  const { bold } = styleOf(io.stdout);
  const { client, aim } = task;
  const named = (some: readonly Plan[]) => some.map(({ path }) => bold(shortPath(io, path))).join(" and ");
  const changed = plans.filter(({ before, after }) => before !== after);
  const head = changed.length > 0
    ? [`${client.label} now uses ${bold(aim.url)}: wrote ${named(changed)}.`]
    : [`${client.label} already uses ${bold(aim.url)}; ${named(plans)} was not changed.`];
  const kept = backups.flatMap((backup) => backup === undefined ? [] : [`Backup: ${shortPath(io, backup)}`]);
  const back = changed.length > 0 ? [`${PROGRAM} setup ${client.name} --undo takes it back.`] : [];
  return ended([...head, ...kept, ...back, ...notesFor(io, task)]);
}

/** What was taken back, each line ended. */
export function undone(io: Io, done: readonly Undone[], names: readonly string[]): string {
  if (done.length === 0) {
    return ended([
      names.length === 0 ? "setup has changed nothing." : `setup has changed nothing of ${names.join(", ")}.`,
    ]);
  }
  const how: Readonly<Record<Undone["how"], (path: string) => string>> = {
    restored: (path) => `${path} is as it was before setup.`,
    removed: (path) => `${path} was made by setup and is removed.`,
    settings: (path) => `${path} has changed since setup: only the settings of setup were taken back.`,
    missing: (path) => `${path} is not there any more.`,
  };
  return ended(done.map((one) =>
    how[one.how](shortPath(io, one.file)) +
    (one.backup === undefined ? "" : ` What it was before setup is in ${shortPath(io, one.backup)}.`)
  ));
}

const ended = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

/** The key, the login, and what only some clients need. */
function notesFor(io: Io, { client, aim, login }: Task): string[] {
  const { key, model } = aim;
  const { dim, yellow } = styleOf(io.stdout);
  const notes = [
    ...(key !== undefined && !io.env[key]
      ? [`Set ${key} to this proxy's key where the client starts: export ${key}=…`]
      : []),
    ...(client.notes?.(aim) ?? []),
  ];
  const choice = model === undefined && client.files.length > 0
    ? wrap("Each prompt is routed by content; --model sets a fixed model.", io.stdout.columns).map(dim)
    : [];
  const lines = [
    ...loginNotes(client, aim, login).flatMap((line) => wrap(line, io.stdout.columns)).map(yellow),
    ...notes.flatMap((line) => wrap(line, io.stdout.columns)),
    ...choice,
  ];
  return lines.length === 0 ? [] : ["", ...lines];
}

/** What becomes of a client's own login. */
function loginNotes({ label }: Client, { passthrough }: Aim, login: string | undefined): string[] {
  if (login === undefined) return [];
  if (!passthrough) {
    return [
      `${label} is logged in (${login}). With these settings that login is out of use: the proxy's key takes its place.`,
    ];
  }
  return [
    `${label} is logged in (${login}) and stays so. For the subscription to answer, a provider of the proxy needs api_key = "passthrough" (docs/clients.md); other targets use the proxy's own keys. --replace-login sends the proxy's key instead.`,
  ];
}

/** What is on this machine of a client. */
export interface Seen {
  readonly client: Client;
  /** The path of the program; undefined: it is not on `PATH`. */
  readonly program: string | undefined;
  /** Its first configuration file; undefined: it has none. */
  readonly file: string | undefined;
  readonly hasFile: boolean;
  /** The base URL in its configuration; undefined: its own provider. */
  readonly uses: string | undefined;
}

/** Whether a client is on this machine: its program, or a file of it. */
export function installed(io: Pick<Io, "env">, client: Client): boolean {
  const { program, hasFile } = look(io, client);
  return program !== undefined || hasFile;
}

/** Prints the list: every client that is on this machine, and the names of the others. */
export function listing(io: Io, aim: Aim, json: boolean): void {
  const seen = CLIENTS.map((client) => look(io, client));
  if (json) {
    printJson(io, {
      url: aim.url,
      clients: seen.map(({ client, program, file, hasFile, uses }) => ({
        name: client.name,
        program: program ?? null,
        file: file ?? null,
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
  const shown = seen.filter(({ program, hasFile }, index) =>
    index < MAIN || program !== undefined || hasFile
  );
  const rows = shown.map((one) => ({
    cells: [
      one.client.name,
      foundText(one, style),
      one.file === undefined ? "" : shortPath(io, one.file),
      usesText(one, aim, style),
    ],
  }));
  const others = seen.filter((one) => !shown.includes(one)).map(({ client }) => client.name);
  io.stdout.write(
    table(columns, rows, style, io.stdout.columns) +
      ended([
        "",
        ...(others.length === 0 ? [] : hanging(`Also: ${others.join(", ")}`, io.stdout.columns)),
        "",
        ...[
          `To see a client's settings: ${PROGRAM} setup CLIENT`,
          `To write them, with a backup: ${PROGRAM} setup CLIENT --write`,
          `To start one without changing a file: ${PROGRAM} run CLIENT`,
        ].flatMap((line) => hanging(line, io.stdout.columns)),
        "",
        ...hanging(
          `Any other client: base URL ${aim.url}/v1 (for Anthropic's SDK: ${aim.url})${
            aim.key === undefined ? "" : `, key $${aim.key}`
          }`,
          io.stdout.columns,
        ),
      ]),
  );
}

/** So many clients are listed even where they are not installed. */
const MAIN = 4;

/** Looks for a client's program and files. A file that cannot be read or parsed leaves open what the client uses. */
export function look(io: Pick<Io, "env">, client: Client): Seen {
  let uses: unknown;
  let hasFile = false;
  for (const { path, format, baseUrl } of client.files) {
    try {
      const text = readClientFile(path(io));
      if (text === undefined) continue;
      hasFile = true;
      uses ??= baseUrl?.(dataIn(format, text));
    } catch { /* what it uses is unknown */ }
  }
  return {
    client,
    program: client.program === undefined ? undefined : onPath(io.env, client.program),
    file: client.files[0]?.path(io),
    hasFile,
    uses: typeof uses === "string" && uses !== "" ? uses : undefined,
  };
}

/** Whether a base URL is that of the proxy. */
export const isHere = (uses: string | undefined, { url }: Pick<Aim, "url">): boolean =>
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
