/** The targets of a plan with the keys that each may be tried with, in order. */
import { createHash } from "node:crypto";
import type { Provider } from "../config/config.ts";
import type { HeaderMap } from "../model/request-facts.ts";
import type { PlannedTarget } from "../router/plan.ts";
import type { CooldownKey } from "./cooldown/cooldowns.ts";
import type { Exchange } from "./exchange.ts";

/** A target with one of its provider's keys. */
export interface Candidate {
  readonly target: PlannedTarget;
  readonly provider: Provider;
  readonly key: Key;
  readonly cooldownKey: CooldownKey;
}

/** Every candidate of an exchange, without the targets that the plan skips. `rotation` decides which key is first. */
export function* candidates(
  { plan, config, headers }: Pick<Exchange, "plan" | "config" | "headers">,
  rotation: number,
): Generator<Candidate> {
  for (const target of plan.targets) {
    const provider = config.providers.get(target.provider);
    if (target.skip !== undefined || provider === undefined) continue;
    for (const key of keysOf(provider, headers, rotation)) {
      const cooldownKey = { provider: provider.name, model: target.model, key: key.id };
      yield { target, provider, key, cooldownKey };
    }
  }
}

/** A credential with an id that is safe to keep and to show: eight hex digits of its SHA-256. */
export interface Key {
  readonly id: string;
  /** Undefined: the provider needs none, or it gets the client's own credential. */
  readonly secret?: string;
}

const NO_KEY: readonly Key[] = [{ id: "none" }];
const known = new WeakMap<Provider, readonly Key[]>();

/** The id of a credential: the same after a restart, and useless to anybody else. */
export function keyId(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 8);
}

/** The client's own credential, as it sent it. */
export function clientCredential(headers: HeaderMap): string | undefined {
  return headers["authorization"] ?? headers["x-api-key"];
}

/** The keys of a provider for a request, in the order in which they are tried; `rotation` decides which is first. */
export function keysOf(provider: Provider, headers: HeaderMap, rotation: number): readonly Key[] {
  if (provider.passthrough) {
    const own = clientCredential(headers);
    return own === undefined ? NO_KEY : [{ id: keyId(own) }];
  }
  let keys = known.get(provider);
  if (keys === undefined) {
    keys = provider.apiKeys.length === 0
      ? NO_KEY
      : provider.apiKeys.map((secret) => ({ id: keyId(secret), secret }));
    known.set(provider, keys);
  }
  if (keys.length === 1) return keys;
  const start = rotation % keys.length;
  return [...keys.slice(start), ...keys.slice(0, start)];
}
