/** Changes of the keys with names, for the command `keys` and the dashboard: lists of keys in, lists of keys out. */
import { count, localDate, money } from "../text/format.ts";
import { LAST_MOMENT } from "../text/zoned-time.ts";
import { type ClientKey, invalidity, NAME_FORM, newKey, type Role } from "./client-keys.ts";

/** A change that cannot be made; the message says why, and what would be right. */
export class KeyProblem extends Error {
  override name = "KeyProblem";
  /** Which of the {@link KeySettings} is wrong, or `name` or `keep`. @default none is */
  readonly setting?: string | undefined;
  /** The name that is taken by a valid key, or that no key has. @default it is another problem */
  readonly about?: { readonly name: string; readonly is: "taken" | "missing" } | undefined;

  constructor(message: string, { setting, about }: Pick<KeyProblem, "setting" | "about"> = {}) {
    super(message);
    this.setting = setting;
    this.about = about;
  }
}

/** What a key may do, as it was given; "" and 0 take a limit away. */
export interface KeySettings {
  readonly budget?: string | undefined;
  readonly rpm?: number | undefined;
  readonly tpm?: number | undefined;
  readonly models?: string | undefined;
  readonly expires?: string | undefined;
  readonly team?: string | undefined;
  readonly role?: Role | undefined;
}

/** The keys, and the one that a change made or changed. */
export interface KeyChange {
  readonly keys: readonly ClientKey[];
  readonly of: ClientKey;
}

/** A change that made a key: show it once, for it is kept nowhere. */
export interface KeyMade extends KeyChange {
  readonly key: string;
}

/** Adds a key. `now`: epoch milliseconds. @throws KeyProblem where the name is taken, or a setting is wrong */
export function addKey(
  keys: readonly ClientKey[],
  given: string,
  settings: KeySettings,
  now: number,
): KeyMade {
  const name = nameOf(given);
  const { key, secret } = newKey();
  const of = changed({ name, role: "client", created: now, secrets: [secret] }, settings, now);
  const known = keys.find((one) => one.name === name);
  if (known === undefined) return { keys: [...keys, of], of, key };
  if (known.revoked !== undefined) {
    throw new KeyProblem(`There was a key "${name}", whose requests are in the ledger. Use another name.`);
  }
  throw new KeyProblem(`There is a key "${name}" already. Rotate it for a new one, or use another name.`, {
    about: { name, is: "taken" },
  });
}

/** Changes what a key may do. @throws KeyProblem where there is none of the name, it was revoked, or a setting is wrong */
export function setKey(
  keys: readonly ClientKey[],
  name: string,
  settings: KeySettings,
  now: number,
): KeyChange {
  return replaced(keys, name, (key) => changed(key, settings, now));
}

/**
 * Makes a new key for a name.
 * @param keep how long the old one stays valid (`1h`, `7d`). Undefined: not at all
 * @throws KeyProblem where there is none of the name, or it was revoked
 */
export function rotateKey(
  keys: readonly ClientKey[],
  name: string,
  keep: string | undefined,
  now: number,
): KeyMade {
  const { key, secret } = newKey();
  const until = keep === undefined ? undefined : momentAfter(keep, "keep", now);
  const change = replaced(keys, name, (old) => ({
    ...old,
    secrets: [
      ...(until === undefined ? [] : old.secrets.filter((one) => (one.until ?? until) > now).map((one) => ({
        ...one,
        until: Math.min(one.until ?? until, until),
      }))),
      secret,
    ],
  }));
  return { ...change, key };
}

/** Ends a key for good. @throws KeyProblem where there is none of the name, or it was revoked */
export function revokeKey(keys: readonly ClientKey[], name: string, now: number): KeyChange {
  return replaced(keys, name, (key) => ({ ...key, revoked: now }));
}

/** Replaces one key that is not revoked. */
function replaced(
  keys: readonly ClientKey[],
  given: string,
  change: (key: ClientKey) => ClientKey,
): KeyChange {
  const known = keyNamed(keys, given);
  if (known.revoked !== undefined) {
    throw new KeyProblem(`The key "${known.name}" was revoked on ${localDate(known.revoked)}.`);
  }
  const of = change(known);
  return { keys: keys.map((one) => one === known ? of : one), of };
}

/** @throws KeyProblem where there is none of the name */
export function keyNamed(keys: readonly ClientKey[], given: string): ClientKey {
  const name = nameOf(given);
  const known = keys.find((key) => key.name === name);
  if (known !== undefined) return known;
  throw new KeyProblem(`There is no key "${name}".`, { about: { name, is: "missing" } });
}

/** @throws KeyProblem where it cannot be a name */
function nameOf(given: string): string {
  const name = given.trim().toLowerCase();
  if (NAME_FORM.test(name)) return name;
  throw new KeyProblem(
    `A name has letters, digits, dots, dashes, underscores or @, at most 40, and begins with a letter or digit; got ${
      JSON.stringify(given)
    }.`,
    { setting: "name" },
  );
}

