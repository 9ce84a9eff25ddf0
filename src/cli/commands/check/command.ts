/** `check`: where each route of a configuration goes, and what is missing. */
import { scrubberOf } from "../../../config/secrets.ts";
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import type { Config, ConfigWarning } from "../../../config/config.ts";
import { openConfig } from "../../../config/load.ts";
import { passedOver } from "../../../config/source/paths.ts";
import { formatWarning } from "../../../config/problem.ts";
import { agentWarnings } from "../../../router/agent-requests.ts";
import { notRunning } from "../../../dispatch/local-servers.ts";
import { messageOf } from "../../../files/errors.ts";
import { loadScript } from "../../../server/script.ts";
import { type Command, EXIT } from "../../command.ts";
import { catalogFor, originInFull, unusable, warningsOf } from "../../configuration.ts";
import { prices } from "../../../text/format.ts";
import { type Io, printJson } from "../../io.ts";
import { configOption, jsonOption } from "../../options.ts";
import { localModelWarnings } from "../doctor/local.ts";
import {
  noRouteWarning,
  type ProviderReport,
  reportProviders,
  reportRoutes,
  type RouteReport,
  unlistedModels,
} from "../../../router/route-report.ts";
import { unknownNames } from "../../../router/unknown-names.ts";
import { type Style, styleOf } from "../../output/style.ts";
import { type Row, table } from "../../output/table.ts";
import { hanging } from "../../../text/width.ts";
import { targetText } from "../../../text/target-settings.ts";

interface Options {
  readonly config?: string | undefined;
  readonly json: boolean;
}

export const command: Command = {
  description:
    message`Checks the configuration and shows where each route goes, which targets would be skipped and which keys are missing. Exits with 0 when every route has a usable target, 1 when one has none, 2 when the file does not load.`,
  parser: map(
    object({ config: configOption, json: jsonOption }),
    (options) => (io) => run(io, options),
  ),
  examples: ["check", "check --config config.toml", "check --json"],
};

async function run(io: Io, options: Options): Promise<number> {
  const result = openConfig({ option: options.config, env: io.env, cwd: io.cwd });
  if (!result.ok) {
    if (!options.json) throw unusable(result.problems);
    printJson(io, { ok: false, problems: result.problems, warnings: result.warnings });
    return EXIT.unusable;
  }
  const { config } = result;
  io.hide?.(scrubberOf(config));
  const catalog = catalogFor(io, config);
  const routes = reportRoutes(config, catalog);
  const providers = reportProviders(config, routes);
  const stuck = routes.filter(({ usable }) => !usable);
  const broken = await scriptProblem(config);
  const down = await notRunning(config);
  const forAgents = [
    ...broken,
    ...noRouteWarning(config),
    ...unknownNames(config),
    ...agentWarnings(config, catalog),
    ...unlistedModels(config, catalog, routes),
    ...await localModelWarnings(config, down),
  ];
  const passed = passedOver({ option: options.config, env: io.env, cwd: io.cwd });
  const checked = { config, routes, providers, forAgents, down, passed };
  if (options.json) printJson(io, asJson(checked));
  else io.stdout.write(asText(io, checked));
  return stuck.length + broken.length === 0 ? EXIT.ok : EXIT.failed;
}

/** A warning where the script of the configuration does not load. */
async function scriptProblem({ router: { script } }: Config): Promise<readonly ConfigWarning[]> {
  if (script === undefined) return [];
  try {
    await loadScript(script);
    return [];
  } catch (error) {
    const message = `the script ${script.name} does not load: ${
      messageOf(error)
    }; it has no opinion on any request.`;
    return [{ key: "router.script.path", message }];
  }
}

interface Checked {
  readonly config: Config;
  readonly routes: readonly RouteReport[];
  readonly providers: readonly ProviderReport[];
  readonly forAgents: readonly ConfigWarning[];
  /** Local providers where nothing listens, with their addresses. */
  readonly down: ReadonlyMap<string, string>;
  /** Why the file of the current folder is not used. */
  readonly passed: string | undefined;
}

