/** Targets for any model, `anthropic,*`: the model that the client asks for, at that provider. Pure. */
import type { Config } from "../config/config.ts";
import { type Chain, isAnyModel, type RouteName, type Target } from "../model/target.ts";
import { askedModelName } from "./asked-model.ts";
import { quoted } from "./decision.ts";
import type { Conditions } from "./plan.ts";

/** Puts the client's model in the place of `*`, and remembers what it has put there. */
export class AskedModels {
  readonly #asked: string;
  readonly #conditions: Conditions;
  readonly #others = new Map<Target, string>();

  /** @param asked the model of the request, as the client writes it */
  constructor(asked: string, config: Config, conditions: Conditions) {
    this.#asked = askedModelName(asked, config);
    this.#conditions = conditions;
  }

  /** The configuration whose routes name the client's model; the very same where none has a target for any model. */
  in(config: Config): Config {
    const { routes, fallback } = config.router;
    const chains = Object.entries(routes);
    if (!fallback.some(isAnyModel) && !chains.some(([, chain]) => chain.some(isAnyModel))) return config;
    const named = Object.fromEntries(chains.map(([name, chain]) => [name, this.chain(chain)])) as Partial<
      Record<RouteName, Chain>
    >;
    return { ...config, router: { ...config.router, routes: named, fallback: this.chain(fallback) } };
  }

  /** A chain that names the client's model; targets without one stay as they are, and are passed over. */
  chain(chain: Chain): Chain {
    return chain.some(isAnyModel) ? chain.map((target) => this.#named(target)) : chain;
  }

  /** What is to be said of a target, for people: another version than the one asked for; undefined: nothing. */
  noteOn(target: Target): string | undefined {
    return this.#others.get(target);
  }

  #named(target: Target): Target {
    if (!isAnyModel(target) || this.#asked === "") return target;
    const found = this.#conditions.sameModel?.(target, this.#asked);
    if (found === undefined) return target;
    const named = { ...target, model: found.model };
    if (found.other) {
      this.#others.set(
        named,
        `${target.provider} has no ${quoted(this.#asked)}: ${found.model} is the nearest of its family`,
      );
    }
    return named;
  }
}

/** Why a target for any model cannot be tried; undefined: it is none, or was given the client's model. */
export function nameless(target: Target, asked: string): string | undefined {
  if (!isAnyModel(target)) return undefined;
  return `${target.provider} has no model like ${quoted(asked)}`;
}
