/** `doctor`: checks what usually goes wrong, and says how to fix it. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, withDefault } from "@optique/core/modifiers";
import { flag } from "@optique/core/primitives";
import { type Command, EXIT, VERSION } from "../../command.ts";
import { catalogFor } from "../../configuration.ts";
import { configOption, jsonOption } from "../../options.ts";
import { counted } from "../../../text/format.ts";
import { reportProviders, reportRoutes } from "../../../router/route-report.ts";
import { type Io, printJson } from "../../io.ts";
import { runtimeName } from "../../../runtime/listen.ts";
import { styleOf } from "../../output/style.ts";
import { widthOf, wrap } from "../../../text/width.ts";
import {
  checkAddress,
  checkAgents,
  checkConfiguration,
  checkFiles,
  checkRoutes,
  checkStore,
  type Finding,
} from "./checks.ts";
import { chmodSync } from "node:fs";
import { reason } from "../../../files/errors.ts";
import { selfCommand } from "../../../runtime/program.ts";
import { checkClients, checkDisk, checkProgram, checkService } from "./machine.ts";
import { checkProviders } from "./providers.ts";

interface Options {
  readonly offline: boolean;
  readonly fix: boolean;
  readonly json: boolean;
  readonly config?: string | undefined;
}

const parser = object({
  offline: withDefault(flag("--offline", { description: message`do not call the providers` }), false),
  fix: withDefault(
    flag("--fix", { description: message`fix what can be fixed safely: files that others can read` }),
    false,
  ),
  json: jsonOption,
  config: configOption,
});

export const command: Command = {
  description:
    message`Checks what usually goes wrong: the configuration, the keys, the proxy's port, each provider (its model list is fetched, which costs nothing), the files, the service, the windows of the routes' models, the clients that setup pointed here, disk and clock. Says how to fix what it finds. Exits with 1 when there is a problem to fix.`,
  parser: map(parser, (options) => (io) => run(io, options)),
  examples: ["doctor", "doctor --offline", "doctor --config config.toml --json"],
};

/** Resolves to 1 when there is a problem to fix. */
async function run(io: Io, { offline, fix, json, config: option }: Options): Promise<number> {
  const { config, findings: first } = checkConfiguration(io, option);
  const routes = config === undefined ? [] : reportRoutes(config, catalogFor(io, config));
  const providers = config === undefined ? [] : reportProviders(config, routes);
  const checks: (readonly Finding[] | Promise<readonly Finding[]>)[] = [
    [{ check: "Program", state: "ok", found: `version ${VERSION} on ${runtimeName()}` }],
    first,
    ...config === undefined ? [] : [
      checkRoutes(routes),
      checkAgents(config, catalogFor(io, config)),
      checkAddress(config),
      checkProviders(config, providers, routes, offline),
    ],
    checkProgram(io),
    checkFiles(io, config),
    config === undefined ? [] : checkStore(io, config),
    checkDisk(io),
    checkService(io, selfCommand()),
    config === undefined ? [] : checkClients(io, config, catalogFor(io, config)),
  ];
  const widest = Math.max(
    ...["Configuration", "Data folder", ...providers.map(({ name }) => name)].map(widthOf),
  );
  const all: Finding[] = [];
  for (const check of checks) {
    for (const found of await check) {
      const finding = fix ? repaired(found) : found;
      // What two checks find is shown once.
      if (all.some((one) => one.found === finding.found && one.check === finding.check)) continue;
      all.push(finding);
      if (!json) io.stdout.write(asText(io, finding, widest));
    }
  }
  const failed = all.filter(({ state }) => state === "fail").length;
  if (json) printJson(io, { ok: failed === 0, findings: all.map(({ makePrivate: _, ...shown }) => shown) });
  else io.stdout.write(`\n${verdict(io, all, failed)}\n`);
  return failed === 0 ? EXIT.ok : EXIT.failed;
}

/** Does what is safe: takes a file from other users. A finding that was fixed is none any more. */
function repaired(finding: Finding): Finding {
  const { check, found, makePrivate } = finding;
  if (makePrivate === undefined) return finding;
  try {
    chmodSync(makePrivate, 0o600);
    return { check, state: "ok", found: `fixed: ${makePrivate} is yours alone now` };
  } catch (error) {
    return { ...finding, found: `${found}; it cannot be fixed: ${reason(error)}` };
  }
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
