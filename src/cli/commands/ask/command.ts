/** `ask`: one prompt through the running proxy, with where it went and what it cost. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, multiple, optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { z } from "zod";
import { cost } from "../../../catalog/cost.ts";
import { defaultDialect, dialects } from "../../../dialects/registry.ts";
import { textOfHeader } from "../../../dispatch/headers.ts";
import { money } from "../../../text/format.ts";
import { visible } from "../../../text/visible.ts";
import { wrap } from "../../../text/width.ts";
import { CliError, type Command, EXIT } from "../../command.ts";
import { catalogFor, readConfig } from "../../configuration.ts";
import { type Io, printJson } from "../../io.ts";
import { configOption, jsonOption, serverUrl, urlOption } from "../../options.ts";
import { styleOf } from "../../output/style.ts";
import { addressOf, askProxy, notThisProgram } from "../status/health.ts";

interface Options {
  readonly prompt: readonly string[];
  readonly model: string;
  readonly url?: string | undefined;
  readonly config?: string | undefined;
  readonly json: boolean;
}

const parser = object({
  prompt: multiple(argument(string({ metavar: "PROMPT" }), {
    description: message`the prompt; - reads it from the standard input`,
  })),
  model: optional(option("-m", "--model", string({ metavar: "MODEL" }), {
    description: message`a route, a target or a model (default: auto)`,
  })),
  url: urlOption,
  config: configOption,
  json: jsonOption,
});

export const command: Command = {
  description:
    message`Sends a prompt through the running proxy and prints the answer, with its route, its reason and what it cost.`,
  parser: map(parser, ({ model = "auto", ...options }) => (io) => run(io, { model, ...options })),
  examples: [
    'ask "what is 1 + 1?"',
    'ask "@think is this schema sound?"',
    "ask --model groq,llama-3.1-8b-instant - < prompt.txt",
  ],
};

/** Milliseconds for the whole answer. */
const PATIENCE_MS = 600_000;

const failure = z.looseObject({ error: z.looseObject({ message: z.string() }) });

/** @throws CliError where no proxy answers, or the request fails */
async function run(io: Io, options: Options): Promise<number> {
  const joined = options.prompt.join(" ");
  if (joined === "") throw new CliError('Give a prompt: ask "what is 1 + 1?".', EXIT.unusable);
  const prompt = joined === "-" ? (await io.stdin()).trimEnd() : joined;
  const config = readConfig(io, options.config);
  const url = options.url === undefined ? addressOf(config) : serverUrl(options.url);
  const dialect = defaultDialect(dialects);
  const asked = await askProxy({
    url,
    key: config.proxy.apiKeys[0] ?? config.proxy.adminKey,
    path: dialect.paths.generate,
    body: dialect.example(prompt, options.model),
    patienceMs: PATIENCE_MS,
  });
  if (!asked.ok) throw new CliError(asked.problem);
  const header = (name: string) => textOfHeader(asked.headers.get(name) ?? "");
  const route = header("x-route");
  if (route === "") throw new CliError(notThisProgram(url, asked.status).problem);
  if (asked.status !== 200) {
    throw new CliError(
      failure.safeParse(asked.body).data?.error.message ?? `the answer has status ${asked.status}.`,
    );
  }
  const target = { provider: header("x-routed-provider"), model: header("x-routed-model") };
  const usage = dialect.usage(asked.body);
  const price = catalogFor(io, config).find(target)?.price;
  const dollars = usage === undefined ? undefined : usage.cost ?? cost(usage, price);
  const text = dialect.reply.decode(asked.body).parts.map((part) => part.type === "text" ? part.text : "")
    .join("");
  const why = header("x-route-reason").replaceAll(" -> ", " → ").split("; ");
  if (options.json) {
    printJson(io, {
      route,
      ...target,
      why,
      answer: text,
      cost_usd: dollars ?? null,
      request_id: header("x-request-id"),
    });
    return EXIT.ok;
  }
  const { bold, cyan, dim } = styleOf(io.stdout);
  const spent = dollars === undefined ? "cost unknown" : money(dollars);
  io.stdout.write(
    `${cyan(route)} → ${bold(`${target.provider},${target.model}`)}, ${spent}\n` +
      wrap(visible(why.join("; ")), io.stdout.columns).map((line) => `${dim(line)}\n`).join("") +
      `\n${shown(text)}\n`,
  );
  return EXIT.ok;
}

/** An answer for a terminal: its lines stay, and nothing in it moves the cursor. */
const shown = (text: string): string => text.split("\n").map(visible).join("\n");
