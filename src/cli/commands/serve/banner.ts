/** What a started proxy prints: its address, where each route goes, how to point a client to it. */
import type { Config } from "../../../config/config.ts";
import type { PricedCatalog } from "../../../config/priced-catalog.ts";
import { agentWarnings } from "../../agent-requests.ts";
import type { Out } from "../../io.ts";
import { NAME, VERSION } from "../../command.ts";
import { originOf, warningsOf } from "../../configuration.ts";
import { formatWarning } from "../../../config/problem.ts";
import { recipes } from "../../recipes.ts";
import { reportProviders, reportRoutes, type RouteReport } from "../../route-report.ts";
import { type Style, styleOf } from "../../output/style.ts";
import { cut, hanging, wrap } from "../../../text/width.ts";
import { targetText } from "../../../text/target-settings.ts";

/** Below this width, a setting goes below the name of its file. */
const NARROW = 60;

/** The banner, each line ended. `url`: where it listens. */
export function banner(out: Out, config: Config, catalog: PricedCatalog, url: string): string {
  const style = styleOf(out);
  const { bold, dim } = style;
  const routes = reportRoutes(config, catalog);
  const warnings = [
    ...warningsOf(config).filter(({ message }) => !/ is not set\b/.test(message)),
    ...agentWarnings(config, catalog),
  ];
  const fit = (text: string, indent: number) =>
    out.columns === undefined ? text : cut(text, out.columns - indent);
  const set = routes.filter(({ via, targets }) => via === undefined && targets.length > 0);
  const widest = Math.max(0, ...set.map(({ name }) => name.length));
  const narrow = out.columns !== undefined && out.columns < NARROW;
  const client = Math.max(...recipes(url).map(([who]) => who.length));
  return [
    ...(narrow
      ? wrap(`${NAME} ${VERSION} listening on ${url}`, out.columns)
      : [`${bold(NAME)} ${VERSION} listening on ${bold(url)}`]),
    ...wrap(originOf(config), out.columns).map(dim),
    "",
    ...set.map((route) =>
      `  ${route.name.padEnd(widest)}  ${targetsOf(route, style, (text) => fit(text, widest + 4))}`
    ),
    "",
    ...providers(config, routes, style, out.columns),
    ...warnings.flatMap((warning) => hanging(formatWarning(warning), out.columns, 2)).map(style.yellow),
    "",
    ...wrap("Point a client here:", out.columns),
    ...recipes(url).map(([who, line]) => `  ${narrow ? `${who}\n  ` : who.padEnd(client)}  ${bold(line)}`),
    ...(config.proxy.apiKeys.length === 0
      ? []
      : hanging("and give it this proxy's api_key as its key", out.columns, 2).map(dim)),
    "",
  ].join("\n") + "\n";
}

/** The targets that will be tried, in order; where none can be, the providers that are not usable. */
function targetsOf({ targets }: RouteReport, style: Style, fit: (text: string) => string): string {
  const usable = targets.filter(({ skip }) => skip === undefined);
  if (usable.length > 0) return fit(usable.map(targetText).join(" | "));
  return style.yellow(
    fit(`no usable target (${[...new Set(targets.map(({ provider }) => provider))].join(", ")})`),
  );
}

function providers(
  config: Config,
  routes: readonly RouteReport[],
  style: Style,
  width: number | undefined,
): string[] {
  const all = reportProviders(config, routes);
  const ready = all.filter(({ problem }) => problem === undefined).map(({ name }) => name);
  const not = all.flatMap(({ name, problem }) => problem === undefined ? [] : [`${name} (${problem})`]);
  return [
    ...(ready.length === 0 ? [] : hanging(`Ready: ${ready.join(", ")}`, width, 2)),
    ...(not.length === 0 ? [] : hanging(`Not usable: ${not.join(", ")}`, width, 2).map(style.yellow)),
  ];
}
