/** Steps 1 to 3: what the `model` of a request selects by itself. Pure. */
import { nameOfPicked, plainModelName } from "../clients/model-names.ts";
import type { Chain, Target, TargetSettings } from "../model/target.ts";
import type { Config, Provider } from "../config/config.ts";
import { splitSettings, targetText, type WithSettings } from "../text/target-settings.ts";
import { decided, type Decision, leadsTo, quoted } from "./decision.ts";
import { routeNamed } from "./routes.ts";

/** What the model that a client asks for leads to. */
export interface Asked {
  /** Undefined: the content decides. */
  readonly decision?: Decision;
  /** The name that the client sees in the answer: the one that it asked for. */
  readonly showModel?: string;
  readonly why: string;
  /** What the model's name asks of every target: `think?effort=high`. */
  readonly settings?: TargetSettings;
}

/** Names that mean "you decide", after `terraphim/` or alone. */
const AUTO = new Set(["auto", "smart-router", "smart_router"]);

/**
 * Reads the model asked for: a target or chain, a route's name, a mapping; else the content decides. What clients add to
 * names is not read.
 */
export function askedModel(model: string, config: Config): Asked {
  let known = asked.get(config);
  if (known === undefined) asked.set(config, known = new Map());
  let found = known.get(model);
  if (found === undefined) {
    found = readModel(model, config);
    if (known.size >= MOST_NAMES) known.clear();
    if (model.length <= LONGEST_NAME) known.set(model, found);
  }
  return found;
}

/** What models lead to, by configuration: clients ask for the same few, with every request. */
const asked = new WeakMap<Config, Map<string, Asked>>();
/** So many names are remembered for a configuration, and names of so many characters. */
const MOST_NAMES = 128;
const LONGEST_NAME = 300;

function readModel(model: string, config: Config): Asked {
  if (!model.includes("?") || model.includes("|")) return named(model, config);
  const { name, settings, wrong } = splitSettings(model);
  const plain = named(name, config);
  return {
    ...plain,
    ...(plain.showModel === undefined ? {} : { showModel: model.trim() }),
    ...(settings === undefined ? {} : { settings }),
    why: plain.why + applied(settings) + ignored(wrong),
  };
}

/** What the settings of a name do, for people. */
export function applied(settings: TargetSettings | undefined): string {
  if (settings === undefined) return "";
  const text = targetText({ provider: "", model: "", settings }).slice(2).replaceAll("&", ", ").replaceAll(
    "=",
    " ",
  );
  return ` (${text})`;
}

export const ignored = (wrong: WithSettings["wrong"]): string =>
  wrong.length === 0 ? "" : ` (ignored: ${wrong.map(({ message }) => message).join("; ")})`;

/** The same for a name without settings, or a chain in which each target may have its own. */
function named(model: string, config: Config): Asked {
  const name = askedName(model);
  if (name === "") return byMapping(name, model, config) ?? { why: "no model given: routed by content" };

  const chain = askedChain(name, config.providers);
  if (chain !== undefined) {
    return {
      decision: { kind: "chain", route: "target", chain },
      why: `model ${quoted(name)} names ${chain.length === 1 ? "a target" : "a chain of targets"}` +
        unlisted(chain, config),
    };
  }
  const route = routeNamed(name.replace(/^(?:route:|terraphim\/)/i, ""));
  if (route !== undefined) {
    return {
      decision: { kind: "route", name: route },
      why: `model ${quoted(name)} names the route ${route}`,
    };
  }
  return byMapping(name, model.trim(), config) ?? { why: undecided(name) };
}

/** A model's name without what clients add to it, before and behind. */
export function askedName(model: string): string {
  return plainModelName(nameOfPicked(model.trim())).trim();
}

/** The model that a request names, for targets that take any; "" where it names a route, or leaves the choice to the proxy. */
export function askedModelName(model: string, { providers }: Config): string {
  const name = splitSettings(askedName(model)).name;
  const plain = name.replace(/^(?:route:|terraphim\/)/i, "");
  if (AUTO.has(plain.toLowerCase()) || routeNamed(plain) !== undefined) return "";
  const chain = askedChain(name, providers);
  return chain?.[0]?.model ?? name;
}

/** @param shown the name as the client sent it */
function byMapping(model: string, shown: string, config: Config): Asked | undefined {
  for (const mapping of config.router.mappings) {
    // `search`, unlike `test`, begins at the start whatever the expression did before.
    if (!mapping.pattern.test(model)) continue;
    const decision = decided(mapping.to, `mapping:${mapping.from}`);
    return {
      ...(decision === undefined ? {} : { decision }),
      ...(mapping.bidirectional ? { showModel: shown } : {}),
      why: `model ${quoted(model)} matches the mapping ${quoted(mapping.from)}, which leads to ${
        leadsTo(mapping.to)
      }`,
    };
  }
  return undefined;
}

function undecided(model: string): string {
  const auto = AUTO.has(model.replace(/^terraphim\//i, "").toLowerCase());
  const comma = model.indexOf(",");
  if (auto) return `model ${quoted(model)}: routed by content`;
  if (comma === -1) return `model ${quoted(model)} matches no target, route or mapping: routed by content`;
  return `model ${quoted(model)} matches no target (${
    quoted(model.slice(0, comma))
  } is not a provider): routed by content`;
}

/**
 * The targets that a model's name spells out: `provider,model` or `provider:model`, several with `|` between.
 * Undefined unless every one begins with a provider's name: models of Ollama have colons of their own.
 */
export function askedChain(model: string, providers: ReadonlyMap<string, Provider>): Chain | undefined {
  const chain: Target[] = [];
  for (const part of model.split("|")) {
    const target = askedTarget(part.trim(), providers);
    if (target === undefined) return undefined;
    chain.push(target);
  }
  return chain;
}

function askedTarget(whole: string, providers: ReadonlyMap<string, Provider>): Target | undefined {
  const { name: text, settings } = splitSettings(whole);
  const at = text.search(/[,:]/);
  if (at === -1) return undefined;
  const prefix = text.slice(0, at).trim();
  const provider = providers.get(prefix) ?? providers.get(prefix.toLowerCase());
  const model = text.slice(at + 1).trim();
  if (provider === undefined || model === "") return undefined;
  return { provider: provider.name, model, ...(settings === undefined ? {} : { settings }) };
}

/** A remark where a target's model is not among those that the file lists for its provider. It is sent anyway. */
function unlisted(chain: Chain, config: Config): string {
  for (const { provider, model } of chain) {
    const listed = config.providers.get(provider)?.models ?? [];
    if (listed.length > 0 && !listed.includes(model)) return ` (not listed under ${provider})`;
  }
  return "";
}
