/** The sections about money: `[ledger]`, `[[prices]]`, `[[budgets]]`. */
import type { Budget, LedgerConfig, PriceOverride, Rule } from "../config.ts";
import { zoneOf } from "../../text/zoned-time.ts";
import { readDays, readHours } from "./times.ts";
import { nearest } from "../../text/match.ts";
import type { KeyPath } from "../problem.ts";
import { pathInFile } from "../source/paths.ts";
import type { Env } from "../source/references.ts";
import type { BudgetBlock, FileConfig } from "../schema/sections.ts";
import type { TargetReader } from "./targets.ts";
import { ROUTE_NAMES } from "../../model/target.ts";

/** SQLite's word for a database that no file holds. */
const IN_MEMORY = ":memory:";

/** Where the ledger is, how long it keeps requests, and what savings are measured against. */
export function buildLedger(
  block: FileConfig["ledger"],
  targets: TargetReader,
  folder: string,
  env: Env,
): LedgerConfig {
  const baseline = block.baseline === undefined
    ? undefined
    : targets.target(block.baseline, ["ledger", "baseline"]);
  return {
    enabled: block.enabled,
    ...(block.path !== undefined && {
      path: block.path === IN_MEMORY ? IN_MEMORY : pathInFile(block.path, folder, env),
    }),
    keepDays: block.keep_days,
    ...(baseline !== undefined && { baseline }),
  };
}

const WHOLE_DAY: readonly [number, number] = [0, 24 * 60];

/** The prices, in dollars per million tokens. One of an unknown provider is reported and dropped. */
export function buildPrices(
  blocks: FileConfig["prices"],
  pathOf: (block: object) => KeyPath,
  targets: TargetReader,
): PriceOverride[] {
  return blocks.flatMap((block) => {
    const provider = targets.provider(block.provider);
    if (provider === undefined) {
      targets.unknownProvider(block.provider, [...pathOf(block), "provider"]);
      return [];
    }
    const hours = block.hours === undefined
      ? undefined
      : readHours(block.hours, [...pathOf(block), "hours"], targets.report);
    const days = block.days === undefined
      ? undefined
      : readDays(block.days, [...pathOf(block), "days"], targets.report);
    const zoneName = block.time_zone?.trim();
    const zone = zoneName === undefined ? undefined : zoneOf(zoneName);
    if (zoneName !== undefined && zone === undefined) {
      targets.report.problem(
        [...pathOf(block), "time_zone"],
        `got "${zoneName}", expected a time zone, such as "Asia/Shanghai".`,
      );
    }
    return [{
      provider: provider.name,
      model: block.model.trim(),
      input: block.input,
      output: block.output,
      ...(block.cache_read !== undefined && { cacheRead: block.cache_read }),
      ...(block.cache_write !== undefined && { cacheWrite: block.cache_write }),
      ...((hours ?? days) !== undefined && { hours: hours ?? WHOLE_DAY }),
      ...(days !== undefined && { days }),
      ...(zone !== undefined && { zone, zoneName }),
      ...(block.from_tokens !== undefined && { fromTokens: block.from_tokens }),
    }];
  });
}

/** The budgets, limits in dollars. One whose `then` is wrong is reported and dropped. */
export function buildBudgets(
  blocks: readonly BudgetBlock[],
  pathOf: (block: object) => KeyPath,
  targets: TargetReader,
  rules: readonly Rule[],
): Budget[] {
  const names = new Set<string>();
  return blocks.flatMap((block, index) => {
    const path = pathOf(block);
    const name = block.name?.trim() ?? `budget ${index + 1}`;
    if (names.has(name)) targets.report.problem([...path, "name"], `duplicate budget name "${name}".`);
    names.add(name);
    const then = limitAction(block, [...path, "then"], targets, name);
    const route = block.route === undefined
      ? undefined
      : routeName(block.route, [...path, "route"], targets, rules);
    if (then === undefined) return [];
    return [{
      name,
      period: block.period,
      limit: block.limit,
      warnAt: block.warn_at,
      ...(route !== undefined && { route }),
      ...(block.client !== undefined && { client: block.client.trim() }),
      ...(block.key !== undefined && { key: block.key.trim().toLowerCase() }),
      ...(block.team !== undefined && { team: block.team.trim().toLowerCase() }),
      then,
    }];
  });
}

function limitAction(
  block: BudgetBlock,
  path: KeyPath,
  targets: TargetReader,
  name: string,
): Budget["then"] | undefined {
  const value = block.then;
  const word = typeof value === "string" ? value.trim().toLowerCase() : "";
  if (word === "refuse") return { kind: "refuse" };
  if (word === "auto") {
    targets.report.problem(
      path,
      '"auto" would change nothing; use a cheaper route or target, or "refuse".',
    );
    return undefined;
  }
  return targets.routeTarget(value, path, `budget "${name}"`);
}

/** Reports names in `reserve_for` that no route and no rule has. */
export function checkReserves(
  blocks: FileConfig["providers"],
  pathOf: (block: object) => KeyPath,
  targets: TargetReader,
  rules: readonly Rule[],
): void {
  for (const block of blocks) {
    const names = block.reserve_for ?? [];
    for (const name of typeof names === "string" ? [names] : names) {
      routeName(name, [...pathOf(block), "reserve_for"], targets, rules);
    }
  }
}

/** The name that plans use for a built-in route or a rule (written as its name or as `rule:NAME`). */
function routeName(
  text: string,
  path: KeyPath,
  targets: TargetReader,
  rules: readonly Rule[],
): string | undefined {
  const plain = text.trim();
  const route = ROUTE_NAMES.find((one) => one === plain.toLowerCase());
  if (route !== undefined) return route;
  const rule = rules.find((one) => one.name === plain.replace(/^rule:/, ""));
  if (rule !== undefined) return `rule:${rule.name}`;
  if (/^(mapping:.+|target)$/.test(plain)) return plain;
  const known = [...ROUTE_NAMES, ...rules.map((one) => one.name)];
  const near = nearest(plain, known);
  targets.report.problem(path, `there is no route "${plain}".`, {
    expected: `one of ${known.join(", ")}`,
    ...(near !== undefined && { nearest: near }),
  });
  return undefined;
}
