/** `[[router.rules]]`. */
import { RE2JS } from "re2js";
import { messageOf } from "../../files/errors.ts";
import { globPattern, nearest, type Pattern } from "../../text/match.ts";
import { isEmpty, type Range, type RangeOf, readRange } from "../../text/range.ts";
import { momentIn, type Zone, zoneOf } from "../../text/zoned-time.ts";
import { type Agent, AGENTS, type Only, type Rule, type When } from "../config.ts";
import { described, type KeyPath, type Report } from "../problem.ts";
import type { RuleBlock, WhenBlock } from "../schema/sections.ts";
import type { TargetReader } from "./targets.ts";
import { readDays, readHours } from "./times.ts";

/** The rules in the order of the file. One whose route is wrong is reported and dropped. */
export function buildRules(
  blocks: readonly RuleBlock[],
  pathOf: (block: object) => KeyPath,
  targets: TargetReader,
): Rule[] {
  const rules: Rule[] = [];
  const names = new Set<string>();
  /** The first rule that matches every request and ends the search: later rules are never looked at. */
  let last: string | undefined;
  for (const block of blocks) {
    const { report } = targets;
    const path = pathOf(block);
    const position = path.at(-1);
    const name = block.name?.trim() ?? `rule ${(typeof position === "number" ? position : rules.length) + 1}`;
    if (names.has(name)) report.warn([...path, "name"], `duplicate rule name "${name}".`);
    names.add(name);
    if (last !== undefined) {
      report.warn([...path, "when"], `rule "${name}" never matches: "${last}" above takes every request.`);
    }
    const route = block.route === undefined
      ? undefined
      : targets.routeTarget(block.route, [...path, "route"], `rule "${name}"`);
    const when = new Conditions([...path, "when"], report).read(block.when);
    const matchesAll = Object.keys(block.when).length === 0;
    if (matchesAll) {
      report.warn([...path, "when"], `rule "${name}" has no condition: every request matches it.`);
    }
    const effects = {
      ...(route === undefined ? {} : { route }),
      ...(block.effort === undefined ? {} : { effort: block.effort }),
      ...(block.only === undefined ? {} : { only: onlyOf(block.only) }),
      ...(block.reason === undefined ? {} : { reason: block.reason.trim() }),
      ...(block.refuse === undefined ? {} : { refuse: block.refuse.trim() }),
    };
    if (block.route === undefined && Object.keys(effects).length === 0) {
      report.problem(
        [...path, "route"],
        'is missing; expected "provider,model" (or a chain of them), the name of a route, or "auto".',
      );
      continue;
    }
    if (block.refuse !== undefined && block.route !== undefined) {
      report.warn([...path, "route"], `rule "${name}" refuses, so its route is never used.`);
    }
    if (matchesAll && (block.route !== undefined || block.refuse !== undefined)) last ??= name;
    if (block.route === undefined || route !== undefined) rules.push({ name, when, ...effects });
  }
  return rules;
}

const list = (value: string | readonly string[] | undefined): string[] | undefined =>
  value === undefined
    ? undefined
    : (typeof value === "string" ? [value] : [...value]).map((one) => one.trim().toLowerCase());

const patterns = (value: string | readonly string[] | undefined): Pattern[] | undefined =>
  value === undefined ? undefined : (typeof value === "string" ? [value] : value).map(globPattern);

/** A provider's name alone is all of its models. */
function onlyOf(value: string | readonly string[]): Only {
  const all = (typeof value === "string" ? [value] : value).map((one) => one.trim());
  const names = all.filter((one) => one !== "local");
  return {
    text: all.join(", "),
    local: names.length < all.length,
    patterns: names.map((name) => globPattern(name.includes(",") ? name : `${name},*`)),
  };
}

/** Reads the conditions of one table. */
class Conditions {
  readonly #path: KeyPath;
  readonly #report: Report;

  constructor(path: KeyPath, report: Report) {
    this.#path = path;
    this.#report = report;
  }