function asText(io: Io, { config, routes, providers, forAgents, down, passed }: Checked): string {
  const style = styleOf(io.stdout);
  const { columns } = io.stdout;
  const heads = [
    { title: "Route" },
    { title: "Goes to", shrinks: true },
    { title: "$/M in", align: "right", optional: true },
    { title: "out", align: "right", optional: true },
  ] as const;
  const lines = (text: string, indent = 0) =>
    hanging(text, columns, indent).map((line) => `${line}\n`).join("");
  const parts = [
    lines(`Configuration: ${originInFull(config)}`) +
    (passed === undefined ? "" : style.yellow(lines(passed))),
    table(heads, routes.flatMap((route) => rowsOf(route, style)), style, columns),
  ];
  const missing = providers.flatMap(({ name, problem }) =>
    problem === undefined ? [] : [`${name} (${problem})`]
  );
  if (missing.length > 0) parts.push(style.yellow(lines(`Not usable: ${missing.join(", ")}`)));
  if (down.size > 0) {
    const names = [...down].map(([name, url]) => `${name} (${url})`).join(", ");
    parts.push(style.yellow(lines(`Not running: ${names}`)));
  }
  // A missing key is reported once, with its provider.
  const warnings = [
    ...warningsOf(config).filter(({ message }) => message !== passed && !/ is not set\b/.test(message)),
    ...forAgents,
  ];
  if (warnings.length > 0) {
    parts.push(
      style.yellow("Warnings:\n") + warnings.map((warning) => lines(formatWarning(warning), 2)).join(""),
    );
  }
  const stuck = routes.filter(({ usable }) => !usable).map(({ name }) => name);
  const waiting = routes.filter(({ usable, targets }) => usable && onlyAt(targets, down)).map(({ name }) =>
    name
  );
  parts.push(
    stuck.length > 0 ? style.red(lines(stuckText(stuck))) : waiting.length > 0
      ? style.yellow(
        lines(`${waiting.join(", ")}: no other target until ${[...down.keys()].join(", ")} runs.`),
      )
      : style.green(lines(ALL_WELL)),
  );
  return parts.join("\n");
}

function rowsOf({ name, via, targets, usable }: RouteReport, style: Style): Row[] {
  if (targets.length === 0) {
    const text = !usable ? "no target" : /^(mapping|rule):/.test(name) ? "per request" : NOT_SET;
    return [{ cells: [name, { text, paint: usable ? style.dim : style.red }] }];
  }
  if (via !== undefined) return [{ cells: [name, { text: `same as ${via}`, paint: style.dim }] }];
  return targets.map((target, index) => {
    const { price, skip } = target;
    const text = targetText(target);
    const cells = [index === 0 ? name : "", skip === undefined ? text : { text, paint: style.dim }];
    return {
      cells: [...cells, ...prices(price)],
      ...(skip === undefined
        ? {}
        : { notes: [/ is not set\b/.test(skip) ? "skipped" : `skipped: ${skip}`], notesUnder: 1 }),
    };
  });
}

/** Whether all targets that are not skipped are at servers of this machine that do not run. */
function onlyAt(targets: RouteReport["targets"], down: ReadonlyMap<string, string>): boolean {
  const tried = targets.filter(({ skip }) => skip === undefined);
  return tried.length > 0 && tried.every(({ provider }) => down.has(provider));
}

const NOT_SET = "not set (routed by content)";
const ALL_WELL = "Every route has a usable target.";

const stuckText = (names: readonly string[]): string =>
  `${names.join(", ")} ${names.length === 1 ? "has" : "have"} no usable target.`;

function asJson({ config, routes, providers, forAgents, down }: Checked): unknown {
  return {
    ok: routes.every(({ usable }) => usable),
    path: config.path ?? null,
    found_by: config.foundBy ?? null,
    routes,
    providers: providers.map((provider) => ({
      ...provider,
      ...(down.has(provider.name) ? { running: false } : {}),
    })),
    warnings: [...config.warnings, ...forAgents],
  };
}
