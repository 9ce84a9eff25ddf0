/**
 * The keys with names, which people get from `keys add`: a file of the data folder. It holds a salted hash of each key,
 * never the key, so that a copy of the file opens nothing.
 */
import { Buffer } from "node:buffer";
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { Budget } from "./config.ts";
import { reason } from "../files/errors.ts";
import { readText } from "../files/read.ts";
import { writeWhole } from "../files/write.ts";

/**
 * What a key opens. `client`: requests, and what it spent itself. `viewer`: what is to be seen (dashboard, metrics, health),
 * no requests and no changes. `admin`: everything.
 */
export const ROLES = ["client", "viewer", "admin"] as const;
export type Role = typeof ROLES[number];

/** The format of the file; a newer one is not read. */
const VERSION = 1;

const secret = z.object({
  /** The part of the key by which it is found. Not secret. */
  id: z.string().regex(/^[0-9a-f]{8}$/),
  salt: z.string(),
  /** SHA-256 of the salt and the key, in hex. The key has 256 random bits, so a slow hash would add nothing. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Epoch milliseconds from which on it is not valid: a key that was rotated. */
  until: z.number().optional(),
});

const clientKey = z.object({
  name: z.string(),
  role: z.enum(ROLES),
  team: z.string().optional(),
  /** These times are epoch milliseconds. */
  created: z.number(),
  expires: z.number().optional(),
  revoked: z.number().optional(),
  /** Dollars for each day or month. */
  budget: z.object({ limit: z.number().positive(), period: z.enum(["day", "month"]) }).optional(),
  requestsPerMinute: z.number().positive().optional(),
  tokensPerMinute: z.number().positive().optional(),
  /** Routes, models or `provider,model` that it may use, with `*`. Undefined: all. */
  models: z.array(z.string()).min(1).optional(),
  secrets: z.array(secret),
});

/** A key with a name. Two secrets are valid while a rotated one still is. */
export type ClientKey = Readonly<z.infer<typeof clientKey>>;
type Secret = z.infer<typeof secret>;

const file = z.object({ version: z.literal(VERSION), keys: z.array(clientKey) });

/** What a name, of a key or a team, looks like. Eight hex digits are the id of a key that has none. */
export const NAME_FORM = /^(?!none$)(?![0-9a-f]{8}$)[a-z0-9][a-z0-9._@-]{0,39}$/;

/** A key as it is given to people: `tlp_` with the id and 256 random bits. */
const KEY_FORM = /^tlp_([0-9a-f]{8})_[\w-]{43}$/;
const KEY_INSIDE = /tlp_[0-9a-f]{8}_[\w-]{43}/;

/** Whether a text holds a key with a name, whoever's. */
export const holdsNamedKey = (text: string): boolean => KEY_INSIDE.test(text);

/** A new key, and what the file keeps of it. */
export function newKey(): { readonly key: string; readonly secret: Secret } {
  const id = randomBytes(4).toString("hex");
  const key = `tlp_${id}_${randomBytes(32).toString("base64url")}`;
  const salt = randomBytes(16).toString("hex");
  return { key, secret: { id, salt, hash: hashOf(salt, key).toString("hex") } };
}

const hashOf = (salt: string, key: string): Buffer => createHash("sha256").update(salt).update(key).digest();

/** What an unknown id is compared with, so that it takes as long as a known one. */
const NOBODY: Secret = { id: "", salt: "0".repeat(32), hash: "0".repeat(64) };

/** A key that was kept elsewhere; undefined: it is not one that this version understands. */
export const clientKeyIn = (value: unknown): ClientKey | undefined => clientKey.safeParse(value).data;

/** Finds the key that was sent, among those of a file. */
export class KeyRing {
  readonly #byId: ReadonlyMap<string, { readonly key: ClientKey; readonly secret: Secret }>;
  readonly #byName: ReadonlyMap<string, ClientKey>;

