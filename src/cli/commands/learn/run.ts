/** What `learn show`, `learn export` and `learn propose` do with the files of the data folder; no proxy needs to run. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { shareLeft } from "../../../classifier/learned/corrections.ts";
import type { Config } from "../../../config/config.ts";
import { parseConfig } from "../../../config/load.ts";
import { formatProblems } from "../../../config/problem.ts";
import { messageOf, reason } from "../../../files/errors.ts";
import { readText } from "../../../files/read.ts";
import { rewrite } from "../../../files/write.ts";
import { dataFile } from "../../../runtime/data-folder.ts";
import {
  type Feedback,
  feedbackText,
  type KeptDecision,
  readDecisions,
  readFeedback,
} from "../../../server/learning/files.ts";
import type { World } from "../../../server/decide.ts";
import { Learning, MOST_DECISIONS } from "../../../server/learning/learning.ts";
import { diff } from "../../../text/diff.ts";
import { counted, localMinute, share } from "../../../text/format.ts";
import { visible } from "../../../text/visible.ts";
import { CliError, EXIT } from "../../command.ts";
import { dataFolderOf, readConfig } from "../../configuration.ts";
import { type Io, printJson } from "../../io.ts";
import { styleOf } from "../../output/style.ts";
import { table } from "../../output/table.ts";
import { proposals, proposalText } from "./propose.ts";

/** @throws CliError where the file is broken */
export function feedbackOf(io: Io): Feedback {
  try {
    return readFeedback(dataFile(dataFolderOf(io), "learned"));
  } catch (error) {
    throw new CliError(`${messageOf(error)}.`);
  }
}

const decisionsOf = (io: Io): readonly KeptDecision[] =>
  readDecisions(dataFile(dataFolderOf(io), "decisions"), MOST_DECISIONS);

/**
 * Judges prompts with what a running proxy has learned, where the configuration learns: from the requests without a key, or of
 * the only key that was corrected.
 */
export function learnedIn(io: Io, { learning: { enabled } }: Config): Pick<World, "judge"> {
  if (!enabled) return {};
  const clock = { now: () => Date.now(), mono: () => performance.now() };
  const learning = new Learning({ log: () => {}, clock, folder: dataFolderOf(io) });
  const keys = [...new Set(learning.feedback.corrections.map(({ key }) => key))];
  return { judge: learning.judgeFor(keys.length === 1 ? keys[0] : undefined) };
}

/** Items with the same name, in the order of their first. */
function grouped<T>(items: readonly T[], nameOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(nameOf(item), [...groups.get(nameOf(item)) ?? [], item]);
  return groups;
}

export function show(io: Io, { json }: { readonly json: boolean }): number {
  const { corrections, thumbs } = feedbackOf(io);
  if (json) {
    printJson(io, {
      corrections: corrections.map(({ id, time, key, from, to, by, features }) => ({
        request_id: id,
        time: new Date(time).toISOString(),
        key: key ?? null,
        from,
        to,
        by,
        features: features.hashes.length,
      })),
      thumbs: thumbs.map(({ id, time, key, up, kind, language, target }) => ({
        request_id: id,
        time: new Date(time).toISOString(),
        key: key ?? null,
        thumb: up ? "up" : "down",
        kind,
        language: language ?? null,
        target: `${target.provider},${target.model}`,
      })),
    });
    return EXIT.ok;
  }
  const { stdout } = io;
  const style = styleOf(stdout);
  if (corrections.length + thumbs.length === 0) {
    stdout.write("Nothing was learned: there is no correction and no thumb.\n");
    return EXIT.ok;
  }
  const now = Date.now();
  const mean = (times: readonly number[]) =>
    share(times.reduce((sum, time) => sum + shareLeft(time, now), 0) / times.length);
  if (corrections.length > 0) {
    const columns = ["Decided", "Right", "Key", "Times", "Counts", "Latest"].map((title) => ({ title }));
    const groups = grouped(corrections, ({ from, to, key = "" }) => `${from} ${to} ${key}`);
    const rows = [...groups.values()].map((group) => {
      const { from, to, key = "–" } = group[0]!;
      const latest = localMinute(group.at(-1)!.time);
      return {
        cells: [from, to, visible(key), String(group.length), mean(group.map(({ time }) => time)), latest],
      };
    });
    stdout.write(table(columns, rows, style, stdout.columns));
  }
  if (thumbs.length > 0) {
    const columns = ["Target", "Kind", "Language", "Up", "Down"].map((title) => ({ title }));
    const groups = grouped(
      thumbs,
      ({ target: { provider, model }, kind, language = "" }) => `${provider},${model} ${kind} ${language}`,
    );
    const rows = [...groups.values()].map((group) => {
      const { target: { provider, model }, kind, language = "–" } = group[0]!;
      const up = group.filter((one) => one.up).length;
      return { cells: [`${provider},${model}`, kind, language, String(up), String(group.length - up)] };
    });
    stdout.write((corrections.length > 0 ? "\n" : "") + table(columns, rows, style, stdout.columns));
  }
  return EXIT.ok;
}

export function exported(io: Io): number {
  io.stdout.write(`${feedbackText(feedbackOf(io))}\n`);
  return EXIT.ok;
}

interface ProposeOptions {
  readonly words?: string | undefined;
  readonly write: boolean;
  readonly config?: string | undefined;
  readonly json: boolean;
}

/** @throws CliError where the configuration is not in a file, or the words cannot be read */
export function propose(io: Io, { words, write, config: file, json }: ProposeOptions): number {
  const config = readConfig(io, file);
  const { path } = config;
  if (path === undefined) {
    throw new CliError("there is no configuration file to change; see init.", EXIT.unusable);
  }
  const texts = words === undefined ? [] : [textOf(io, words)];
  const found = proposals({
    feedback: feedbackOf(io),
    decisions: decisionsOf(io),
    texts,
    rules: config.router.rules,
  });
  const before = readText(path);
  const after = found.length === 0 ? before : `${before.trimEnd()}\n\n${found.map(proposalText).join("\n")}`;
  const checked = parseConfig(after, { env: io.env, name: path });
  if (!checked.ok) {
    throw new CliError(`the rules do not fit into ${path}:\n${formatProblems(checked.problems)}`);
  }
  if (write && found.length > 0) rewrite(path, after);
  if (json) printJson(io, { path, written: write && found.length > 0, rules: found });
  else if (found.length === 0) {
    io.stdout.write(
      "No rule to propose: it needs a known word that is in three corrections to a route and in hardly any other " +
        "decision. --words FILE gives a text with your words, such as your prompts.\n",
    );
  } else {
    const { green, dim } = styleOf(io.stdout);
    const lines = diff(before, after).map((line) =>
      line === undefined ? dim("…") : line.mark === "+" ? green(`+${line.text}`) : ` ${line.text}`
    );
    const done = write
      ? `${path} has ${counted(found.length, "new rule")}.`
      : "To write it: learn propose --write";
    io.stdout.write(`${dim(`--- ${path}`)}\n${lines.join("\n")}\n\n${done}\n`);
  }
  return EXIT.ok;
}

function textOf(io: Io, file: string): string {
  try {
    return readFileSync(resolve(io.cwd, file), "utf8");
  } catch (error) {
    throw new CliError(`cannot read ${file}: ${reason(error)}.`, EXIT.unusable);
  }
}
