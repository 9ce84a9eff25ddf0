/** `status`: the state of a running proxy and of its providers. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, withDefault } from "@optique/core/modifiers";
import { flag } from "@optique/core/primitives";
import { CliError, type Command, EXIT, NAME, PROGRAM } from "../../command.ts";
import { configOption, jsonOption, serverUrl, urlOption } from "../../options.ts";
import { type Place, readPlace } from "../../configuration.ts";
import { type Io, printJson, untilSignal } from "../../io.ts";
import { wrap } from "../../../text/width.ts";
import { addressOf, adminKeyOf, type Answer, askHealth, whoRuns } from "./health.ts";
import { span } from "../../../text/format.ts";
import { Frames } from "../../output/frames.ts";
import { asText } from "./page.ts";

interface Options {
  readonly watch: boolean;
  readonly credits: boolean;
  readonly url?: string | undefined;
  readonly json: boolean;
  readonly config?: string | undefined;
}

const parser = object({
  watch: withDefault(
    flag("-w", "--watch", "--live", { description: message`refresh every second until Ctrl-C` }),
    false,
  ),
  credits: withDefault(
    flag("--credits", { description: message`have providers asked what is left of prepaid credits` }),
    false,
  ),
  url: urlOption,
  json: jsonOption,
  config: configOption,
});

export const command: Command = {
  description:
    message`Shows the state of a running proxy: its configuration, its providers, what is cooling down and until when. Exits with 1 when no proxy answers, or when the configuration file has mistakes; a proxy that runs with an earlier version of the file is shown with them.`,
  parser: map(parser, (options) => (io) => run(io, options)),
  examples: ["status", "status --watch", "status --url http://127.0.0.1:4000 --json"],
};

const EVERY_MS = 1000;

/** @throws CliError where no proxy answers */
async function run(io: Io, { watch, credits, json, ...options }: Options): Promise<number> {
  const place = readPlace(io, options.config);
  const { mistakes } = place;
  const url = options.url === undefined ? addressOf(place) : serverUrl(options.url);
  const key = adminKeyOf(place);
  const ask = (signal?: AbortSignal) => askHealth(url, key, { signal });
  if (watch) {
    const show = json ? lines(io, url) : frames(io, url);
    try {
      show(await ask());
      await untilSignal(io, EVERY_MS, async (signal) => {
        const answer = await ask(signal);
        if (!signal.aborted) show(answer);
      });
    } finally {
      show(undefined);
    }
    return EXIT.ok;
  }
  const answer = await askHealth(url, key, { credits });
  if (mistakes !== undefined) return await showBoth(io, { answer, mistakes, url, json });
  if (json) printJson(io, asJson(answer, url));
  else if (!answer.ok) throw new CliError(`${answer.problem}${answer.listens ? "" : START_IT}`);
  else io.stdout.write(asText(io.stdout, answer.health, url, Date.now()));
  return answer.ok && answer.health.config.ok ? EXIT.ok : EXIT.failed;
}

interface Both {
  readonly answer: Answer;
  readonly mistakes: NonNullable<Place["mistakes"]>;
  readonly url: string;
  readonly json: boolean;
}

/**
 * The state of the proxy, and what is wrong with the file: once, where the proxy has met the same mistakes. Without a proxy
 * only the mistakes are left. @throws CliError then
 */
async function showBoth(io: Io, { answer, mistakes, url, json }: Both): Promise<number> {
  const { error, problems, files } = mistakes;
  const code = answer.ok || answer.listens ? EXIT.failed : error.exitCode;
  if (json) {
    printJson(io, { ...asJson(answer, url) as object, file: { ok: false, problems } });
    return code;
  }
  if (!answer.ok) {
    // A key that is below the mistake, or in it, cannot be read.
    const running = answer.refused ? await whoRuns(url) : undefined;
    const state = running === undefined
      ? answer.problem
      : `${NAME} ${running.version} runs on ${url} and has been up for ${span(running.uptime_seconds)}, ${
        running.config.ok ? "with the file as it was" : "with the last version of its file that was right"
      }; what else it says needs its key.`;
    throw new CliError(`${error.message}\n${state}`, code);
  }
  const { config } = answer.health;
  io.stdout.write(asText(io.stdout, answer.health, url, Date.now()));
  const same = !config.ok && config.path !== null && files.includes(config.path);
  if (!same) throw new CliError(error.message, code);
  return code;
}

const START_IT = `\nStart it with ${PROGRAM} --config FILE, or pass its address with --url.`;

const asJson = (answer: Answer, url: string): unknown =>
  answer.ok ? { url, ...answer.health } : { url, status: "unreachable", problem: answer.problem };

type Show = (answer: Answer | undefined) => void;

/** One JSON object a line. */
const lines = (io: Io, url: string): Show => (answer) => {
  if (answer !== undefined) io.stdout.write(`${JSON.stringify(asJson(answer, url))}\n`);
};

/** Each frame replaces the last one. A proxy that goes away may come back. */
function frames(io: Io, url: string): Show {
  const drawn = new Frames(io.stdout);
  const unanswered = (problem: string) =>
    [problem, "Retrying every second."].flatMap((line) => wrap(line, io.stdout.columns))
      .map((line) => `${line}\n`).join("");
  return (answer) => {
    if (answer === undefined) return drawn.end();
    const now = Date.now();
    drawn.draw(answer.ok ? asText(io.stdout, answer.health, url, now) : unanswered(answer.problem));
  };
}