/** Whether a key is valid at a moment (epoch milliseconds), in words. */
export function keyState(
  key: ClientKey,
  now: number,
): { readonly isValid: boolean; readonly words: string } {
  const why = invalidity(key, now);
  if (why === "revoked") return { isValid: false, words: `revoked on ${localDate(key.revoked ?? now)}` };
  if (why === "expired") return { isValid: false, words: `expired on ${localDate(key.expires ?? now)}` };
  return {
    isValid: true,
    words: key.expires === undefined ? "valid" : `valid until ${localDate(key.expires)}`,
  };
}

/** What a key may do, in words; empty: it has no limits. */
export function keyLimits(
  { budget, requestsPerMinute, tokensPerMinute, models }: ClientKey,
): readonly string[] {
  return [
    ...(budget === undefined ? [] : [`${money(budget.limit)} a ${budget.period}`]),
    ...(requestsPerMinute === undefined ? [] : [`${count(requestsPerMinute)} requests a minute`]),
    ...(tokensPerMinute === undefined ? [] : [`${count(tokensPerMinute)} tokens a minute`]),
    ...(models === undefined ? [] : [`only ${models.join(" ")}`]),
  ];
}

/** A key for programs: everything but the hashes. */
export function publicKey(key: ClientKey): Readonly<Record<string, unknown>> {
  const time = (at: number | undefined) => at === undefined ? null : new Date(at).toISOString();
  return {
    name: key.name,
    role: key.role,
    team: key.team ?? null,
    budget: key.budget === undefined ? null : { limit_usd: key.budget.limit, period: key.budget.period },
    requests_per_minute: key.requestsPerMinute ?? null,
    tokens_per_minute: key.tokensPerMinute ?? null,
    models: key.models ?? null,
    created_at: time(key.created),
    expires_at: time(key.expires),
    revoked_at: time(key.revoked),
  };
}

/** A key with the settings that were given; "" and 0 take one away. @throws KeyProblem where one is wrong */
function changed(key: ClientKey, given: KeySettings, now: number): ClientKey {
  const { budget, rpm, tpm, models, expires, team, role } = given;
  const next = {
    ...key,
    ...(role === undefined ? {} : { role }),
    ...(budget === undefined ? {} : { budget: budgetOf(budget) }),
    ...(rpm === undefined ? {} : { requestsPerMinute: rpm || undefined }),
    ...(tpm === undefined ? {} : { tokensPerMinute: tpm || undefined }),
    ...(models === undefined ? {} : { models: modelsOf(models) }),
    ...(expires === undefined ? {} : { expires: expires === "" ? undefined : expiryOf(expires, now) }),
    ...(team === undefined ? {} : { team: teamOf(team) }),
  };
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)) as typeof key;
}

function wrong(setting: string, expected: string, given: string): KeyProblem {
  return new KeyProblem(`${setting} must be ${expected}, not ${JSON.stringify(given)}.`, { setting });
}

function budgetOf(words: string): ClientKey["budget"] {
  if (words === "") return undefined;
  const [, amount, period] = /^\$?(\d+(?:\.\d+)?)\/(day|month)$/.exec(words.trim().toLowerCase()) ?? [];
  const limit = Number(amount);
  if (limit > 0 && Number.isFinite(limit) && (period === "day" || period === "month")) {
    return { limit, period };
  }
  throw wrong("budget", "dollars a day or month, such as 5/day or 50/month", words);
}

/**
 * `think,build` are routes or models; a model of a provider has a comma of its own (`groq,llama-*`), so such lists are
 * divided by semicolons.
 */
function modelsOf(words: string): string[] | undefined {
  const names = words.split(words.includes(";") ? ";" : ",").map((one) => one.trim()).filter(Boolean);
  return names.length === 0 ? undefined : names;
}

function teamOf(words: string): string | undefined {
  const team = words.trim().toLowerCase();
  if (team === "" || NAME_FORM.test(team)) return team || undefined;
  throw wrong("team", "a name of letters, digits, dots, dashes or underscores", words);
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** The moment after a time such as `90d`. Epoch milliseconds. @throws KeyProblem where it is not one */
function momentAfter(words: string, setting: string, now: number): number {
  const [, amount, unit = ""] = /^(\d+)([mhdw])$/.exec(words.trim()) ?? [];
  const ms = Number(amount) * (UNITS[unit] ?? NaN);
  if (ms > 0 && now + ms <= LAST_MOMENT) return now + ms;
  throw wrong(
    setting,
    setting === "expires"
      ? "a time such as 12h or 90d, or a date such as 2027-01-31"
      : "a time such as 12h, 90d or 4w",
    words,
  );
}

/** A time from now, or the beginning of a local day. */
function expiryOf(words: string, now: number): number {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(words.trim()) ?? [];
  if (year === undefined) return momentAfter(words, "expires", now);
  const moment = new Date(Number(year), Number(month) - 1, Number(day));
  if (moment.getMonth() !== Number(month) - 1 || moment.getTime() <= now) {
    throw wrong("expires", "a time such as 90d or a date in the future", words);
  }
  return moment.getTime();
}