  constructor(readonly keys: readonly ClientKey[]) {
    this.#byId = new Map(
      keys.flatMap((key) => key.secrets.map((secret) => [secret.id, { key, secret }] as const)),
    );
    this.#byName = new Map(keys.map((key) => [key.name, key]));
  }

  /**
   * The key that a value is, and until when that secret is valid. Compared in constant time.
   * @returns undefined: it is not one of them
   */
  find(value: string): { readonly key: ClientKey; readonly until?: number | undefined } | undefined {
    const [, id] = KEY_FORM.exec(value) ?? [];
    if (id === undefined) return undefined;
    const known = this.#byId.get(id);
    const { salt, hash } = known?.secret ?? NOBODY;
    const isRight = timingSafeEqual(hashOf(salt, value), Buffer.from(hash, "hex"));
    return isRight && known !== undefined ? { key: known.key, until: known.secret.until } : undefined;
  }

  named(name: string): ClientKey | undefined {
    return this.#byName.get(name);
  }
}

/**
 * The keys of a file; none where it is not there.
 * @throws Error with a sentence for people where the file cannot be used; it quotes nothing of it
 */
export function readClientKeys(path: string): readonly ClientKey[] {
  if (!existsSync(path)) return [];
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (error) {
    throw new Error(
      `${path} cannot be read: ${error instanceof SyntaxError ? "it is not JSON" : reason(error)}.`,
    );
  }
  const { version } = z.object({ version: z.number() }).safeParse(value).data ?? {};
  if (version !== undefined && version > VERSION) {
    throw new Error(`${path} was written by a newer version of this program (format ${version}).`);
  }
  const parsed = file.safeParse(value);
  if (parsed.success) return parsed.data.keys;
  const at = parsed.error.issues[0]?.path.join(".") ?? "";
  throw new Error(`${path} is damaged${at === "" ? "" : ` at ${at}`}.`);
}

/** Milliseconds after which a lock is one of a program that ended without leaving it. */
const STALE_LOCK_MS = 10_000;
const LOCK_TRIES = 100;
const LOCK_PAUSE_MS = 20;

/**
 * Changes the file, all or nothing; two programs that do so at once do it one after the other.
 * @param change gets the keys and returns the new ones; what it throws leaves the file as it is
 * @throws Error where the file cannot be read or written
 */
export function changeClientKeys(
  path: string,
  change: (keys: readonly ClientKey[]) => readonly ClientKey[],
): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = `${path}.lock`;
  takeLock(lock);
  try {
    writeClientKeys(path, change(readClientKeys(path)));
  } finally {
    rmdirSync(lock);
  }
}

/** Writes a file of keys. @throws Error where it cannot be written */
export function writeClientKeys(path: string, keys: readonly ClientKey[]): void {
  writeWhole(path, `${JSON.stringify({ version: VERSION, keys }, null, 2)}\n`);
}

/** @throws Error where another program holds it for seconds */
function takeLock(lock: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < LOCK_TRIES; tries++) {
    try {
      return mkdirSync(lock);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && Date.now() - since > STALE_LOCK_MS) rmdirSync(lock);
    else Atomics.wait(pause, 0, 0, LOCK_PAUSE_MS);
  }
  throw new Error(`Another program is changing the keys. If none is, remove ${lock}.`);
}

/** Why a key is not valid at a moment (epoch milliseconds); undefined: it is. */
export function invalidity(
  { expires, revoked }: ClientKey,
  now: number,
  until?: number,
): "revoked" | "expired" | "rotated" | undefined {
  if (revoked !== undefined) return "revoked";
  if (until !== undefined && until <= now) return "rotated";
  return expires !== undefined && expires <= now ? "expired" : undefined;
}

/** The keys of a team, by name: revoked ones too, since the ledger has their requests. */
export const membersOf = (keys: readonly ClientKey[], team: string): readonly string[] =>
  keys.filter((key) => key.team === team).map(({ name }) => name);

/** The part of a key's budget from which on to warn. */
const WARN_AT = 0.8;

/** The budgets of keys, each named `key NAME`; a spent one refuses. */
export const budgetsOf = (keys: readonly ClientKey[]): readonly Budget[] =>
  keys.flatMap(({ name, budget }) =>
    budget === undefined
      ? []
      : [{ name: `key ${name}`, ...budget, warnAt: WARN_AT, key: name, then: { kind: "refuse" } as const }]
  );
