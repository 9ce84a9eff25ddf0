/** `doctor`: checks what usually goes wrong, and says how to fix it. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, withDefault } from "@optique/core/modifiers";
import { flag } from "@optique/core/primitives";
import { type Command, EXIT, VERSION } from "../../command.ts";
import { catalogFor } from "../../configuration.ts";
import { configOption, jsonOption } from "../../options.ts";
import { counted } from "../../../text/format.ts";
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
  offline: withDefault(flag("--offline", { description: message`do not call the providers` }), false),
  json: jsonOption,
  config: configOption,
});

export const command: Command = {
  description:
    message`Checks what usually goes wrong: the configuration, the keys, the proxy's port, each provider (its model list is fetched, which costs nothing), the data folder and the ledger. Says how to fix what it finds. Exits with 1 when there is a problem to fix.`,
  parser: map(parser, (options) => (io) => run(io, options)),
  examples: ["doctor", "doctor --offline", "doctor --config config.toml --json"],
};

/** Resolves to 1 when there is a problem to fix. */
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
  const failed = all.filter(({ state }) => state === "fail").length;
  if (json) printJson(io, { ok: failed === 0, findings: all });
  else io.stdout.write(`\n${verdict(io, all, failed)}\n`);
  return failed === 0 ? EXIT.ok : EXIT.failed;
}

/** Below this width, what was found goes below the name of the check. */
const NARROW = 60;

function asText(io: Io, { check, state, found, fix }: Finding, widest: number): string {
  const { green, yellow, red, dim } = styleOf(io.stdout);
  const mark = { ok: green("ok  "), warn: yellow("warn"), fail: red("fail") }[state];
  const { columns } = io.stdout;
  const narrow = columns !== undefined && columns < NARROW;
  const indent = " ".repeat(narrow ? 6 : widest + 8);
  const room = columns === undefined ? undefined : columns - indent.length;
  const lines = found.split("\n").flatMap((line) => wrap(line, room));
  const advice = fix === undefined ? [] : wrap(fix, room).map(dim);
  const name = narrow ? `${check}\n${indent}` : `${check.padEnd(widest)}  `;
  return `${mark}  ${name}${[...lines, ...advice].join(`\n${indent}`)}\n`;
}

function verdict(io: Io, all: readonly Finding[], failed: number): string {
  const { green, yellow, red } = styleOf(io.stdout);
  if (failed > 0) return red(`${counted(failed, "problem")} to fix.`);
  const warnings = all.filter(({ state }) => state === "warn").length;
  return warnings === 0
    ? green("No problems found.")
    : yellow(`Nothing must be fixed; ${counted(warnings, "warning")}.`);
}
