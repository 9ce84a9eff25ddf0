/** What `setup` does: shows a change, asks, writes, remembers how it is taken back, and tries the proxy. */
import { stringify } from "smol-toml";
import { CliError, EXIT } from "../../command.ts";
import { catalogFor, readConfig, shortPath } from "../../configuration.ts";
import { type Io, printJson } from "../../io.ts";
import { serverUrl } from "../../options.ts";
import { styleOf } from "../../output/style.ts";
import { messageOf } from "../../../files/errors.ts";
import type { Config } from "../../../config/config.ts";
import { type Aim, aimOf, type Client, type ClientFile, type Plan, type Task } from "./client.ts";
import { clientNamed, CLIENTS } from "./clients.ts";
import { CannotEdit, edited } from "../../../files/edit.ts";
import { dataIn, editText, readClientFile, writeClientFile } from "./file.ts";
import { asDiff, byHand, installed, listing, printed, undone, written } from "./text.ts";
import { tried } from "./try.ts";
import { missingFolders, pathsWritten, readRecords, remember, undo } from "./undo.ts";
import { editYaml } from "./yaml-edit.ts";

export interface SetupOptions {
  readonly clients: readonly string[];
  readonly yes: boolean;
  readonly print: boolean;
  readonly undo: boolean;
  readonly all: boolean;
  readonly key?: string | undefined;
  readonly replaceLogin: boolean;
  readonly model?: string | undefined;
  readonly url?: string | undefined;
  readonly noTest: boolean;
  readonly json: boolean;
  readonly config?: string | undefined;
}

/**
 * Resolves to the exit code.
 * @throws CliError where a file cannot be changed, or the options contradict each other
 */
export async function runSetup(io: Io, options: SetupOptions): Promise<number> {
  const { yes, print, json } = options;
  if (yes && print) throw new CliError("--print and --write (--yes) cannot be combined.", EXIT.unusable);
  const clients = clientsOf(io, options);
  if (options.undo) return takeBack(io, clients, json);
  const config = readConfig(io, options.config);
  const url = options.url === undefined ? undefined : serverUrl(options.url);
  const aim = aimOf(config, catalogFor(io, config), { url, model: options.model, key: options.key });
  if (clients.length === 0) {
    if (yes) {
      throw new CliError(`Name the client: setup ${CLIENTS[0]?.name} --write, or --all.`, EXIT.unusable);
    }
    listing(io, aim, json);
    return EXIT.ok;
  }
  let wrote = false;
  for (const [index, client] of clients.entries()) {
    if (index > 0 && !json) io.stdout.write("\n");
    wrote = await setUp(io, taskOf(io, client, aim, options.replaceLogin), options) || wrote;
  }
  if (wrote && !options.noTest && !json) await test(io, config, aim, options);
  return EXIT.ok;
}

/** The clients that are meant. `claude code`, as people say it, is one. */
function clientsOf(io: Io, { clients: words, all, undo }: SetupOptions): readonly Client[] {
  if (all) {
    if (words.length > 0) throw new CliError("Name clients, or say --all; not both.", EXIT.unusable);
    return undo ? CLIENTS : CLIENTS.filter((client) => client.files.length > 0 && installed(io, client));
  }
  const found = words.filter((word, index) => !(word === "code" && words[index - 1] === "claude")).flatMap((
    word,
  ) => clientNamed(word) ?? []);
  return [...new Set(found)];
}

/** A client that is logged in keeps its login, unless told otherwise: its key would put it out of use. */
function taskOf(io: Io, client: Client, aim: Aim, replaceLogin: boolean): Task {
  const login = client.login?.(io);
  if (replaceLogin) return { client, aim: { ...aim, passthrough: false }, login };
  return { client, aim: { ...aim, passthrough: aim.passthrough || login !== undefined }, login };
}

