/** Builds a {@link Config} from the sections of a checked file. */
import type { Checked } from "../schema/check.ts";
import type { Dialects } from "../../dialects/dialect.ts";
import type { Config, Provider } from "../config.ts";
import { deepFreeze } from "./freeze.ts";
import { buildBudgets, buildLedger, buildPrices, checkReserves } from "./money.ts";
import { type Overrides, withEnvironment } from "../source/env.ts";
import { buildProviders } from "./providers.ts";
import type { Env } from "../source/references.ts";
import type { Report } from "../problem.ts";
import type { Machine } from "../../runtime/machine.ts";
import { buildRouter } from "./router.ts";
import {
  buildAlerts,
  buildLog,
  buildProxy,
  buildStore,
  buildTelemetry,
  buildWorkers,
  localTimeouts,
} from "./proxy.ts";
import { TargetReader, type Use } from "./targets.ts";

export interface BuildInput extends Checked {
  readonly report: Report;
  readonly env: Env;
  readonly overrides: Overrides;
  readonly dialects: Dialects;
  /** @default this machine */
  readonly machine?: Machine | undefined;
  /** Relative paths in the file start here. */
  readonly folder: string;
  /** Every file that is read is added: they are watched. */
  readonly files: Set<string>;
}

/**
 * Builds every section, and reports what is wrong with it.
 * @returns a function that completes the configuration, for when nothing was wrong
 */
export function build(input: BuildInput): (rest: Pick<Config, "path" | "files" | "warnings">) => Config {
  const { file, pathOf, report, env } = input;
  const overrides = withEnvironment(input.overrides, env, (message) => report.warn(undefined, message));
  const workers = buildWorkers(file, report, input.machine);
  const proxy = { ...buildProxy(file.proxy, overrides, report, input), workers };
  const providers = buildProviders({
    blocks: file.providers,
    pathOf,
    env,
    timeouts: proxy.timeouts,
    localTimeouts: localTimeouts(file.proxy),
    report,
    dialects: input.dialects,
  });
  const targets = new TargetReader(providers, report);
  const router = buildRouter(file.router, pathOf, targets, input);
  const ledger = buildLedger(file.ledger, targets, input.folder, env);
  const store = buildStore(file.store, report);
  const prices = buildPrices(file.prices, pathOf, targets);
  checkReserves(file.providers, pathOf, targets, router.rules);
  const budgets = buildBudgets(file.budgets, pathOf, targets, router.rules);
  const log = buildLog(file.log, overrides);
  const telemetry = buildTelemetry(file.telemetry, report);
  const alerts = buildAlerts(file.alerts, pathOf, report);
  if (router.strategy === "preferred" && !file.learning.enabled) {
    report.warn(
      ["router", "strategy"],
      '"preferred" goes by thumbs, and none are taken: set enabled = true in [learning].',
    );
  }
  warnOfMissingKeys(providers, targets.uses, input);
  return (rest) =>
    deepFreeze({
      ...rest,
      proxy,
      router,
      providers,
      log,
      ledger,
      ...(store === undefined ? {} : { store }),
      prices,
      budgets,
      telemetry,
      learning: file.learning,
      alerts,
    });
}

/** Warns of each provider without its key, and names the routes that use it. Not an error: the rest still works. */
function warnOfMissingKeys(
  providers: ReadonlyMap<string, Provider>,
  uses: readonly Use[],
  { file, pathOf, report }: BuildInput,
): void {
  for (const provider of providers.values()) {
    if (provider.problem === undefined) continue;
    const needing = uses.filter((use) => use.provider === provider.name);
    if (provider.origin === "builtin" && needing.length === 0) continue;
    const block = file.providers.find((one) => one.name.trim().toLowerCase() === provider.name);
    const path = block === undefined ? needing[0]?.path : [
      ...pathOf(block),
      ...(block.api_key !== undefined ? ["api_key"] : block.api_keys !== undefined ? ["api_keys"] : ["name"]),
    ];
    const names = [...new Set(needing.map((use) => use.by))].join(", ");
    report.warn(
      path,
      `${provider.problem}: ${provider.name} cannot be used${
        names === "" ? " (no route names it)" : `, and is skipped in ${names}`
      }.`,
    );
  }
}
