/** Whether a user's own rule (`[[router.rules]]`) matches a request. Pure. */
import { turnNumber } from "../classifier/prompt/conversation.ts";
import { projectOf } from "../clients/project.ts";
import { isTime } from "../text/zoned-time.ts";
import type { Agent, Config, Only, Rule, When } from "../config/config.ts";
import type { Effort } from "../model/target.ts";
import { count } from "../text/format.ts";
import { type Found, PhraseIndex } from "../text/phrases.ts";
import { isIn } from "../text/range.ts";
import { askedName } from "./asked-model.ts";
import { decided, type Decision, leadsTo, quoted } from "./decision.ts";
import type { Conditions, RoutingInput } from "./plan.ts";

/** What the rules that match a request do with it. */
export interface RuleEffects {
  /** Undefined: the content decides. */
  readonly decision?: Decision;
  /** The names of the rules, in order. */
  readonly names: readonly string[];
  readonly effort?: Effort;
  readonly refuse?: string;
  /** The only targets that may answer: each of them must allow a target. */
  readonly only?: readonly OnlyOf[];
}

/** A rule that allows some targets only. */
export interface OnlyOf {
  readonly rule: string;
  readonly only: Only;
}

/**
 * Step 4: the user's rules, in order, with their reasons in `why`. One that only sets an effort or gives a reason applies
 * and lets the next ones be looked at; the first that leads somewhere or refuses is the last. Of two efforts the first counts.
 */
export function byRules(input: RoutingInput): RuleEffects {
  const { rules } = input.config.router;
  if (rules.length === 0) return NO_EFFECTS;
  const asked = new AskedOnce(input, rules);
  const names: string[] = [];
  let effort: Effort | undefined;
  const only: OnlyOf[] = [];
  const effects = (): RuleEffects => ({
    names,
    ...(effort === undefined ? {} : { effort }),
    ...(only.length === 0 ? {} : { only }),
  });
  for (const rule of rules) {
    const because = matched(rule.when, asked);
    if (because === undefined) continue;
    names.push(rule.name);
    input.why.push(reasonOf(rule, because));
    effort ??= rule.effort;
    if (rule.only !== undefined) only.push({ rule: rule.name, only: rule.only });
    const set = effects();
    if (rule.refuse !== undefined) return { ...set, refuse: rule.refuse };
    if (rule.route === undefined) continue;
    const decision = decided(rule.route, `rule:${rule.name}`);
    return decision === undefined ? set : { ...set, decision };
  }
  return effects();
}

const NO_EFFECTS: RuleEffects = { names: [] };

/** What rules do with a request whose way is decided already by its model, a wish or a pin: they can still refuse it, or allow some targets only. */
export function refusedByRules(input: RoutingInput): RuleEffects {
  const why: string[] = [];
  const { names, refuse, only } = byRules({ ...input, why });
  if (refuse === undefined && only === undefined) return NO_EFFECTS;
  input.why.push(...why);
  return {
    names,
    ...(refuse === undefined ? {} : { refuse }),
    ...(only === undefined ? {} : { only }),
  };
}

function reasonOf({ name, route, effort, only, reason, refuse }: Rule, because: string): string {
  const does = [
    ...(refuse === undefined ? [] : ["refuses the request"]),
    ...(route === undefined ? [] : [`leads to ${leadsTo(route)}`]),
    ...(effort === undefined ? [] : [`sets the effort ${effort}`]),
    ...(only === undefined ? [] : [`allows ${only.text} only`]),
  ];
  const to = does.length === 0 ? "" : ` and ${does.join(" and ")}`;
  return `rule ${quoted(name)} matches (${because})${to}${reason === undefined ? "" : `: ${reason}`}`;
}

type Asking = Pick<RoutingInput, "facts" | "classification" | "config" | "conditions">;

/**
 * Every condition must hold; no condition at all matches every request. Conditions on words look at the user's own words, so
 * they never match a request that holds none.
 * @returns what matched, for people; undefined: it does not match
 */
function matched(when: When, asked: AskedOnce): string | undefined {
  const found: string[] = [];
  for (const check of CHECKS) {
    const because = check(when, asked);
    if (because === false) return undefined;
    if (because !== true) found.push(because);
  }
  return found.length === 0 ? "any request" : found.join(", ");
}

/** Whether a condition holds: what matched, true where there is nothing to name (it is not set, too), false where it does not. */
type Check = (when: When, asked: AskedOnce) => string | boolean;

