/** The targets of a plan with the keys that each may be tried with, in order. */
import { createHash } from "node:crypto";
import { type CredentialForm, credentialForm, isIssuer } from "../catalog/credentials.ts";
import type { Config, Provider } from "../config/config.ts";
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

/** What decides which keys a request may be sent with. */
export type Sender = Pick<Exchange, "config" | "headers"> & { readonly facts: { readonly client: string } };

/**
 * Every candidate of an exchange, without the targets that the plan skips. `orderOf` gives a provider's keys in the order in
 * which they are tried; it is asked once for each provider that is reached.
 */
export function* candidates(
  exchange: Sender & Pick<Exchange, "plan">,
  orderOf: (provider: Provider) => KeyOrder,
): Generator<Candidate> {
  const { plan, config } = exchange;
  const orders = new Map<string, KeyOrder>();
  for (const target of plan.targets) {
    const provider = config.providers.get(target.provider);
    if (target.skip !== undefined || provider === undefined) continue;
    const order = orders.get(provider.name) ??
      (provider.passthrough ? { first: clientKey(provider, exchange), rest: () => [] } : orderOf(provider));
    orders.set(provider.name, order);
    const withKey = (key: Key): Candidate => {
      const cooldownKey = { provider: provider.name, model: target.model, key: key.id };
      return { target, provider, key, cooldownKey };
    };
    yield withKey(order.first);
    for (const key of order.rest()) yield withKey(key);
  }
}

/** A credential with an id that is safe to keep and to show: eight hex digits of its SHA-256. */
export interface Key {
  readonly id: string;
  /** Undefined: the provider needs none, or it gets the client's own credential. */
  readonly secret?: string;
  /** The variable that it came from; undefined: the file itself has it. */
  readonly name?: string;
  /** The client's own credential, in the headers in which it came. */
  readonly own?: Readonly<Record<string, string>>;
  /** Why there is none, though the provider needs the client's. */
  readonly lack?: string;
}

/** The keys of a provider as a request tries them. Most requests need the first alone. */
export interface KeyOrder {
  readonly first: Key;
  readonly rest: () => readonly Key[];
}

/** The id where there is no credential. */
export const NO_KEY_ID = "none";
const NO_KEY: readonly Key[] = [{ id: NO_KEY_ID }];
const known = new WeakMap<Provider, readonly Key[]>();

/** The id of a credential: the same after a restart, and useless to anybody else. */
export function keyId(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 8);
}

/** The keys that a provider is configured with, in the order in which they are tried; `rotation` decides which is first. */
export function keysOf(provider: Provider, rotation: number): readonly Key[] {
  let keys = known.get(provider);
  if (keys === undefined) {
    keys = provider.apiKeys.length === 0 ? NO_KEY : provider.apiKeys.map((secret, at) => {
      const name = provider.apiKeyNames?.[at] ?? "";
      return { id: keyId(secret), secret, ...(name === "" ? {} : { name }) };
    });
    known.set(provider, keys);
  }
  if (keys.length === 1) return keys;
  const start = rotation % keys.length;
  return [...keys.slice(start), ...keys.slice(0, start)];
}

/** Headers in which a client sends its own credential. */
const CREDENTIALS = ["authorization", "x-api-key"] as const;

/**
 * The client's own credential, for a provider that is to get it: because its block names the client, or because the
 * credential is of a form that it takes, and belongs to no other provider.
 */
function clientKey(provider: Provider, sender: Sender): Key {
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
  return first === undefined ? { id: NO_KEY_ID, lack } : { id: keyId(first), own };
}

/** Why a provider does not get a client's credential; undefined: it does. */
function withheld(provider: Provider, value: string, sender: Sender): string | undefined {
  const { config, headers, facts: { client } } = sender;
  const { name, passthroughClients: bound } = provider;
  if (bound !== undefined) {
    return bound.includes(client) ? undefined : `passthrough: ${client} is not one of its clients`;
  }
  const form = credentialForm(value.replace(/^Bearer\s+/i, ""), headers);
  const all = `; passthrough = ["${client}"] in its block sends it`;
  if (form === undefined || !takes(provider, form)) {
    return `passthrough: the client's credential is not of a form that ${name} takes${all}`;
  }
  const owner = ownerOf(form, config);
  return owner === undefined || new URL(owner.baseUrl).origin === new URL(provider.baseUrl).origin
    ? undefined
    : `passthrough: the client's credential goes to ${owner.name}${all}`;
}

const takes = ({ endpoints }: Provider, { dialects }: CredentialForm): boolean =>
  dialects.some((dialect) => endpoints[dialect] !== undefined);

/** Of several providers that take a form, the one at its issuer's address, else the first: one login, one provider. */
function ownerOf(form: CredentialForm, { providers }: Config): Provider | undefined {
  const takers = [...providers.values()].filter((one) =>
    one.passthrough && one.passthroughClients === undefined && one.problem === undefined && takes(one, form)
  );
  return takers.find(({ baseUrl }) => isIssuer(form, new URL(baseUrl).hostname)) ?? takers[0];
}
