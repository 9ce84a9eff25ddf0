/** `models`: every name that a client may ask for. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import type { ModelInfo } from "../../catalog/model.ts";
import { catalogOf } from "../../catalog/prices.ts";
import { type ListedModel, listModels } from "../../router/list-models.ts";
import type { Command } from "../command.ts";
import { readConfig } from "../configuration.ts";
import { EXIT } from "../failure.ts";
import { prices, tokens } from "../figures.ts";
import type { Io } from "../io.ts";
import { printJson } from "../json.ts";
import { configOption, jsonOption } from "../options.ts";
import { styleOf } from "../style.ts";
import { table } from "../table.ts";

interface Options {
  readonly config?: string | undefined;
  readonly json: boolean;
}

export const command: Command = {
  description: message`Lists every model name that a client may ask for, and where it leads.`,
  parser: map(
    object({ config: configOption, json: jsonOption }),
    (options) => (io) => Promise.resolve(run(io, options)),
  ),
  examples: ["models", "models --json"],
};

interface Known extends ListedModel {
  readonly info?: ModelInfo | undefined;
}

function run(io: Io, options: Options): number {
  const config = readConfig(io, options.config);
  const catalog = catalogOf(config);
  const models = listModels(config).map((listed): Known => ({
    ...listed,
    info: listed.target === undefined ? undefined : catalog.find(listed.target),
  }));
  if (options.json) printJson(io, { models: models.map(asJson) });
  else io.stdout.write(asTable(io, models));
  return EXIT.ok;
}

function asTable(io: Io, models: readonly Known[]): string {
  const style = styleOf(io.stdout);
  const rows = models.map(({ id, target, info }) => {
    const leadsTo = target === undefined
      ? { text: "by what is asked", paint: style.dim }
      : `${target.provider},${target.model}` === id
      ? { text: "itself", paint: style.dim }
      : `${target.provider},${target.model}`;
    const figures = target === undefined ? [] : [...prices(info?.price), tokens(info?.context ?? 0)];
    return { cells: [id, leadsTo, ...figures] };
  });
  const columns = [
    { title: "Ask for", shrinks: true },
    { title: "Leads to", shrinks: true },
    { title: "$/M in", align: "right" },
    { title: "out", align: "right" },
    { title: "Context", align: "right" },
  ] as const;
  return table(columns, rows, style, io.stdout.columns);
}

function asJson({ id, target, info }: Known): unknown {
  return {
    id,
    target: target === undefined ? null : { provider: target.provider, model: target.model },
    price: info?.price === undefined ? null : { input: info.price.input, output: info.price.output },
    context: info?.context || null,
  };
}