/** The cheap ones first: most rules fail at one of them. */
const CHECKS: readonly Check[] = [
  ({ language }, { classification: { language: found } }) =>
    language === undefined || found !== undefined && language.includes(found) && `language ${found}`,
  ({ minComplexity, maxComplexity }, { classification: { complexity } }) =>
    minComplexity === undefined && maxComplexity === undefined ||
    isIn(complexity, { from: minComplexity ?? 0, to: maxComplexity ?? 1 }) &&
      `complexity ${complexity.toFixed(2)}`,
  ({ hours, days, zone }, { conditions }) =>
    hours === undefined && days === undefined ||
    isTime(hours, days, zone === undefined ? conditions : zone(conditions.now)) && "time",
  ({ until }, { conditions }) => until === undefined || conditions.now < until && "until then",
  ({ client }, { facts }) =>
    client === undefined || client.some((name) => name.toLowerCase() === facts.client.toLowerCase()) &&
      `client ${facts.client}`,
  ({ model }, { facts }) => model === undefined || model.test(askedName(facts.model)) && "model asked for",
  ({ minTokens }, { facts }) =>
    minTokens === undefined || facts.approxTokens >= minTokens && `about ${count(facts.approxTokens)} tokens`,
  ({ agent }, asked) => agent === undefined || agent.includes(asked.agent) && `agent ${asked.agent}`,
  ({ agentType }, { facts: { hints } }) =>
    named("agent type", agentType, [hints.agentType, hints.threadSource]),
  ({ mode }, { facts: { hints } }) =>
    mode === undefined || mode === (hints.mode ?? "normal") && `${mode} mode`,
  headersMatch,
  ({ key }, { conditions }) => named("key", key, [conditions.clientKey]),
  ({ sessionAge }, asked) => sessionAge === undefined || isIn(asked.sessionAge, sessionAge) && "session age",
  ({ confidence }, { confidence: found }) =>
    confidence === undefined || isIn(found, confidence) && `confidence ${found.toFixed(2)}`,
  ({ escalated }, { isEscalated }) =>
    escalated === undefined || escalated === isEscalated && (escalated ? "escalated" : "not escalated"),
  ({ toolOffered }, { facts }) => named("tool offered", toolOffered, facts.toolNames),
  ({ toolCalled }, asked) => toolCalled === undefined || named("tool called", toolCalled, [asked.lastTool]),
  ({ turn }, asked) => turn === undefined || isIn(asked.turn, turn) && `turn ${asked.turn}`,
  ({ project }, asked) => project === undefined || named("project", project, asked.projects),
  wordsMatch,
  ({ regex }, { classification: { prompt } }) =>
    regex === undefined || prompt !== undefined && regex.test(prompt) && `expression /${regex.source}/`,
  ({ allOf }, asked) => {
    const found = allOf?.map((when) => matched(when, asked)) ?? [];
    return !found.includes(undefined) && (found.length === 0 || found.join(", "));
  },
  ({ anyOf }, asked) => {
    if (anyOf === undefined) return true;
    for (const when of anyOf) {
      const because = matched(when, asked);
      if (because !== undefined) return because;
    }
    return false;
  },
];

type Patterns = When["project"];

/** Whether one of some names matches one of the patterns. */
function named(what: string, patterns: Patterns, names: readonly (string | undefined)[]): string | boolean {
  if (patterns === undefined) return true;
  for (const name of names) {
    if (name !== undefined && patterns.some((pattern) => pattern.test(name))) return `${what} ${name}`;
  }
  return false;
}

function headersMatch({ headers }: When, { conditions }: AskedOnce): string | boolean {
  if (headers === undefined) return true;
  const isThere = ({ name, pattern }: NonNullable<When["headers"]>[number]) => {
    const value = conditions.headers?.[name];
    return value !== undefined && pattern.test(value);
  };
  return headers.every(isThere) && `header ${headers.map(({ name }) => name).join(", ")}`;
}

function wordsMatch(when: When, asked: AskedOnce): string | boolean {
  const { any, all, none } = when;
  if (any === undefined && all === undefined && none === undefined) return true;
  const { found } = asked;
  if (found === undefined) return false;
  const ids = asked.words.of(when);
  const words: string[] = [];
  if (any !== undefined) {
    const first = firstOf(ids.any, found);
    if (first === undefined) return false;
    words.push(`word "${first.text}"`);
  }
  for (const id of ids.all) {
    const one = id === undefined ? undefined : found.get(id);
    if (one === undefined) return false;
    words.push(`word "${one.text}"`);
  }
  if (ids.none.some((id) => id !== undefined && found.has(id))) return false;
  return words.length === 0 || words.join(", ");
}

