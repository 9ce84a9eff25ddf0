/** Targets for any model, `anthropic,*`: the model that the client asks for, at that provider. Pure. */
import type { Config } from "../config/config.ts";
import { type Chain, isAnyModel, type RouteName, type Target } from "../model/target.ts";
import { askedModelName } from "./asked-model.ts";
import { quoted } from "./decision.ts";
import type { Conditions } from "./plan.ts";

/** Puts the client's model in the place of `*`, and remembers what it has put there. */
export class AskedModels {
  readonly #model: string;
  readonly #config: Config;
  readonly #conditions: Conditions;
  #asked: string | undefined;
  #others: Map<Target, string> | undefined;

  /** @param model the model of the request, as the client writes it */
  constructor(model: string, config: Config, conditions: Conditions) {
    this.#model = model;
    this.#config = config;
    this.#conditions = conditions;
  }

  /** The configuration with the client's model in its routes; the same object where no route has a target for any model. */
  in(config: Config): Config {
    const { routes, fallback } = config.router;
    if (!fallback.some(isAnyModel) && !hasAnyModel(routes)) return config;
    const chains = Object.entries(routes);
    const named = Object.fromEntries(chains.map(([name, chain]) => [name, this.chain(chain)])) as Partial<
      Record<RouteName, Chain>
    >;
    return { ...config, router: { ...config.router, routes: named, fallback: this.chain(fallback) } };
  }

  /** A chain that names the client's model; targets without one stay as they are, and are passed over. */
  chain(chain: Chain): Chain {
    return chain.some(isAnyModel) ? chain.map((target) => this.#named(target)) : chain;
  }

  /** A note on a target, for people: its version is another than the one asked for. Undefined: there is nothing to note. */
  noteOn(target: Target): string | undefined {
    return this.#others?.get(target);
  }

  #named(target: Target): Target {
    if (!isAnyModel(target)) return target;
    const asked = this.#asked ??= askedModelName(this.#model, this.#config);
    if (asked === "") return target;
    const found = this.#conditions.sameModel?.(target, asked);
    if (found === undefined) return target;
    const named = { ...target, model: found.model };
    if (found.other) {
      const note = `${target.provider} has no ${quoted(asked)}: ${found.model} is the nearest of its family`;
      (this.#others ??= new Map()).set(named, note);
    }
    return named;
  }
}

/** Whether one of the routes has a target for any model. */
function hasAnyModel(routes: Config["router"]["routes"]): boolean {
  for (const name in routes) if (routes[name as RouteName]!.some(isAnyModel)) return true;
  return false;
}

/** Why a target for any model cannot be tried; undefined: it is not such a target, or was given the client's model. */
export function nameless(target: Target, asked: string): string | undefined {
  if (!isAnyModel(target)) return undefined;
  return `${target.provider} has no model like ${quoted(asked)}`;
}
