/** What a started proxy prints: its address, where each route goes, how to point a client to it. */
import type { Config, ConfigWarning } from "../../../config/config.ts";
import type { PricedCatalog } from "../../../config/priced-catalog.ts";
import { agentWarnings } from "../../../router/agent-requests.ts";
import { isNarrow, type Out } from "../../io.ts";
import { NAME, PROGRAM, VERSION } from "../../command.ts";
import { originOf, warningsOf } from "../../configuration.ts";
import { formatWarning } from "../../../config/problem.ts";
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
import { cut, hanging, wrap } from "../../../text/width.ts";
import { targetText } from "../../../text/target-settings.ts";

/** What the banner says. */
export interface Started {
  readonly config: Config;
  readonly catalog: PricedCatalog;
  /** Where it listens. */
  readonly url: string;
  /** Local providers where nothing listens, with their addresses. */
  readonly notRunning: ReadonlyMap<string, string>;
  /** Models that a local provider does not have. @default none is known to be missing */
  readonly missing?: readonly ConfigWarning[];
}

/** The banner, each line ended. */
export function banner(out: Out, { config, catalog, url, notRunning, missing = [] }: Started): string {
  const style = styleOf(out);
  const { bold, dim } = style;
  const routes = reportRoutes(config, catalog);
  const warnings = [
    ...warningsOf(config).filter(({ message }) => !/ is not set\b/.test(message)),
    ...noRouteWarning(config),
    ...unknownNames(config),
    ...agentWarnings(config, catalog),
    ...unlistedModels(config, catalog, routes),
    ...missing,
  ];
  const set = routes.filter(({ via, targets }) => via === undefined && targets.length > 0);
  const widest = Math.max(0, ...set.map(({ name }) => name.length));
  const narrow = isNarrow(out);
  const { workers } = config.proxy;
  const by = workers === 1 ? "" : ` with ${workers} workers`;
  const client = Math.max(...recipes(url).map(([who]) => who.length));
  return [
    ...(narrow
      ? wrap(`${NAME} ${VERSION} listening on ${url}${by}`, out.columns)
      : [`${bold(NAME)} ${VERSION} listening on ${bold(url)}${by}`]),
    ...wrap(originOf(config), out.columns).map(dim),
    "",
    ...set.flatMap((route) => {
      const { text, paint } = targetsOf(route, style);
      if (narrow) return [`  ${route.name}`, ...hanging(text, out.columns, 4).map(paint)];
      const shown = out.columns === undefined ? text : cut(text, out.columns - widest - 4);
      return [`  ${route.name.padEnd(widest)}  ${paint(shown)}`];
    }),
    ...(set.length === 0 ? [] : [""]),
    ...providers(reportProviders(config, routes), notRunning, style, out.columns),
    ...nobodyAnswers(set, config, out.columns).map(style.yellow),
    ...warnings.flatMap((warning) => hanging(formatWarning(warning), out.columns, 2)).map(style.yellow),
    "",
    ...wrap("Point a client here:", out.columns),
    ...recipes(url).flatMap(([who, line]) =>
      narrow
        ? [`  ${who}`, ...hanging(line, out.columns, 1).map(bold)]
        : wrap(line, out.columns === undefined ? undefined : out.columns - client - 4).map((part, index) =>
          `  ${(index === 0 ? who : "").padEnd(client)}  ${bold(part)}`
        )
    ),
    ...(config.proxy.apiKeys.length === 0
      ? []
      : hanging("and give it this proxy's api_key as its key", out.columns, 2).map(dim)),
    ...(config.telemetry.dashboard ? ["", ...wrap(`Dashboard: ${url}/dashboard`, out.columns)] : []),
    "",
  ].join("\n") + "\n";
}

/** The targets that will be tried, in order; where none can be, the providers that are not usable. */
function targetsOf({ targets }: RouteReport, style: Style) {
  const usable = targets.filter(({ skip }) => skip === undefined);
  if (usable.length > 0) return { text: usable.map(targetText).join(" | "), paint: (text: string) => text };
  const providers = new Set(targets.map(({ provider }) => provider));
  return { text: `no usable target (${[...providers].join(", ")})`, paint: style.yellow };
}

function providers(
  all: readonly ProviderReport[],
  notRunning: ReadonlyMap<string, string>,
  style: Style,
  width: number | undefined,
): string[] {
  const usable = all.filter(({ problem }) => problem === undefined).map(({ name }) => name);
  const ready = usable.filter((name) => !notRunning.has(name));
  const down = usable.filter((name) => notRunning.has(name)).map((name) =>
    `${name} (${notRunning.get(name)})`
  );
  const not = all.flatMap(({ name, problem }) => problem === undefined ? [] : [`${name} (${problem})`]);
  const line = (title: string, names: readonly string[]) =>
    names.length === 0 ? [] : hanging(`${title}: ${names.join(", ")}`, width, 2);
  return [
    ...line("Ready", ready),
    ...line("Not running", down).map(style.yellow),
    ...line("Not usable", not).map(style.yellow),
  ];
}

/** What to do where no route has a usable target. */
function nobodyAnswers(
  set: readonly RouteReport[],
  { path }: Pick<Config, "path">,
  width: number | undefined,
): string[] {
  if (set.length === 0 || set.some(({ usable }) => usable)) return [];
  const file = path === undefined ? "" : " or in a .env beside the file";
  return hanging(
    `No request can be answered yet: set one of these keys in the environment${file}.`,
    width,
    2,
  );
}

/** How a client is pointed to a proxy, in a line each. */
function recipes(url: string): readonly (readonly [who: string, line: string])[] {
  return [
    ["one run", `${PROGRAM} run claude`],
    ["Claude Code", `${PROGRAM} setup claude-code`],
    ["Codex", `${PROGRAM} setup codex`],
    ["any other", `${url}/v1 (Anthropic's SDK: without /v1)`],
  ];
}
