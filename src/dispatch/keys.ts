/** A provider's keys: which one a request uses, and ids for them that give nothing away. */
import { createHash } from "node:crypto";
import type { Provider } from "../config/config.ts";
import type { HeaderMap } from "../model/request-facts.ts";

/** A credential with an id that is safe to keep and to show: eight hex digits of its SHA-256. */
export interface Key {
  readonly id: string;
  /** Undefined: the provider needs none, or the client's own credential goes on. */
  readonly secret?: string;
}

const NO_KEY: readonly Key[] = [{ id: "none" }];
const known = new WeakMap<Provider, readonly Key[]>();

/** The id of a credential: the same over restarts, and useless to anybody else. */
export function keyId(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 8);
}

/** The client's own credential, as it sent it. */
export function clientCredential(headers: HeaderMap): string | undefined {
  return headers["authorization"] ?? headers["x-api-key"];
}

/** The keys of a provider for a request, in the order in which they are to be tried; `turn` rotates them. */
export function keysOf(provider: Provider, headers: HeaderMap, turn: number): readonly Key[] {
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
  const start = turn % keys.length;
  return [...keys.slice(start), ...keys.slice(0, start)];
}
