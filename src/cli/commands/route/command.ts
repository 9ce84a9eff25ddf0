/** `route`: where a prompt or a recorded request would go, and why. Nothing is sent. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, multiple, optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import type { PricedCatalog } from "../../../config/priced-catalog.ts";
import { reason } from "../../../files/errors.ts";
import { type BuiltinDialect, dialects } from "../../../dialects/registry.ts";
import type { RequestFacts } from "../../../model/request-facts.ts";
import { requestFor, requestFrom } from "./sample-request.ts";
import { CliError, type Command, EXIT } from "../../command.ts";
import { catalogFor, readConfig } from "../../configuration.ts";
import { decide, type Decided } from "../../../server/decide.ts";
import { explanation } from "./explanation.ts";
import { type Io, printJson } from "../../io.ts";
import { configOption, jsonOption } from "../../options.ts";

const DIALECTS = Object.keys(dialects) as BuiltinDialect[];

interface Options {
  readonly prompt: readonly string[];
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
    "route --file request.json",
    "route --model claude-opus-4-5-20251101 --dialect anthropic-messages - < prompt.txt",
  ],
};

async function run(io: Io, options: Options): Promise<number> {
  const facts = await asked(io, options);
  const config = readConfig(io, options.config);
  const catalog = catalogFor(io, config);
  const decided = decide(facts, config, { now: Date.now(), model: catalog.find });
  if (options.json) printJson(io, asJson(facts, decided, catalog));
  else io.stdout.write(explanation(io.stdout, facts, decided, catalog.find));
  return decided.plan.targets.some(({ skip }) => skip === undefined) ? EXIT.ok : EXIT.failed;
}

async function asked(io: Io, { prompt: words, file, dialect, model }: Options): Promise<RequestFacts> {
  if (file !== undefined) {
    const text = file === "-" ? await io.stdin() : read(resolve(io.cwd, file), file);
    return requestFrom(text, file === "-" ? "The standard input" : file, dialect, model);
  }
  if (words.length === 0) {
    throw new CliError(
      'Give a prompt: route "plan the architecture", or route --file request.json.',
      EXIT.unusable,
    );
  }
  const prompt = words.join(" "); // quotes are easily forgotten
  return requestFor(prompt === "-" ? (await io.stdin()).trimEnd() : prompt, dialect, model);
}

function read(path: string, named: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new CliError(`cannot read ${named}: ${reason(error)}.`, EXIT.unusable);
  }
}

function asJson(facts: RequestFacts, { classification, plan }: Decided, catalog: PricedCatalog): unknown {
  return {
    route: plan.route,
    kind: classification.kind,
    matched: classification.matched,
    language: classification.language ?? null,
    complexity: classification.complexity,
    housekeeping: classification.housekeeping ?? null,
    prompt: classification.prompt ?? null,
    client: facts.client,
    dialect: facts.dialect,
    model: facts.model,
    approx_tokens: facts.approxTokens,
    targets: plan.targets.map(({ provider, model, from, skip }) => {
      const price = catalog.find({ provider, model })?.price;
      return {
        provider,
        model,
        from,
        skip: skip ?? null,
        price: price === undefined ? null : { input: price.input, output: price.output },
      };
    }),
    why: plan.why,
  };
}
