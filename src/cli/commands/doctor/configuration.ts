/** Whether the configuration loads, and whether each of its routes leads somewhere. */
import type { Config } from "../../../config/config.ts";
import { openConfig } from "../../../config/load.ts";
import { formatProblem, formatWarning, inOrder } from "../../../config/problem.ts";
import { originOf, warningsOf } from "../../configuration.ts";
import type { Io } from "../../io.ts";
import { useOwnCatalog } from "../../own-catalog.ts";
import { NAME } from "../../program.ts";
import type { RouteReport } from "../../route-report.ts";
import type { Finding } from "./finding.ts";

const CHECK = "Configuration";

/** Loads it. Without one: only the findings. */
export function checkConfiguration(
  io: Io,
  option: string | undefined,
): { readonly config?: Config; readonly findings: readonly Finding[] } {
  const result = openConfig({ option, env: io.env, cwd: io.cwd });
  if (!result.ok) {
    const findings = inOrder(result.problems).map((problem): Finding => ({
      check: CHECK,
      state: "fail",
      found: formatProblem(problem),
    }));
    return { findings };
  }
  useOwnCatalog(io);
  const { config } = result;
  const origin: Finding = config.path === undefined
    ? { check: CHECK, state: "warn", found: originOf(config) }
    : { check: CHECK, state: "ok", found: config.path };
  // A key that is missing is told with its provider.
  const warnings = warningsOf(config).filter(({ message }) => !/ is not set\b/.test(message))
    .map((warning): Finding => ({ check: CHECK, state: "warn", found: formatWarning(warning) }));
  return { config, findings: [origin, ...warnings] };
}

/** Whether each route has a target that can be tried. */
export function checkRoutes(routes: readonly RouteReport[]): Finding[] {
  const stuck = routes.filter(({ usable }) => !usable);
  if (stuck.length === 0) {
    const own = routes.filter(({ via, targets }) => via === undefined && targets.length > 0).length;
    return [{
      check: "Routes",
      state: "ok",
      found: `each of the ${own} that are set has a target that can be used`,
    }];
  }
  return stuck.map(({ name, targets }) => {
    const why = [...new Set(targets.flatMap(({ skip }) => skip ?? []))].join("; ");
    return {
      check: "Routes",
      state: "fail",
      found: `${name} has no target that can be used${why === "" ? "" : `: ${why}`}`,
      mend: why === ""
        ? `Set ${name}, or default, under [router].`
        : `Mend one of its targets, or add another: "provider,model | provider,model". ${NAME} check tells more.`,
    };
  });
}
