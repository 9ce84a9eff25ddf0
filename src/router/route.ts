/** From a request's facts and classification to the targets that may answer it, and why. Pure. */
import type { Classification } from "../classifier/classification.ts";
import type { Config } from "../config/config.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import type { Chain, Effort, RouteName, Target, TargetSettings } from "../model/target.ts";
import { type Asked, askedModel } from "./asked-model.ts";
import { AskedModels } from "./any-model.ts";
import { byContent } from "./content.ts";
import { decided, type Decision, leadsTo, quoted } from "./decision.ts";
import { lacking, tooLong, unfit } from "./fit.ts";
import type { Conditions, PlannedTarget, RoutePlan, RoutingInput, Wished } from "./plan.ts";
import { chainOf, nobodyTakes, ORDINARY } from "./routes.ts";
import { byRules, type OnlyOf, refusedByRules, type RuleEffects } from "./rules.ts";
import { byScript, SCRIPT } from "./script.ts";
import { staying } from "./staying.ts";
import { inOrder, turnOf } from "./strategies.ts";
import { isDoubtful } from "./turn.ts";

/**
 * Plans a request: the model asked for decides, else the content; then the route's chain (or that of the route that takes
 * its work) in the strategy's order, then the fallback. Targets that cannot take the request stay in the plan with the
 * reason. An empty plan says which routes would have to be set.
 */
export function route(
  facts: RequestFacts,
  classification: Classification,
  configured: Config,
  conditions: Conditions,
): RoutePlan {
  const asked = askedModel(facts.model, configured);
  const models = new AskedModels(facts.model, configured, conditions);
  const config = models.in(configured);
  const input: RoutingInput = { facts, classification, config, conditions, why: [] };
  const { decision, rules, settings } = decide(asked, input);
  const used = redirected(resolved(decision, input), input);
  const planner = new Planner(models, input, { rules, settings });
  const { turn, rotated, targets } = listed(used, decision, planner, input);
  if (targets.length === 0 && used.nobody !== undefined) input.why.push(used.nobody);
  return {
    route: used.route,
    targets,
    why: input.why,
    decision,
    ...(rules.names.length === 0 ? {} : { rules: rules.names }),
    ...(rules.refuse === undefined ? {} : { refuse: rules.refuse }),
    ...(asked.showModel === undefined ? {} : { showModel: asked.showModel }),
    ...(decision.kind === "route" && decision.byKind && isDoubtful(classification) &&
        mayAsk(rules.only, config)
      ? { isDoubtful: true }
      : {}),
    ...(turn === undefined ? {} : { turn }),
    ...(rotated === undefined ? {} : { rotated }),
  };
}

/** What decides: a wish, else the model asked for, else the turn so far, else the user's rules, else the content. */
function decide(asked: Asked, input: RoutingInput): {
  readonly decision: Decision;
  readonly rules: RuleEffects;
  /** What the wish or the model's name asks of every target. */
  readonly settings: TargetSettings | undefined;
} {
  const wished = input.conditions.wished ?? wishedBefore(input);
  input.why.push(...(wished === undefined ? [asked.why] : [wished.why, ...overridden(asked)]));
  const before = wished?.decision ?? asked.decision ?? repeated(input);
  const rules = before === undefined ? byOwnRules(input) : refusedByRules(input);
  return {
    decision: before ?? rules.decision ?? byContent(input),
    rules,
    settings: (wished ?? asked).settings,
  };
}

/** The targets of a plan in the order in which they are tried, the skipped ones too. */
function listed(
  used: Resolved,
  decision: Decision,
  planner: Planner,
  input: RoutingInput,
): Pick<RoutePlan, "targets" | "turn" | "rotated"> {
  const { facts, classification, config, conditions: { continued } } = input;
  const own = planner.plan(used.chain, used.from);
  const relief = used.mayPass ? relieving(own, input) : [];
  const chain = [...own, ...planner.plan(relief, "handed_on")];
  const turn = turnOf(facts, classification, config.router.strategy);
  const { targets: ordered, rotated } = inOrder(chain, input, turn);
  const whole = [...ordered, ...planner.plan(config.router.fallback, "fallback")];
  const targets = staying(whole, input, {
    decision,
    isRedirected: used.isRedirected === true,
    unfit: (target) => planner.unfit(target),
  });
  // Only the provider of the answer that the request continues has the conversation: it is tried though no chain lists it.
  const isLost = continued !== undefined && targets.every(({ skip }) => skip !== undefined);
  const last = isLost ? planner.plan([continued.target], "handed_on") : [];
  return { targets: [...targets, ...last], turn, rotated };
}

