/** `init`: writes a first configuration, for the keys in the environment. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { initConfig } from "../../../config/init.ts";
import { errorCode, reason } from "../../../files/errors.ts";
import { isStrangersLink } from "../../../files/write.ts";
import { mergedEnv, readDotEnv } from "../../../config/source/env.ts";
import { remember } from "../../../config/source/used-folders.ts";
import { CliError, type Command, EXIT, PROGRAM } from "../../command.ts";
import type { Io } from "../../io.ts";
import { styleOf } from "../../output/style.ts";

interface Options {
  readonly output: string;
  readonly force: boolean;
}

const parser = object({
  output: withDefault(
    option("-o", "--output", string({ metavar: "FILE" }), {
      description: message`file to write (default: config.toml; - prints it)`,
    }),
    "config.toml",
  ),
  force: withDefault(flag("--force", { description: message`replace an existing file` }), false),
});

export const command: Command = {
  description:
    message`Writes a commented configuration with routes to the providers whose keys are in the environment or in the .env beside it.`,
  parser: map(parser, (options) => (io) => Promise.resolve(run(io, options))),
  examples: ["init", "init --output ~/.config/terraphim-llm-proxy/config.toml", "init -o -"],
};

function run(io: Io, { output, force }: Options): number {
  const stdout = output === "-";
  const path = resolve(io.cwd, stdout ? "config.toml" : output);
  const text = initConfig(mergedEnv(io.env, readDotEnv(path).values));
  if (stdout) {
    io.stdout.write(text);
    return EXIT.ok;
  }
  writeNew(path, output, text, force);
  remember(path, { env: io.env });
  const { bold } = styleOf(io.stdout);
  const next: readonly (readonly [line: string, what: string])[] = [
    [`check --config ${output}`, "shows where each route goes, and what is missing"],
    [`--config ${output}`, "runs the proxy"],
  ];
  const widest = Math.max(...next.map(([line]) => line.length));
  io.stdout.write(
    `Wrote ${bold(output)}. It names environment variables and holds no key.\n\n` +
      next.map(([line, what]) => `  ${PROGRAM} ${line.padEnd(widest)}  ${what}\n`).join(""),
  );
  return EXIT.ok;
}

/** Writes a configuration that only its user can read. @throws CliError where it cannot, or may not */
export function writeNew(path: string, named: string, text: string, force: boolean): void {
  if (force && isStrangersLink(path)) {
    throw new CliError(`${named} is a symbolic link in a folder that others can write; it is not followed.`);
  }
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CliError(
      `cannot write ${named}: the folder ${dirname(path)} cannot be made: ${reason(error)}.`,
    );
  }
  try {
    writeFileSync(path, text, { flag: force ? "w" : "wx", mode: 0o600 });
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST") {
      throw new CliError(`${named} already exists; --force replaces it, --output writes another file.`);
    }
    throw new CliError(`cannot write ${named}: ${reason(error)}.`);
  }
}
