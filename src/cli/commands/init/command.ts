/** `init`: writes a first configuration, for the keys in the environment. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { foundKeys, initConfig, localPreset, type LocalServer } from "../../../config/init.ts";
import { errorCode, reason } from "../../../files/errors.ts";
import { isStrangersLink } from "../../../files/write.ts";
import { mergedEnv, readDotEnv } from "../../../config/source/env.ts";
import { remember } from "../../../config/source/used-folders.ts";
import { CliError, type Command, EXIT, PROGRAM } from "../../command.ts";
import type { Io } from "../../io.ts";
import { styleOf } from "../../output/style.ts";
import { wrap } from "../../../text/width.ts";
import { builtinLocals, runningServers } from "../doctor/local.ts";

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
    message`Writes a commented configuration with routes to the providers whose keys are in the environment or in the .env beside it; without a key, to a model server of this machine (Ollama, LM Studio, llama.cpp, vLLM) and a model that it has.`,
  parser: map(parser, (options) => (io) => run(io, options)),
  examples: ["init", "init --output ~/.config/terraphim-llm-proxy/config.toml", "init -o -"],
};

async function run(io: Io, { output, force }: Options): Promise<number> {
  const stdout = output === "-";
  const path = resolve(io.cwd, stdout ? "config.toml" : output);
  const env = mergedEnv(io.env, readDotEnv(path).values);
  const variables = foundKeys(env);
  const servers = variables.length > 0 ? [] : await runningServers(builtinLocals());
  const text = initConfig(env, servers);
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
    wrap(`Wrote ${bold(output)}. ${whereTo(variables, servers)}`, io.stdout.columns).join("\n") + "\n\n" +
      next.map(([line, what]) => `  ${PROGRAM} ${line.padEnd(widest)}  ${what}\n`).join(""),
  );
  return EXIT.ok;
}

/** Where the routes of a new configuration lead, and what that needs. */
function whereTo(variables: readonly string[], servers: readonly LocalServer[]): string {
  if (variables.length > 0) return `It reads ${variables.join(", ")} from the environment and holds no key.`;
  const { provider, code } = localPreset(servers);
  const server = servers.find((one) => one.provider === provider);
  const none = "No provider's key was found in the environment";
  return server === undefined
    ? `${none}, and no model server runs on this machine: set a key (OPENROUTER_API_KEY, ANTHROPIC_API_KEY, …) and run ` +
      `init --force, or start Ollama with ${code} (ollama pull ${code}).`
    : `${none}: all routes go to ${code} at ${server.label} on this machine.`;
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