/** Makes planned targets of chains: each target once, with its settings, and with the reason where it is skipped. */
class Planner {
  readonly #models: AskedModels;
  readonly #input: RoutingInput;
  readonly #rules: RuleEffects;
  readonly #settings: TargetSettings | undefined;
  readonly #seen = new Set<string>();

  constructor(
    models: AskedModels,
    input: RoutingInput,
    { rules, settings }: { readonly rules: RuleEffects; readonly settings: TargetSettings | undefined },
  ) {
    this.#models = models;
    this.#input = input;
    this.#rules = rules;
    this.#settings = settings;
  }

  /** The targets of a chain that no chain before it had. */
  plan(chain: Chain, from: PlannedTarget["from"]): PlannedTarget[] {
    const { why } = this.#input;
    return fresh(this.#models.chain(chain), this.#seen).map((target): PlannedTarget => {
      const note = this.#models.noteOn(target);
      if (note !== undefined) why.push(note);
      const skip = this.unfit(target);
      const settings = settingsOf(target, this.#rules.effort, this.#settings);
      return {
        provider: target.provider,
        model: target.model,
        from,
        ...(settings === undefined ? {} : { settings }),
        ...(skip === undefined ? {} : { skip }),
      };
    });
  }

  /** Why a target cannot take the request; undefined: it can. */
  unfit(target: Target): string | undefined {
    const { facts, config, conditions } = this.#input;
    return unfit(target, facts, config, conditions) ?? elsewhere(target.provider, conditions) ??
      forbidden(target, this.#rules.only, config);
  }
}

/** The user's rules, and where none leads anywhere or refuses, the script. */
function byOwnRules(input: RoutingInput): RuleEffects {
  const rules = byRules(input);
  if (rules.decision !== undefined || rules.refuse !== undefined) return rules;
  const { counts, ...script } = byScript(input);
  return { ...script, ...rules, names: counts === true ? [...rules.names, SCRIPT] : rules.names };
}

/** A target's settings, under those of a rule, under those that the request asks for itself. */
function settingsOf(
  { settings }: Target,
  effort: Effort | undefined,
  asked: TargetSettings | undefined,
): TargetSettings | undefined {
  if (effort === undefined && asked === undefined) return settings;
  return { ...settings, ...(effort === undefined ? {} : { effort }), ...asked };
}

/** What the model of a request would have led to, where a wish overrides it. */
function overridden({ decision, why }: Asked): readonly string[] {
  return decision === undefined ? [] : [`the wish overrides the model: ${why}`];
}

/** The wish of the prompt that a request continues without holding it. */
function wishedBefore({ classification, conditions: { continued } }: RoutingInput): Wished | undefined {
  if (continued?.decision.wished !== true || classification.prompt !== undefined) return undefined;
  return { decision: continued.decision, why: "the wish of the turn's prompt holds" };
}

/** What was decided for a turn, for a request that continues it without words of the user. */
function repeated({ classification, conditions: { continued }, why }: RoutingInput): Decision | undefined {
  if (continued === undefined || classification.prompt !== undefined || classification.isHousekeeping) {
    return undefined;
  }
  const { decision } = continued;
  why.push(classification.why);
  const name = decision.kind === "chain" ? decision.route : decision.name;
  if (name !== classification.kind) why.push(`the turn was decided before → ${name}`);
  return decision;
}

/** Whether the rules allow the model of second opinions. */
function mayAsk(only: readonly OnlyOf[] | undefined, config: Config): boolean {
  const { judge } = config.router;
  return judge === undefined || forbidden(judge.target, only, config) === undefined;
}

/** Which rule keeps a target from answering; undefined: none does. */
function forbidden(
  { provider, model }: Target,
  only: readonly OnlyOf[] = [],
  { providers }: Config,
): string | undefined {
  const by = only.find(({ only: { local, patterns } }) =>
    !(local && providers.get(provider)?.local === true) &&
    !patterns.some((pattern) => pattern.test(`${provider},${model}`))
  );
  return by === undefined ? undefined : `rule ${quoted(by.rule)} allows ${by.only.text} only`;
}

/** Why a provider cannot continue an answer; undefined: it can, or the request continues none. */
function elsewhere(provider: string, { continued }: Conditions): string | undefined {
  if (continued === undefined || continued.target.provider === provider) return undefined;
  return `only ${continued.target.provider} has the answer that the request continues`;
}

/** A decision with the chain that it leads to. */
interface Resolved {
  readonly route: string;
  readonly chain: Chain;
  readonly from: PlannedTarget["from"];
  /** A route of `[router]` decided: where none of its models can take the request, another route may. */
  readonly mayPass?: boolean;
  /** A spent budget sends it here. */
  readonly isRedirected?: boolean;
  /** Why the chain is empty. */
  readonly nobody?: string;
}

function resolved(decision: Decision, { config, why }: RoutingInput): Resolved {
  if (decision.kind === "chain") return { route: decision.route, chain: decision.chain, from: "chain" };
  const taken = chainOf(decision.name, config.router.routes);
  if (taken === undefined) {
    const nobody = nobodyTakes(decision.name);
    return { route: decision.route ?? decision.name, chain: [], from: "chain", nobody };
  }
  if (taken.why !== undefined) why.push(taken.why);
  return {
    route: decision.route ?? taken.name,
    chain: taken.chain,
    from: taken.why === undefined ? "chain" : "handed_on",
    mayPass: true,
  };
}

/** The routes that are asked to take what is too long for another route's models. */
const LONG: readonly RouteName[] = ["long_context", ...ORDINARY];

/**
 * The chain that takes a request whose images, tools or length no model of its own chain can take: that of the first
 * route of ordinary work with a model that can, for a length that of `long_context` before; empty where there is none,
 * or none is needed.
 */
function relieving(
  own: readonly PlannedTarget[],
  { facts, config, conditions, why }: RoutingInput,
): Chain {
  if (own.some(({ skip }) => skip === undefined)) return [];
  const lacks = new Set(
    own.map((target) => lacking(target, facts, conditions)).filter((one) => one !== undefined),
  );
  if (lacks.size === 0) return [];
  const isLong = own.every((target) => {
    const model = conditions.model(target);
    return model !== undefined && tooLong(facts, model) !== undefined;
  });
  for (const name of isLong ? LONG : ORDINARY) {
    const chain = config.router.routes[name] ?? [];
    if (!chain.some((target) => unfit(target, facts, config, conditions) === undefined)) continue;
    why.push(`no target of the route can take it (${[...lacks].join("; ")}): ${name} takes it`);
    return chain;
  }
  return [];
}

/** Sends a request another way where the conditions say so (a spent budget). */
function redirected(used: Resolved, input: RoutingInput): Resolved {
  const redirect = input.conditions.redirect?.(used.route);
  if (redirect === undefined) return used;
  const decision = decided(redirect.to, redirect.route);
  if (decision === undefined) return used;
  input.why.push(`${redirect.why}: ${leadsTo(redirect.to)} takes it`);
  const to = resolved(
    decision.kind === "route" ? { kind: "route", name: decision.name } : decision,
    input,
  );
  return { ...to, mayPass: false, isRedirected: true }; // else it could come back to the route that the budget protects
}

/** The targets of a chain that were not in one before. */
function fresh(chain: Chain, seen: Set<string>): Chain {
  return chain.filter(({ provider, model }) => {
    const key = `${provider},${model}`;
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}
