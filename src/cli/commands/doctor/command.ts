/** `doctor`: what usually goes wrong, looked at one after the other. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, withDefault } from "@optique/core/modifiers";
import { flag } from "@optique/core/primitives";
import { type Command, EXIT, VERSION } from "../../command.ts";
import { catalogFor } from "../../configuration.ts";
import { configOption, jsonOption } from "../../options.ts";
import { reportProviders, reportRoutes } from "../../route-report.ts";
import { type Io, printJson } from "../../io.ts";
import { runtimeName } from "../../../runtime/listen.ts";
import { styleOf } from "../../output/style.ts";
import { widthOf, wrap } from "../../../text/width.ts";
import { checkAddress, checkConfiguration, checkFiles, checkRoutes, type Finding } from "./checks.ts";
import { checkProviders } from "./providers.ts";

interface Options {
  readonly offline: boolean;
  readonly json: boolean;
  readonly config?: string | undefined;
}

const parser = object({
  offline: withDefault(flag("--offline", { description: message`do not ask the providers` }), false),
  json: jsonOption,
  config: configOption,
});

export const command: Command = {
  description:
    message`Looks at what usually goes wrong: the configuration, the keys, the proxy's port, each provider (its list of models is asked for, which costs nothing), the data folder and the ledger. Says what to do. Ends with 1 when something must be mended.`,
  parser: map(parser, (options) => (io) => run(io, options)),
  examples: ["doctor", "doctor --offline", "doctor --config config.toml --json"],
};

/** Resolves to 1 when something must be mended. */
async function run(io: Io, { offline, json, config: option }: Options): Promise<number> {
  const { config, findings: first } = checkConfiguration(io, option);
  const routes = config === undefined ? [] : reportRoutes(config, catalogFor(io, config));
  const providers = config === undefined ? [] : reportProviders(config, routes);
  const checks: (readonly Finding[] | Promise<readonly Finding[]>)[] = [
    [{ check: "Program", state: "ok", found: `version ${VERSION} on ${runtimeName()}` }],
    first,
    ...config === undefined ? [] : [
      checkRoutes(routes),
      checkAddress(config),
      checkProviders(config, providers, routes, offline),
    ],
    checkFiles(io, config),
  ];
  const widest = Math.max(
    ...["Configuration", "Data folder", ...providers.map(({ name }) => name)].map(widthOf),
  );
  const all: Finding[] = [];
  for (const check of checks) {
    for (const finding of await check) {
      all.push(finding);
      if (!json) io.stdout.write(asText(io, finding, widest));
    }
  }
  const ill = all.filter(({ state }) => state === "fail").length;
  if (json) printJson(io, { ok: ill === 0, findings: all });
  else io.stdout.write(`\n${verdict(io, all, ill)}\n`);
  return ill === 0 ? EXIT.ok : EXIT.failed;
}

function asText(io: Io, { check, state, found, mend }: Finding, widest: number): string {
  const { green, yellow, red, dim } = styleOf(io.stdout);
  const mark = { ok: green("ok  "), warn: yellow("warn"), fail: red("fail") }[state];
  const indent = " ".repeat(widest + 8);
  const room = io.stdout.columns === undefined ? undefined : Math.max(30, io.stdout.columns - indent.length);
  const lines = found.split("\n").flatMap((line) => wrap(line, room));
  const advice = mend === undefined ? [] : wrap(mend, room).map(dim);
  return `${mark}  ${check.padEnd(widest)}  ${[...lines, ...advice].join(`\n${indent}`)}\n`;
}

function verdict(io: Io, all: readonly Finding[], ill: number): string {
  const { green, yellow, red } = styleOf(io.stdout);
  if (ill > 0) return red(ill === 1 ? "One thing must be mended." : `${ill} things must be mended.`);
  const warnings = all.filter(({ state }) => state === "warn").length;
  if (warnings === 0) return green("All is well.");
  return yellow(
    warnings === 1 ? "It works; one thing deserves a look." : `It works; ${warnings} things deserve a look.`,
  );
}
