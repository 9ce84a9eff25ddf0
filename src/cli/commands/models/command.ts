/** `models`: the model names that clients can use; `models update`: a newer list of models and prices. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional } from "@optique/core/modifiers";
import { argument, command as named } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import type { ModelInfo } from "../../../model/price.ts";
import { type ListedModel, listModels } from "../../../router/list-models.ts";
import { type Command, EXIT } from "../../command.ts";
import { catalogFor, dataFolderOf, readConfig } from "../../configuration.ts";
import { type Learned, lessonInWords, readLessons } from "../../../dispatch/lessons/lessons.ts";
import { dataFile } from "../../../runtime/data-folder.ts";
import { contextSize, prices } from "../../../text/format.ts";
import { type Io, printJson } from "../../io.ts";
import { configOption, jsonOption } from "../../options.ts";
import { styleOf } from "../../output/style.ts";
import { table } from "../../output/table.ts";
import { wrap } from "../../../text/width.ts";

interface Options {
  /** The list that `models update` reads. */
  readonly update?: string | undefined;
  readonly config?: string | undefined;
  readonly json: boolean;
}

const update = named(
  "update",
  argument(string({ metavar: "LIST" }), { description: message`a file, or an http or https URL` }),
  { description: message`Reads a newer list of models and prices. A list with a mistake changes nothing.` },
);

export const command: Command = {
  description:
    message`Lists the model names that clients can use, and where each one is routed. With update: reads a newer list of models and prices.`,
  parser: map(
    object({ update: optional(update), config: configOption, json: jsonOption }),
    (options) => (io) =>
      options.update === undefined ? Promise.resolve(run(io, options)) : updated(io, options),
  ),
  examples: [
    "models",
    "models --json",
    "models update models.json",
    "models update https://example.org/models.json",
  ],
};

async function updated(io: Io, { update: source = "", json }: Options): Promise<number> {
  const { updateModels } = await import("./update.ts");
  return await updateModels(io, source, json);
}

interface Known extends ListedModel {
  readonly info?: ModelInfo | undefined;
}

function run(io: Io, options: Options): number {
  const config = readConfig(io, options.config);
  const catalog = catalogFor(io, config);
  const models = listModels(config).map((listed): Known => ({
    ...listed,
    info: listed.target === undefined ? undefined : catalog.find(listed.target),
  }));
  const learned = readLessons(dataFile(dataFolderOf(io), "lessons"), Date.now());
  if (options.json) printJson(io, { models: models.map(asJson), learned: learned.map(lessonAsJson) });
  else io.stdout.write(asTable(io, models) + asLines(io, learned));
  return EXIT.ok;
}

function asTable(io: Io, models: readonly Known[]): string {
  const style = styleOf(io.stdout);
  const rows = models.map(({ id, target, info }) => {
    const routesTo = target === undefined
      ? { text: "per request", paint: style.dim }
      : `${target.provider},${target.model}` === id
      ? { text: "(same)", paint: style.dim }
      : `${target.provider},${target.model}`;
    const figures = target === undefined ? [] : [...prices(info?.price), contextSize(info?.context ?? 0)];
    return { cells: [id, routesTo, ...figures] };
  });
  const columns = [
    { title: "Model", shrinks: true },
    { title: "Routes to", shrinks: true },
    { title: "$/M in", align: "right", optional: true },
    { title: "out", align: "right", optional: true },
    { title: "Context", align: "right", optional: true },
  ] as const;
  return table(columns, rows, style, io.stdout.columns);
}

/** What models refused, and what they get since then. */
function asLines(io: Io, learned: readonly Learned[]): string {
  if (learned.length === 0) return "";
  const { dim } = styleOf(io.stdout);
  const lines = learned.map(({ provider, model, lesson, at }) =>
    `${provider},${model}: ${lessonInWords(lesson)} since ${day(at)}`
  );
  return ["", "Learned from refusals; each is forgotten after 30 days:", ...lines]
    .flatMap((line) => wrap(line, io.stdout.columns)).map((line) => `${dim(line)}\n`).join("");
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

function lessonAsJson({ provider, model, lesson, at, message }: Learned): unknown {
  return { provider, model, ...lesson, at: new Date(at).toISOString(), message };
}

function asJson({ id, target, info }: Known): unknown {
  return {
    id,
    target: target === undefined ? null : { provider: target.provider, model: target.model },
    price: info?.price === undefined ? null : { input: info.price.input, output: info.price.output },
    context: info?.context || null,
  };
}