/** The first of some phrases in the text. */
function firstOf(ids: Ids, found: ReadonlyMap<number, Found>): Found | undefined {
  let first: Found | undefined;
  for (const id of ids) {
    const one = id === undefined ? undefined : found.get(id);
    if (one !== undefined && (first === undefined || one.at < first.at)) first = one;
  }
  return first;
}

/** What several rules ask about a request, found out once and only if one does. */
export class AskedOnce {
  readonly facts: Asking["facts"];
  readonly classification: Asking["classification"];
  readonly conditions: Conditions;
  readonly words: RuleWords;
  readonly #escalate: Config["router"]["escalate"];
  #found: ReadonlyMap<number, Found> | undefined;
  #turn: number | undefined;
  #projects: readonly string[] | undefined;

  constructor({ facts, classification, conditions, config }: Asking, rules: readonly Rule[]) {
    this.facts = facts;
    this.classification = classification;
    this.conditions = conditions;
    this.words = wordsOf(rules);
    this.#escalate = config.router.escalate;
  }

  /** The words of all rules that the prompt holds; undefined: the request holds no words of the user. */
  get found(): ReadonlyMap<number, Found> | undefined {
    const { prompt } = this.classification;
    return prompt === undefined ? undefined : this.#found ??= this.words.index.in(prompt);
  }

  get turn(): number {
    return this.#turn ??= turnNumber(this.facts);
  }

  /** The client's working folder, whole and by its last name. */
  get projects(): readonly string[] {
    if (this.#projects === undefined) {
      const path = projectOf(this.facts);
      const name = path?.split(/[\\/]/).findLast((part) => part !== "");
      this.#projects = path === undefined ? [] : name === undefined ? [path] : [path, name];
    }
    return this.#projects;
  }

  get agent(): Agent {
    const { hints } = this.facts;
    const { isHousekeeping, housekeeping, isSubagent } = this.classification;
    if (hints.requestClass !== undefined) return hints.requestClass;
    if (isHousekeeping) return housekeeping === "compaction" ? "compaction" : "auxiliary";
    return isSubagent ? "subagent" : "main";
  }

  /** Milliseconds; 0 for a session's first request and for a client that names no session. */
  get sessionAge(): number {
    const { session, now } = this.conditions;
    return session === undefined ? 0 : now - session.started;
  }

  get confidence(): number {
    const { scores, kind } = this.classification;
    return scores === undefined ? 1 : scores[kind];
  }

  get isEscalated(): boolean {
    const { stuck } = this.classification;
    return stuck !== undefined && this.#escalate.after > 0 && stuck.times >= this.#escalate.after;
  }

  get lastTool(): string | undefined {
    const { messages } = this.facts;
    for (let i = messages.length - 1; i >= 0; i--) {
      const calls = messages[i]!.calls;
      if (calls !== undefined && calls.length > 0) return calls.at(-1)!.name;
    }
    return undefined;
  }
}

type Ids = readonly (number | undefined)[];

/** The words of one set of conditions, by their numbers in the index; undefined: a blank one, which is nowhere. */
interface WordIds {
  readonly any: Ids;
  readonly all: Ids;
  readonly none: Ids;
}

/** The words of all rules of a configuration, to be found in one pass. */
class RuleWords {
  readonly index = new PhraseIndex();
  readonly #ids = new Map<When, WordIds>();

  constructor(rules: readonly Rule[]) {
    for (const { when } of rules) this.#add(when);
  }

  of(when: When): WordIds {
    return this.#ids.get(when)!;
  }

  #add(when: When): void {
    const ids = (words: readonly string[] = []): Ids => words.map((word) => this.index.add(word));
    this.#ids.set(when, { any: ids(when.any), all: ids(when.all), none: ids(when.none) });
    for (const inner of [...when.allOf ?? [], ...when.anyOf ?? []]) this.#add(inner);
  }
}

/** Of each configuration's rules: it is frozen, so they are made once for each that is loaded. */
const compiled = new WeakMap<readonly Rule[], RuleWords>();

function wordsOf(rules: readonly Rule[]): RuleWords {
  let words = compiled.get(rules);
  if (words === undefined) compiled.set(rules, words = new RuleWords(rules));
  return words;
}
