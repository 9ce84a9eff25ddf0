/** `import`: makes a configuration out of another program's. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import { parseConfig } from "../../../config/load.ts";
import { reason } from "../../../files/errors.ts";
import { isRecord, textOf } from "../../../json/shape.ts";
import { visible } from "../../../text/visible.ts";
import { CliError, type Command, EXIT, PROGRAM } from "../../command.ts";
import { homeOf, unusable } from "../../configuration.ts";
import { type Io, printJson } from "../../io.ts";
import { jsonOption } from "../../options.ts";
import { styleOf } from "../../output/style.ts";
import { writeNew } from "../init/command.ts";
import { ccr } from "./ccr.ts";
import { type Imported, type Importer, tomlOf, withoutKeys } from "./imported.ts";
import { liteLlm } from "./litellm.ts";
import { nineRouter } from "./nine-router.ts";

const IMPORTERS: Readonly<Record<string, Importer>> = { ccr, litellm: liteLlm, "9router": nineRouter };
const NAMES = Object.keys(IMPORTERS);

interface Options {
  readonly program: string;
  readonly file?: string | undefined;
  readonly output: string;
  readonly force: boolean;
  readonly json: boolean;
}

const parser = object({
  program: argument(choice(NAMES, { metavar: "PROGRAM" }), {
    description: message`whose configuration: ccr (claude-code-router), litellm or 9router`,
  }),
  file: optional(argument(string({ metavar: "FILE" }), {
    description: message`their file (default: where the program keeps it)`,
  })),
  output: withDefault(
    option("-o", "--output", string({ metavar: "FILE" }), {
      description: message`file to write (default: config.toml; - prints it, without keys)`,
    }),
    "config.toml",
  ),
  force: withDefault(flag("--force", { description: message`replace an existing file` }), false),
  json: jsonOption,
});

export const command: Command = {
  description:
    message`Makes a configuration out of that of claude-code-router, LiteLLM or 9router, and lists what could not be carried over, with the reason. Their file stays as it is.`,
  parser: map(parser, (options) => (io) => Promise.resolve(run(io, options))),
  examples: [
    "import ccr",
    "import litellm config.yaml --output ours.toml",
    "import 9router backup.json -o -",
  ],
};

function run(io: Io, { program, file, output, force, json }: Options): number {
  const importer = IMPORTERS[program]!;
  const path = file === undefined ? found(io, program, importer) : resolve(io.cwd, file);
  const imported = fitting(readTheirs(importer, path, file ?? path), path, { io, output });
  if (output === "-") {
    io.stdout.write(tomlOf({ ...imported, tree: withoutKeys(imported.tree) }, path));
    return EXIT.ok;
  }
  writeNew(resolve(io.cwd, output), output, tomlOf(imported, path), force);
  if (json) {
    printJson(io, { read: path, wrote: output, not_carried_over: imported.left });
    return EXIT.ok;
  }
  const { bold, dim } = styleOf(io.stdout);
  const left = imported.left.map(({ path, why }) => `  ${visible(path)}: ${dim(visible(why))}\n`).join("");
  io.stdout.write(
    `Read ${visible(path)} and wrote ${bold(output)}. Its keys are in it; only you can read it.\n` +
      (left === "" ? "" : `\nNot carried over:\n${left}`) +
      `\nNext: ${PROGRAM} check --config ${output}\n`,
  );
  return EXIT.ok;
}

/**
 * What was read, as a configuration that loads. An address that other machines can reach needs a strong key here: without one
 * the new file is for this machine alone. @throws CliError with what else is wrong with it
 */
function fitting(
  imported: Imported,
  path: string,
  { io, output }: { readonly io: Io; readonly output: string },
) {
  const check = (one: Imported) => parseConfig(tomlOf(one, path), { env: io.env, name: output });
  const checked = check(imported);
  if (checked.ok) return imported;
  const open = checked.problems.find(({ key }) => /^proxy\.(?:host|api_keys?)\b/.test(key));
  const { tree, left } = imported;
  if (open === undefined || !isRecord(tree.proxy)) throw unusable(checked.problems);
  const host = textOf(tree.proxy.host);
  const why = `the new file is for this machine only: ${open.message.replace(/\.$/, "")}`;
  const closed = {
    tree: { ...tree, proxy: { ...tree.proxy, host: "127.0.0.1" } },
    left: [...left, { path: `the address ${host}`, why }],
  };
  const again = check(closed);
  if (!again.ok) throw unusable(again.problems);
  return closed;
}

/** @throws CliError where the program keeps no file */
function found(io: Io, program: string, { label, places }: Importer): string {
  const paths = places.map((place) => join(homeOf(io), place));
  const path = paths.find((one) => existsSync(one));
  if (path !== undefined) return path;
  throw new CliError(
    `${label} has no file at ${paths.join(" or ")}. Name it: ${PROGRAM} import ${program} FILE.`,
    EXIT.unusable,
  );
}

/** @throws CliError where the file cannot be read, or is something else */
function readTheirs({ label, read }: Importer, path: string, named: string): Imported {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new CliError(`cannot read ${named}: ${reason(error)}.`, EXIT.unusable);
  }
  try {
    return read(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(`${named} is not a configuration of ${label}: ${why}.`, EXIT.unusable);
  }
}