/** Shows, asks, writes. Resolves to whether a file was written or is right already. */
async function setUp(io: Io, task: Task, options: SetupOptions): Promise<boolean> {
  const { client, aim } = task;
  const { yes, print, json } = options;
  if (client.files.length === 0) {
    const steps = client.byHand?.(aim) ?? [];
    if (json) printJson(io, { client: client.name, file: null, lines: steps.join("\n"), ...asJson(aim) });
    else io.stdout.write(byHand(io, task, steps));
    return false;
  }
  const asks = !yes && !print && !json && io.ask !== undefined;
  if (!yes && !asks) {
    const plans = client.files.map((file) => settingsOf(io, file, aim));
    if (json) {
      const [first] = plans;
      printJson(io, { client: client.name, file: first?.path, lines: first?.lines, ...asJson(aim) });
    } else io.stdout.write(printed(io, task, plans));
    return false;
  }
  const plans = client.files.map((file) => planOf(io, file, aim));
  const changing = plans.filter(({ before, after }) => before !== after);
  if (!json) { for (const plan of changing) io.stdout.write(asDiff(io, plan, aim)); }
  if (asks && changing.length > 0) {
    const answer = await io.ask?.(`Write ${changing.length === 1 ? "this change" : "these changes"}? [y/N] `);
    if (!/^y(es)?$/i.test(answer?.trim() ?? "")) {
      io.stdout.write("Nothing was changed.\n");
      return false;
    }
  }
  const backups = changing.map((plan) => write(io, client, plan));
  if (json) {
    const backup = backups.find((one) => one !== undefined) ?? null;
    const file = plans[0]?.path;
    printJson(io, { client: client.name, file, changed: changing.length > 0, backup, ...asJson(aim) });
  } else io.stdout.write(written(io, task, plans, backups));
  return true;
}

/** @returns the backup's path */
function write(io: Io, { name }: Client, { path, format, before, after, edits }: Plan): string | undefined {
  const folders = before === undefined ? missingFolders(path) : [];
  const backup = writeClientFile(path, after, Date.now());
  remember(io, { client: name, path, format, before, after, edits, backup, folders });
  return backup;
}

const asJson = ({ url, key, model }: Aim): unknown & object => ({
  url,
  key_variable: key ?? null,
  model: model ?? null,
});

/** The settings of a file, whatever is in it. */
function settingsOf(
  io: Io,
  { format, path, edits }: ClientFile,
  aim: Aim,
): Pick<Plan, "path" | "lines" | "format"> {
  const wanted = edits(aim, undefined);
  const lines = format === "toml"
    ? stringify(edited({}, wanted)).trim()
    : format === "yaml"
    ? editYaml("", wanted).trim()
    : JSON.stringify(edited({}, wanted), null, 2);
  return { path: path(io), format, lines };
}

/** A client's file as it should be. @throws CliError with the lines to add by hand */
function planOf(io: Io, file: ClientFile, aim: Aim): Plan {
  const settings = settingsOf(io, file, aim);
  const { path, format, lines } = settings;
  const before = readClientFile(path);
  const text = before ?? (file.fresh === undefined ? "" : `${JSON.stringify(file.fresh, null, 2)}\n`);
  try {
    const own = pathsWritten(io, path);
    const edits = file.edits(aim, dataIn(format, text))
      .filter(({ path, value }) => value !== undefined || own.has(JSON.stringify(path)));
    const after = editText(format, text, edits);
    return { path, format, lines, edits, before, after };
  } catch (error) {
    const why = error instanceof CannotEdit ? error.message : "it cannot be parsed";
    throw new CliError(`${path} was not changed: ${why}. Add this yourself:\n\n${lines}`);
  }
}

/**
 * Takes back what was changed, of some clients, or of all. Where some could not be taken back, JSON has the reasons beside
 * what was done: one document.
 * @throws CliError after all were tried, where some could not be taken back
 */
function takeBack(io: Io, clients: readonly Client[], json: boolean): number {
  const names = new Set(clients.map(({ name }) => name));
  const records = readRecords(io).filter(({ client }) => names.size === 0 || names.has(client));
  const problems: string[] = [];
  const done = records.toReversed().flatMap((one) => {
    try {
      return [{ client: one.client, ...undo(io, one) }];
    } catch (error) {
      problems.push(messageOf(error));
      return [];
    }
  });
  const exitCode = problems.length === 0 ? EXIT.ok : EXIT.failed;
  if (json) {
    const failure = { ok: false, error: problems.join("\n"), exit_code: exitCode };
    printJson(io, { undone: done, ...(problems.length === 0 ? {} : failure) });
    return exitCode;
  }
  if (done.length > 0 || problems.length === 0) io.stdout.write(undone(io, done, [...names]));
  if (problems.length > 0) throw new CliError(problems.join("\n"));
  return exitCode;
}

/** Tries the proxy, and says how it went. Nothing that was written depends on it. */
async function test(io: Io, config: Config, aim: Aim, { config: file }: SetupOptions): Promise<void> {
  const { dim } = styleOf(io.stdout);
  const key = aim.secret ?? config.proxy.apiKeys[0];
  const path = config.path === undefined ? undefined : shortPath(io, config.path);
  for (const line of await tried({ url: aim.url, key, model: aim.model, config: file ?? path })) {
    io.stdout.write(`${line.ok ? line.text : dim(line.text)}\n`);
  }
}
