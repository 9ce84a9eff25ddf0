/** `[[router.rules]]`: conditions as people write them to conditions as the router reads them. */
import type { Rule } from "./config.ts";
import { globPattern } from "./glob.ts";
import { readHours } from "./hours.ts";
import type { KeyPath } from "./positions.ts";
import { described, textOf } from "./problem.ts";
import type { Report } from "./report.ts";
import type { RuleBlock } from "./schema.ts";
import type { TargetReader } from "./targets.ts";

/** The rules in the order of the file. One that has a problem is left out. */
export function buildRules(
  blocks: readonly RuleBlock[],
  pathOf: (block: object) => KeyPath,
  targets: TargetReader,
): Rule[] {
  const rules: Rule[] = [];
  const names = new Set<string>();
  for (const block of blocks) {
    const path = pathOf(block);
    const position = path.at(-1);
    const name = block.name?.trim() ?? `rule ${(typeof position === "number" ? position : rules.length) + 1}`;
    if (names.has(name)) targets.report.warn([...path, "name"], `there are two rules "${name}".`);
    names.add(name);
    const route = targets.routeTarget(block.route, [...path, "route"], `rule "${name}"`);
    const when = conditions(block, path, targets.report);
    if (Object.keys(block.when).length === 0) {
      targets.report.warn([...path, "when"], `rule "${name}" has no condition: every request matches it.`);
    }
    if (route !== undefined) rules.push({ name, when, route });
  }
  return rules;
}

const list = (value: string | readonly string[] | undefined): string[] | undefined =>
  value === undefined
    ? undefined
    : (typeof value === "string" ? [value] : [...value]).map((one) => one.trim().toLowerCase());

function conditions(block: RuleBlock, path: KeyPath, report: Report): Rule["when"] {
  const when = block.when;
  const at = (key: string): KeyPath => [...path, "when", key];
  const all = {
    any: list(when.any),
    all: list(when.all),
    none: list(when.none),
    regex: when.regex === undefined ? undefined : regex(when.regex, at("regex"), report),
    language: list(when.language),
    minComplexity: when.min_complexity,
    maxComplexity: when.max_complexity,
    hours: when.hours === undefined ? undefined : readHours(when.hours, at("hours"), report),
    days: when.days === undefined ? undefined : days(when.days, at("days"), report),
    client: list(when.client),
    model: when.model === undefined ? undefined : globPattern(when.model),
    minTokens: when.min_tokens,
  };
  if ((when.min_complexity ?? 0) > (when.max_complexity ?? 1)) {
    report.problem(at("min_complexity"), "is larger than max_complexity: nothing can match.");
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** In any case; `(?i)` at the start is taken as said. */
function regex(source: string, path: KeyPath, report: Report): RegExp | undefined {
  const plain = source.replace(/^\(\?i\)/, "");
  let reason = "";
  for (const flags of ["iu", "i"]) {
    try {
      return new RegExp(plain, flags);
    } catch (error) {
      reason ||= error instanceof Error ? error.message : String(error);
    }
  }
  report.problem(path, `is no regular expression: ${reason.replace(/^Invalid regular expression: /, "")}.`, {
    found: described(source, path),
  });
  return undefined;
}

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** `"mon-fri"`, `["sat", "sun"]`, `"weekend"`, or numbers with 0 for Sunday. Sorted. */
function days(value: unknown, path: KeyPath, report: Report): number[] | undefined {
  const found = new Set<number>();
  let good = true;
  const day = (text: string): number => {
    const plain = text.trim().toLowerCase();
    return /^[0-6]$/.test(plain)
      ? Number(plain)
      : plain.length < 2
      ? -1
      : DAYS.findIndex((name) => name.startsWith(plain.slice(0, 3)));
  };
  const parts = (Array.isArray(value) ? value : textOf(value).split(",")).map(textOf);
  for (const part of parts) {
    const plain = part.trim().toLowerCase();
    if (plain === "weekend") [0, 6].forEach((one) => found.add(one));
    else if (plain === "weekdays" || plain === "weekday") [1, 2, 3, 4, 5].forEach((one) => found.add(one));
    else {
      const [from, to] = plain.split(/\s*-\s*/).map(day);
      if (from === undefined || from < 0 || (to !== undefined && to < 0)) good = false;
      else {for (let one = from;; one = (one + 1) % 7) {
          found.add(one);
          if (one === (to ?? from)) break;
        }}
    }
  }
  if (good && found.size > 0) return [...found].sort();
  report.problem(
    path,
    `found ${described(value, path)}, expected days, like ["mon", "tue"], "mon-fri" or "weekend".`,
  );
  return undefined;
}
