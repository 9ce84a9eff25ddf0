/** What the options of `keys add` and `keys set` mean. */
import { type ClientKey, NAME_FORM, type Role } from "../../../config/client-keys.ts";
import { CliError, EXIT } from "../../command.ts";

/** The options of `add` and `set`, as they were given. */
export interface Settings {
  readonly budget?: string | undefined;
  readonly rpm?: number | undefined;
  readonly tpm?: number | undefined;
  readonly models?: string | undefined;
  readonly expires?: string | undefined;
  readonly team?: string | undefined;
  readonly role?: Role | undefined;
}

/** The options of every `keys` command. */
export interface Common {
  readonly json: boolean;
  readonly config?: string | undefined;
}

/** A key with the settings that were given; "" and 0 take one away. @throws CliError where one is wrong */
export function changed(key: ClientKey, given: Settings, now: number): ClientKey {
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

function wrong(option: string, expected: string, given: string): CliError {
  return new CliError(`${option} must be ${expected}, not ${JSON.stringify(given)}.`, EXIT.unusable);
}

function budgetOf(words: string): ClientKey["budget"] {
  if (words === "") return undefined;
  const [, amount, period] = /^\$?(\d+(?:\.\d+)?)\/(day|month)$/.exec(words.trim().toLowerCase()) ?? [];
  const limit = Number(amount);
  if (limit > 0 && (period === "day" || period === "month")) return { limit, period };
  throw wrong("--budget", "dollars a day or month, such as 5/day or 50/month", words);
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
  throw wrong("--team", "a name of letters, digits, dots, dashes or underscores", words);
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** The moment after a time such as `90d`. Epoch milliseconds. @throws CliError where it is not one */
export function momentAfter(words: string, option: string, now: number): number {
  const [, amount, unit = ""] = /^(\d+)([mhdw])$/.exec(words.trim()) ?? [];
  const ms = Number(amount) * (UNITS[unit] ?? NaN);
  if (ms > 0) return now + ms;
  throw wrong(option, "a time such as 12h, 90d or 4w", words);
}

/** A time from now, or the beginning of a local day. */
function expiryOf(words: string, now: number): number {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(words.trim()) ?? [];
  if (year === undefined) return momentAfter(words, "--expires", now);
  const moment = new Date(Number(year), Number(month) - 1, Number(day));
  if (moment.getMonth() !== Number(month) - 1 || moment.getTime() <= now) {
    throw wrong("--expires", "a time such as 90d or a date in the future", words);
  }
  return moment.getTime();
}
