/** `cooldowns`, `reset`, `pause` and `resume`: what a running proxy does not ask now, and how that ends. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { z } from "zod";
import { counted } from "../../../text/format.ts";
import { CliError, type Command, EXIT, PROGRAM } from "../../command.ts";
import { readPlace } from "../../configuration.ts";
import { type Io, printJson } from "../../io.ts";
import { configOption, jsonOption, serverUrl, urlOption } from "../../options.ts";
import { addressOf, adminKeyOf, askProxy, cooldown, notThisProgram } from "./health.ts";
import { cooldownText } from "./page.ts";

interface Options {
  readonly url?: string | undefined;
  readonly json: boolean;
  readonly config?: string | undefined;
}

/** The options of commands that change a running proxy. */
export const common = {
  url: urlOption,
  json: jsonOption,
  config: configOption,
};

const name = argument(string({ metavar: "NAME" }), {
  description: message`a provider, or a model of it: openrouter, or groq,llama-3.3-70b-versatile`,
});

const key = optional(option("--key", string({ metavar: "ID" }), {
  description: message`one of the provider's keys alone, by the id that cooldowns and the dashboard show`,
}));

export const cooldowns: Command = {
  description:
    message`Lists what a running proxy does not ask now: what is cooling down after a failure or is paused, why and until when.`,
  parser: map(object(common), (options) => (io) => list(io, options)),
  examples: ["cooldowns", "cooldowns --json"],
};

export const reset: Command = {
  description:
    message`Ends cooldowns of a running proxy, so that the next request asks again: all of them, or those of a provider or model. Pauses stay.`,
  parser: map(
    object({ name: optional(name), key, ...common }),
    ({ name, key, ...options }) => (io) =>
      change(io, options, { path: "/admin/cooldowns/reset", body: placeOf(name, key) }),
  ),
  examples: ["reset", "reset openrouter", "reset groq,llama-3.3-70b-versatile"],
};

export const pause: Command = {
  description:
    message`Makes a running proxy send nothing to a provider or model; other targets answer. Holds over restarts, until its time is over or you resume it.`,
  parser: map(
    object({
      name,
      key,
      time: optional(option("--for", string({ metavar: "TIME" }), {
        description: message`how long: 90s, 30m, 2h, 7d (default: until you resume it)`,
      })),
      ...common,
    }),
    ({ name, key, time, ...options }) => (io) =>
      change(io, options, {
        path: "/admin/pause",
        body: { ...placeOf(name, key), ...(time === undefined ? {} : { seconds: secondsOf(time) }) },
      }),
  ),
  examples: ["pause openrouter", "pause openrouter --for 2h", "pause openrouter --key 1a2b3c4d"],
};

export const resume: Command = {
  description: message`Ends pauses of a running proxy: all of them, or those of a provider or model.`,
  parser: map(
    object({ name: optional(name), key, ...common }),
    ({ name, key, ...options }) => (io) =>
      change(io, options, { path: "/admin/resume", body: placeOf(name, key) }),
  ),
  examples: ["resume", "resume openrouter"],
};

/** `openrouter` or `groq,llama`, and the id of a key, as the proxy takes them. */
function placeOf(
  name: string | undefined,
  id: string | undefined,
): { readonly provider?: string; readonly model?: string; readonly key?: string } {
  const key = id === undefined ? {} : { key: id.trim() };
  if (name === undefined) return key;
  const comma = name.indexOf(",");
  if (comma === -1) return { provider: name.trim(), ...key };
  return { provider: name.slice(0, comma).trim(), model: name.slice(comma + 1).trim(), ...key };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** @throws CliError where it is not a time */
function secondsOf(time: string): number {
  const [, amount, unit = ""] = /^(\d+)([smhd])$/.exec(time.trim()) ?? [];
  const seconds = Number(amount) * (UNITS[unit] ?? NaN);
  if (seconds > 0) return seconds;
  throw new CliError(
    `--for must be a time such as 90s, 30m, 2h or 7d, not ${JSON.stringify(time)}.`,
    EXIT.unusable,
  );
}

const listed = z.object({ cooldowns: z.array(cooldown.extend({ provider: z.string() })) });
const refused = z.object({ error: z.object({ message: z.string() }) });

/** @throws CliError where no proxy answers */
async function list(io: Io, options: Options): Promise<number> {
  const { body, url, status } = await ask(io, options, { path: "/admin/cooldowns" });
  const parsed = listed.safeParse(body);
  if (!parsed.success) throw new CliError(notThisProgram(url, status).problem);
  const { cooldowns } = parsed.data;
  if (options.json) printJson(io, parsed.data);
  else if (cooldowns.length === 0) io.stdout.write("Nothing is cooling down or paused.\n");
  else io.stdout.write(cooldowns.map((one) => `${one.provider}: ${cooldownText(one, false)}\n`).join(""));
  return EXIT.ok;
}

interface Change {
  readonly path: string;
  readonly body?: unknown;
  /** Says what the proxy answered. @default cooldowns and pauses */
  readonly inWords?: (body: unknown) => string;
}

/** Changes a running proxy, and says what it answered. @throws CliError where no proxy answers, or where it refuses */
export async function change(
  io: Io,
  options: Options,
  { inWords: say = inWords, ...wanted }: Change,
): Promise<number> {
  const { body, url, status } = await ask(io, options, wanted);
  if (status !== 200) {
    const said = refused.safeParse(body);
    throw new CliError(said.success ? said.data.error.message : notThisProgram(url, status).problem);
  }
  if (options.json) printJson(io, body);
  else io.stdout.write(`${say(body)}\n`);
  return EXIT.ok;
}

const done = z.union([
  z.object({ reset: z.number() }).transform(({ reset }) => `${counted(reset, "cooldown")} ended.`),
  z.object({ resumed: z.number() }).transform(({ resumed }) => `${counted(resumed, "pause")} ended.`),
  z.object({
    paused: z.object({ provider: z.string(), model: z.string().nullable(), seconds: z.number().nullable() }),
  }).transform(({ paused: { provider, model, seconds } }) => {
    const what = model === null ? provider : `${provider},${model}`;
    return `${what} is paused. ${
      seconds === null ? `It stays so until: ${PROGRAM} resume ${what}` : `It ends by itself.`
    }`;
  }),
]);

function inWords(body: unknown): string {
  return done.safeParse(body).data ?? "Done.";
}

/** @throws CliError where no proxy answers */
async function ask(
  io: Io,
  { url: given, config: file }: Options,
  wanted: Change,
): Promise<{ readonly url: string; readonly status: number; readonly body: unknown }> {
  const place = readPlace(io, file);
  const { mistakes } = place;
  const url = given === undefined ? addressOf(place) : serverUrl(given);
  const asked = await askProxy({ url, key: adminKeyOf(place), ...wanted });
  if (!asked.ok) {
    if (mistakes === undefined) throw new CliError(asked.problem);
    throw new CliError(`${asked.problem}\nAnd ${mistakes.error.message}`, mistakes.error.exitCode);
  }
  return { url, ...asked };
}
