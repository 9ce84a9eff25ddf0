/** `models update`: a newer list of models and prices. */
import { visible } from "../../../text/visible.ts";
import { messageOf } from "../../../files/errors.ts";
import { resolve } from "node:path";
import { builtinCatalog } from "../../../catalog/catalog.ts";
import {
  type CatalogChange,
  type CatalogFile,
  readUserCatalog,
  updateCatalog,
} from "../../../catalog/update.ts";
import { count, counted } from "../../../text/format.ts";
import { CliError, EXIT } from "../../command.ts";
import { type Io, printJson } from "../../io.ts";
import { ownCatalogPath, shortPath } from "../../configuration.ts";
import { type Style, styleOf } from "../../output/style.ts";
import { wrap } from "../../../text/width.ts";

/** Names shown for each kind of change; `--json` has all of them. */
const MOST_NAMES = 6;

type Models = CatalogFile["models"];

/**
 * Reads, checks and stores a list; reports what it changes.
 * @param source a path, or an `http:`, `https:` or `file:` URL
 * @throws CliError where the list is not usable or cannot be stored; then nothing has changed
 */
export async function updateModels(io: Io, source: string, json: boolean): Promise<number> {
  const path = ownCatalogPath(io);
  const own: Models = readUserCatalog(path).catalog?.models ?? [];
  const change = await updated(/^(https?|file):/i.test(source) ? source : resolve(io.cwd, source), path, own);
  if (json) printJson(io, { source, ...change });
  else io.stdout.write(asText(io, change));
  return EXIT.ok;
}

async function updated(source: string, path: string, own: Models): Promise<CatalogChange> {
  // The built-in list has the same form; only its type is stricter.
  const builtin = builtinCatalog.entries as unknown as Models;
  const known = new Set(own.map(key));
  const before = [...own, ...builtin.filter((entry) => !known.has(key(entry)))];
  try {
    const change = await updateCatalog(source, { before: { models: before }, path });
    // A model of the built-in list was not in the user's list, and stays available.
    return { ...change, removed: change.removed.filter((name) => known.has(name)) };
  } catch (error) {
    throw new CliError(`${messageOf(error)}.\nNothing was changed.`);
  }
}

const key = ({ provider, model }: Models[number]): string => `${provider},${model}`;

function asText(io: Io, { path, models, added, removed, repriced }: CatalogChange): string {
  const style = styleOf(io.stdout);
  const { bold, dim } = style;
  const lines = [
    `${bold(counted(models, "model"))} in the new list, saved as ${shortPath(io, path)}.`,
    ...names(io, "new", added, style.green),
    ...names(io, "with a new price", repriced, style.yellow),
    ...names(io, "removed", removed, style.red),
    ...(added.length + repriced.length + removed.length === 0
      ? ["Nothing differs from the previous list."]
      : []),
    dim("Models that it lacks come from the built-in list. A running proxy uses it within seconds."),
  ];
  return lines.flatMap((line) => wrap(line, io.stdout.columns)).map((line) => `${line}\n`).join("");
}

function names(io: Io, what: string, all: readonly string[], paint: Style["green"]): string[] {
  if (all.length === 0) return [];
  const rest = all.length - MOST_NAMES;
  const width = io.stdout.columns;
  const listed = `${all.slice(0, MOST_NAMES).map(visible).join("  ")}${
    rest > 0 ? `  and ${count(rest)} more` : ""
  }`;
  return [
    paint(`${count(all.length)} ${what}:`),
    ...wrap(listed, width === undefined ? undefined : width - 2).map((line) => `  ${line}`),
  ];
}
