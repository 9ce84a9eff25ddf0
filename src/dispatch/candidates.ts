/** The targets of a plan with the keys that each may be tried with, in order. */
import { type CredentialForm, credentialForm, isIssuer } from "../catalog/credentials.ts";
import type { Config, Provider } from "../config/config.ts";
import type { PlannedTarget } from "../router/plan.ts";
import type { CooldownKey } from "./cooldown/cooldowns.ts";
import type { Exchange } from "./exchange.ts";
import { type Key, type KeyIds, NO_KEY_ID } from "./keys.ts";

/** A target with one of its provider's keys. */
export interface Candidate {
  readonly target: PlannedTarget;
  readonly provider: Provider;
  readonly key: Key;
  readonly cooldownKey: CooldownKey;
}

/** What decides which keys a request may be sent with. */
export type Sender = Pick<Exchange, "config" | "headers"> & { readonly facts: { readonly client: string } };

/**
 * Every candidate of an exchange, without the targets that the plan skips. `orderOf` gives a provider's keys in the order in
 * which they are tried; it is asked once for each provider that is reached.
 */
export function* candidates(
  exchange: Sender & Pick<Exchange, "plan">,
  ids: KeyIds,
  orderOf: (provider: Provider) => KeyOrder,
): Generator<Candidate> {
  const { plan, config } = exchange;
  const orders = new Map<string, KeyOrder>();
  for (const target of plan.targets) {
    const provider = config.providers.get(target.provider);
    if (target.skip !== undefined || provider === undefined) continue;
    const order = orders.get(provider.name) ??
      (provider.passthrough
        ? { first: clientKey(provider, exchange, ids), rest: () => [] }
        : orderOf(provider));
    orders.set(provider.name, order);
    const withKey = (key: Key): Candidate => {
      const cooldownKey = { provider: provider.name, model: target.model, key: key.id };
      return { target, provider, key, cooldownKey };
    };
    yield withKey(order.first);
    for (const key of order.rest()) yield withKey(key);
  }
}

/** The keys of a provider as a request tries them. Most requests need the first alone. */
export interface KeyOrder {
  readonly first: Key;
  readonly rest: () => readonly Key[];
}

/** Headers in which a client sends its own credential. */
const CREDENTIALS = ["authorization", "x-api-key"] as const;

/**
 * The client's own credential, for a provider that may get it: because its block lists the client, or because the
 * credential has a form that it takes, and belongs to no other provider.
 */
function clientKey(provider: Provider, sender: Sender, ids: KeyIds): Key {
  const own: Record<string, string> = {};
  let lack = "passthrough: the request has no credential of its own";
  for (const name of CREDENTIALS) {
    const value = sender.headers[name];
    if (value === undefined || value === "") continue;
    const why = withheld(provider, value, sender);
    if (why === undefined) own[name] = value;
    else lack = why;
  }
  const [first] = Object.values(own);
  if (first === undefined) return { id: NO_KEY_ID, lack };
  return { id: ids.of(first), own, ...(isOnPlan(first, sender.headers) ? { onPlan: true } : {}) };
}

/** Why a provider does not get a client's credential; undefined: it does. */
function withheld(provider: Provider, value: string, sender: Sender): string | undefined {
  const { config, headers, facts: { client } } = sender;
  const { name, passthroughClients: bound } = provider;
  if (bound !== undefined) {
    return bound.includes(client) ? undefined : `passthrough: ${client} is not one of its clients`;
  }
  const form = credentialForm(bare(value), headers);
  const all = `; passthrough = ["${client}"] in its block sends it`;
  if (form === undefined || !takes(provider, form)) {
    return `passthrough: the client's credential is not of a form that ${name} takes${all}`;
  }
  const owner = ownerOf(form, config);
  return owner === undefined || new URL(owner.baseUrl).origin === new URL(provider.baseUrl).origin
    ? undefined
    : `passthrough: the client's credential goes to ${owner.name}${all}`;
}

/** A credential without its scheme. */
const bare = (value: string): string => value.replace(/^Bearer\s+/i, "");

/** Whether a client's credential is a login with a flat plan. */
const isOnPlan = (value: string, headers: Sender["headers"]): boolean =>
  credentialForm(bare(value), headers)?.onPlan === true;

const takes = ({ endpoints }: Provider, { dialects }: CredentialForm): boolean =>
  dialects.some((dialect) => endpoints[dialect] !== undefined);

/** Of several providers that take a form, the one at its issuer's address, else the first: one login, one provider. */
function ownerOf(form: CredentialForm, { providers }: Config): Provider | undefined {
  const takers = [...providers.values()].filter((one) =>
    one.passthrough && one.passthroughClients === undefined && one.problem === undefined && takes(one, form)
  );
  return takers.find(({ baseUrl }) => isIssuer(form, new URL(baseUrl).hostname)) ?? takers[0];
}