  read(when: WhenBlock): When {
    const at = (key: string): KeyPath => [...this.#path, key];
    const all = {
      any: list(when.any),
      all: list(when.all),
      none: list(when.none),
      regex: when.regex === undefined ? undefined : regex(when.regex, at("regex"), this.#report),
      language: list(when.language),
      minComplexity: when.min_complexity,
      maxComplexity: when.max_complexity,
      hours: when.hours === undefined ? undefined : readHours(when.hours, at("hours"), this.#report),
      days: when.days === undefined ? undefined : readDays(when.days, at("days"), this.#report),
      zone: this.#zone(when),
      until: this.#until(when),
      client: list(when.client),
      model: when.model === undefined ? undefined : globPattern(when.model),
      minTokens: when.min_tokens,
      agent: this.#agents(when.agent),
      agentType: patterns(when.agent_type),
      mode: when.mode,
      headers: when.header === undefined ? undefined : Object.entries(when.header).map(([name, glob]) => ({
        name: name.trim().toLowerCase(),
        pattern: globPattern(glob),
      })),
      key: patterns(when.key),
      sessionAge: this.#range(when.session_age, "session_age", "durations"),
      turn: this.#range(when.turn, "turn", "numbers"),
      toolOffered: patterns(when.tool_offered),
      toolCalled: patterns(when.tool),
      confidence: this.#range(when.confidence, "confidence", "numbers"),
      escalated: when.escalated,
      project: patterns(when.project),
      allOf: this.#inner("all_of", when.all_of),
      anyOf: this.#inner("any_of", when.any_of),
    };
    this.#contradictions(when);
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }

  #zone({ time_zone: name, hours, days, until }: WhenBlock): Zone | undefined {
    if (name === undefined) return undefined;
    const path = [...this.#path, "time_zone"];
    const zone = zoneOf(name.trim());
    if (zone === undefined) {
      this.#report.problem(
        path,
        `got ${described(name, path)}, expected a time zone, such as "Europe/Berlin".`,
      );
    } else if (hours === undefined && days === undefined && until === undefined) {
      this.#report.warn(path, "has no effect without hours, days or until.");
    }
    return zone;
  }

  #until({ until, time_zone: zone }: WhenBlock): number | undefined {
    if (until === undefined) return undefined;
    const path = [...this.#path, "until"];
    const moment = momentIn(until, zone?.trim());
    if (moment === undefined) {
      this.#report.problem(
        path,
        `got ${described(until, path)}, expected a date, such as "2026-12-31" or "2026-12-31 18:00".`,
      );
    } else if (moment <= Date.now()) this.#report.warn(path, "is over, so nothing matches.");
    return moment;
  }

  #inner(key: string, blocks: readonly WhenBlock[] | undefined): When[] | undefined {
    return blocks?.map((block, i) => new Conditions([...this.#path, key, i], this.#report).read(block));
  }

  /** Names of agents: an array, or in one string with `|`. */
  #agents(value: string | readonly string[] | undefined): Agent[] | undefined {
    const names = list(value)?.flatMap((one) => one.split("|").map((part) => part.trim()));
    return names?.flatMap((name) => {
      const known = AGENTS.find((agent) => agent === name);
      if (known !== undefined) return [known];
      const near = nearest(name, AGENTS);
      this.#report.problem([...this.#path, "agent"], `got "${name}", expected one of ${AGENTS.join(", ")}.`, {
        found: `"${name}"`,
        ...(near === undefined ? {} : { nearest: near }),
      });
      return [];
    });
  }

  #range(value: string | number | undefined, key: string, of: RangeOf): Range | undefined {
    if (value === undefined) return undefined;
    const path = [...this.#path, key];
    const range = readRange(value, of);
    const example = of === "durations"
      ? '"> 1h", "<= 30m" or "10m-2h"'
      : '">= 3", "< 0.5", "2-5" or a number';
    if (range === undefined) {
      this.#report.problem(path, `got ${described(value, path)}, expected a range, such as ${example}.`);
    } else if (isEmpty(range)) this.#report.problem(path, "holds no number, so nothing matches.");
    return range;
  }

  /** Conditions that no request fulfils. */
  #contradictions(when: WhenBlock): void {
    if ((when.min_complexity ?? 0) > (when.max_complexity ?? 1)) {
      this.#report.problem(
        [...this.#path, "min_complexity"],
        "is greater than max_complexity, so nothing matches.",
      );
    }
    const none = list(when.none) ?? [];
    const any = list(when.any);
    const never = list(when.all)?.find((word) => none.includes(word)) ??
      (any !== undefined && any.every((word) => none.includes(word)) ? any[0] : undefined);
    if (never !== undefined) {
      this.#report.problem([...this.#path, "none"], `"${never}" must be there, too, so nothing matches.`);
    }
    const needs = [when.any, when.all, when.regex, when.language].some((one) => one !== undefined);
    const own = list(when.agent)?.flatMap((one) => one.split("|")).every((one) => OWN_USE.has(one.trim()));
    if (needs && own === true) {
      this.#report.warn(
        [...this.#path, "agent"],
        "these requests hold no words of the user, so conditions on words never match them.",
      );
    }
  }
}

/** Agents whose requests are the client's own. */
const OWN_USE: ReadonlySet<string> = new Set<Agent>(["compaction", "auxiliary"]);

/** How many characters at the beginning, and at the end, of a longer prompt expressions are matched with. */
const LOOKED_AT = 65_536;

/** The parts of a prompt that expressions look at, with a line end between them. */
function lookedAt(prompt: string): string {
  if (prompt.length <= 2 * LOOKED_AT) return prompt;
  return `${prompt.slice(0, LOOKED_AT)}\n${prompt.slice(-LOOKED_AT)}`;
}

/**
 * Matches in any case, with or without `(?i)` at the start. By RE2, whose time grows with the text alone: a prompt holds web
 * pages and the output of tools, and one that makes an expression backtrack would stop every request.
 */
function regex(source: string, path: KeyPath, report: Report): Pattern | undefined {
  const parts = source.match(/\[(?:\\[^]|[^\]\\])*\]|\\[^]|\(\?[=!]/g) ?? [];
  if (parts.some((part) => /^(?:\(\?[=!]|\\[1-9k])$/.test(part))) {
    report.problem(
      path,
      "look-ahead and references to groups are not supported: they can take forever on a long prompt.",
      {
        found: described(source, path),
      },
    );
    return undefined;
  }
  try {
    const flags = RE2JS.CASE_INSENSITIVE | RE2JS.LOOKBEHINDS;
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source.replace(/^\(\?i\)/, "")), flags);
    return { source, test: (text) => compiled.test(lookedAt(text)) };
  } catch (error) {
    const reason = messageOf(error).replace(/^error parsing regexp: /, "");
    report.problem(path, `is not a valid regular expression: ${reason}.`, { found: described(source, path) });
    return undefined;
  }
}
