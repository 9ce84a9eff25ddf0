/** The keys that providers are configured with, and their ids, which are shown in place of them. */
import { createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Provider } from "../config/config.ts";
import { writeWhole } from "../files/write.ts";

/** A credential with an id that is safe to keep and to show. */
export interface Key {
  readonly id: string;
  /** Undefined: the provider needs none, or it gets the client's own credential. */
  readonly secret?: string;
  /** The variable that it came from; undefined: the file itself has it. */
  readonly name?: string;
  /** The client's own credential, in the headers in which it came. */
  readonly own?: Readonly<Record<string, string>>;
  /** It is a login with a flat plan. */
  readonly onPlan?: boolean;
  /** Why there is none, though the provider needs the client's. */
  readonly lack?: string;
}

/** The id where there is no credential. */
export const NO_KEY_ID = "none";
const NO_KEY: readonly Key[] = [{ id: NO_KEY_ID }];

/** Bytes of the random key of an installation. */
const SIZE = 32;

/**
 * The ids of keys: eight hex digits of an HMAC-SHA-256 with a random key of this installation. A plain digest would let
 * everybody who sees an id test guesses of a short key against it.
 */
export class KeyIds {
  #installation: Uint8Array;
  #known = new WeakMap<Provider, readonly Key[]>();
  /** How often the random key has changed: ids of before are not valid any more. */
  generation = 0;

  /** @param installation the random key. @default a new one, for ids that need not outlive the process */
  constructor(installation: Uint8Array = randomBytes(SIZE)) {
    this.#installation = installation;
  }

  /** The random key, for the replicas that must make the same ids. */
  get installation(): string {
    return hex(this.#installation);
  }

  /** Makes the ids that other replicas make, from their random key, 64 hex digits. Returns whether that changes any. */
  adopt(installation: string): boolean {
    if (!FORM.test(installation) || installation === this.installation) return false;
    this.#installation = unhex(installation);
    this.#known = new WeakMap();
    this.generation++;
    return true;
  }

  /** The id of a credential: the same after a restart, and useless to anybody else. */
  of(secret: string): string {
    return createHmac("sha256", this.#installation).update(secret).digest("hex").slice(0, 8);
  }

  /** The keys that a provider is configured with, in the order in which they are tried; `rotation` decides which is first. */
  keysOf(provider: Provider, rotation: number): readonly Key[] {
    let keys = this.#known.get(provider);
    if (keys === undefined) {
      keys = provider.apiKeys.length === 0 ? NO_KEY : provider.apiKeys.map((secret, at) => {
        const name = provider.apiKeyNames?.[at] ?? "";
        return { id: this.of(secret), secret, ...(name === "" ? {} : { name }) };
      });
      this.#known.set(provider, keys);
    }
    if (keys.length === 1) return keys;
    const start = rotation % keys.length;
    return [...keys.slice(start), ...keys.slice(0, start)];
  }
}

/**
 * The ids of this installation, whose random key is in a file of the data folder; the first one to ask makes it.
 * @param failed gets the reason where it cannot be kept: then ids change with the next start
 */
export function keyIdsOf(path: string, failed: (why: string) => void): KeyIds {
  const kept = installationIn(path);
  if (kept !== undefined) return new KeyIds(kept);
  try {
    writeWhole(path, randomBytes(SIZE).toString("hex"));
    return new KeyIds(installationIn(path)); // of the last writer, where two programs start at once
  } catch (error) {
    failed((error as Error).message);
    return new KeyIds();
  }
}

/** An installation's random key as a text. */
const FORM = /^[\da-f]{64}$/;
const unhex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function installationIn(path: string): Uint8Array | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    return FORM.test(text) ? unhex(text) : undefined;
  } catch {
    return undefined;
  }
}
