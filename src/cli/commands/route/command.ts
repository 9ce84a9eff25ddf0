/** `route`: where a prompt or a recorded request would go, and why. Nothing is sent. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, multiple, optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import { reason } from "../../../files/errors.ts";
import { type BuiltinDialect, dialects } from "../../../dialects/registry.ts";
import type { RequestFacts } from "../../../model/request-facts.ts";
import { inConversation, NoRequest, requestFor, requestFrom } from "../../../dialects/sample-request.ts";
import { CliError, type Command, EXIT } from "../../command.ts";
import { catalogFor, readConfig } from "../../configuration.ts";
import { scriptIn } from "../../../server/script.ts";
import { decide, decisionJson } from "../../../server/decide.ts";
import { explanation } from "./explanation.ts";
import { type Io, printJson } from "../../io.ts";
import { learnedIn } from "../learn/run.ts";
import { configOption, jsonOption } from "../../options.ts";

const DIALECTS = Object.keys(dialects) as BuiltinDialect[];

interface Options {
  readonly prompt: readonly string[];
  readonly previous: readonly string[];
  readonly before?: string | undefined;
  readonly file?: string | undefined;
  readonly dialect?: BuiltinDialect | undefined;
  readonly model?: string | undefined;
  readonly config?: string | undefined;
  readonly json: boolean;
}

const parser = object({
  prompt: multiple(argument(string({ metavar: "PROMPT" }), {
    description: message`the prompt; - reads it from the standard input`,
  })),
  previous: multiple(option("-p", "--previous", string({ metavar: "PROMPT" }), {
    description: message`an earlier prompt of the conversation; once for each, the oldest first`,
  })),
  before: optional(option("-b", "--before", string({ metavar: "TEXT" }), {
    description: message`what the agent said right before the prompt`,
  })),
  file: optional(option("-f", "--file", string({ metavar: "FILE" }), {
    description:
      message`a request: its body, or a recorded {method, path, headers, body}; - reads the standard input`,
  })),
  dialect: optional(option("-d", "--dialect", choice(DIALECTS, { metavar: "DIALECT" }), {
    description: message`the format of the request`,
  })),
  model: optional(option("-m", "--model", string({ metavar: "MODEL" }), {
    description: message`the model name that the client sends`,
  })),
  config: configOption,
  json: jsonOption,
});

export const command: Command = {
  description: message`Explains where a prompt or a request would go, and why. Nothing is sent.`,
  parser: map(parser, (options) => (io) => run(io, options)),
  examples: [
    'route "plan the architecture"',
    'route --before "Shall I fix it?" "yes"',
    'route --previous "fix the menu" --previous "still no menu" "same error"',
    "route --file request.json",
    "route --model claude-opus-4-5-20251101 --dialect anthropic-messages - < prompt.txt",
  ],
};

async function run(io: Io, options: Options): Promise<number> {
  const facts = await asked(io, options);
  const config = readConfig(io, options.config);
  const catalog = catalogFor(io, config);
  const decided = decide(facts, config, {
    ...await scriptIn(config),
    ...learnedIn(io, config),
    now: Date.now(),
    model: catalog.find,
    sameModel: catalog.sameModel,
  });
  if (options.json) printJson(io, decisionJson(decided, catalog));
  else io.stdout.write(explanation(io.stdout, decided.facts, decided, catalog.find));
  return decided.plan.targets.some(({ skip }) => skip === undefined) ? EXIT.ok : EXIT.failed;
}

async function asked(
  io: Io,
  { prompt: words, previous, before, file, dialect, model }: Options,
): Promise<RequestFacts> {
  if (file !== undefined) {
    if (previous.length > 0 || before !== undefined) {
      throw new CliError(
        "--file has the whole conversation: --previous and --before are for a prompt.",
        EXIT.unusable,
      );
    }
    const text = file === "-" ? await io.stdin() : read(resolve(io.cwd, file), file);
    try {
      return requestFrom(text, file === "-" ? "The standard input" : file, dialect, model);
    } catch (error) {
      throw error instanceof NoRequest ? new CliError(error.message, EXIT.unusable) : error;
    }
  }
  if (words.length === 0) {
    throw new CliError(
      'Give a prompt: route "plan the architecture", or route --file request.json.',
      EXIT.unusable,
    );
  }
  const joined = words.join(" "); // quotes are easily forgotten
  const prompt = joined === "-" ? (await io.stdin()).trimEnd() : joined;
  return inConversation(requestFor(prompt, dialect, model), previous, before);
}

function read(path: string, named: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new CliError(`cannot read ${named}: ${reason(error)}.`, EXIT.unusable);
  }
}
