/** What `keys` does: it changes the file of the data folder, which a running proxy watches. */
import {
  changeClientKeys,
  type ClientKey,
  invalidity,
  NAME_FORM,
  newKey,
  readClientKeys,
} from "../../../config/client-keys.ts";
import { UnreadableLedger } from "../../../ledger/file.ts";
import { startOf } from "../../../ledger/period.ts";
import { spent } from "../../../ledger/report.ts";
import { dataFile } from "../../../runtime/data-folder.ts";
import { count, localDate, localMinute, money } from "../../../text/format.ts";
import { messageOf } from "../../../files/errors.ts";
import { CliError, EXIT, PROGRAM } from "../../command.ts";
import { dataFolderOf, ledgerPathOf, readConfig, shortPath } from "../../configuration.ts";
import { type Io, printJson } from "../../io.ts";
import { styleOf } from "../../output/style.ts";
import { table } from "../../output/table.ts";
import { changed, type Common, momentAfter, type Settings } from "./settings.ts";

interface Named extends Common {
  readonly name: string;
}

/** `keys add`. @throws CliError where the name is taken or a setting is wrong */
export function add(io: Io, options: Named & Settings): number {
  const now = Date.now();
  const name = nameOf(options.name);
  const { key, secret } = newKey();
  const fresh = changed({ name, role: "client", created: now, secrets: [secret] }, options, now);
  edit(io, (keys) => {
    const known = keys.find((one) => one.name === name);
    if (known === undefined) return [...keys, fresh];
    throw new CliError(
      known.revoked === undefined
        ? `There is a key "${name}" already. ${PROGRAM} keys rotate ${name} replaces it, ${PROGRAM} keys set ${name} changes it.`
        : `There was a key "${name}", whose requests are in the ledger. Use another name.`,
    );
  });
  return shown(io, { key, of: fresh, json: options.json });
}

/** `keys set`. @throws CliError where there is no such key or a setting is wrong */
export function set(io: Io, options: Named & Settings): number {
  const next = editOne(io, options.name, (key) => changed(key, options, Date.now()));
  if (options.json) printJson(io, publicOf(next));
  else io.stdout.write(`${next.name}: ${limitsOf(next).join(", ") || "no limits"}.\n`);
  return EXIT.ok;
}

/** `keys rotate`. @throws CliError where there is no such key, or it was revoked */
export function rotate(io: Io, { name, keep, json }: Named & { readonly keep?: string | undefined }): number {
  const now = Date.now();
  const { key, secret } = newKey();
  const until = keep === undefined ? undefined : momentAfter(keep, "--keep", now);
  const next = editOne(io, name, (old) => ({
    ...old,
    secrets: [
      ...(until === undefined ? [] : old.secrets.filter((one) => (one.until ?? until) > now).map((one) => ({
        ...one,
        until: Math.min(one.until ?? until, until),
      }))),
      secret,
    ],
  }));
  return shown(io, { key, of: next, json });
}

/** `keys revoke`. @throws CliError where there is no such key */
export function revoke(io: Io, { name, json }: Named): number {
  const next = editOne(io, name, (key) => ({ ...key, revoked: Date.now() }));
  if (json) printJson(io, publicOf(next));
  else io.stdout.write(`The key "${next.name}" is revoked. A running proxy refuses it within a second.\n`);
  return EXIT.ok;
}

/** `keys list`. */
export function list(io: Io, options: Common): number {
  const keys = read(io);
  const spentBy = spending(io, options);
  const now = Date.now();
  if (options.json) {
    printJson(io, { keys: keys.map((key) => ({ ...publicOf(key), spent_usd: spentBy(key) })) });
    return EXIT.ok;
  }
  if (keys.length === 0) {
    io.stdout.write(`No key has a name. Make one: ${PROGRAM} keys add alice --budget 50/month\n`);
    return EXIT.ok;
  }
  const style = styleOf(io.stdout);
  const columns = [
    { title: "Key", shrinks: true },
    { title: "Role", optional: true },
    { title: "Team", optional: true },
    { title: "Month", align: "right" },
    { title: "Limits", shrinks: true, optional: true },
    { title: "State", shrinks: true },
  ] as const;
  const rows = keys.map((key) => {
    const state = stateOf(key, now);
    const month = spentBy(key).month;
    const paint = state.isValid ? style.green : style.red;
    return {
      cells: [
        key.name,
        key.role,
        key.team ?? "",
        month === null ? "" : money(month),
        limitsOf(key).join(", "),
        { text: state.words, paint },
      ],
    };
  });
  io.stdout.write(table(columns, rows, style, io.stdout.columns));
  return EXIT.ok;
}

/** `keys show`. @throws CliError where there is no such key */
export function show(io: Io, options: Named): number {
  const key = find(read(io), nameOf(options.name));
  const figures = spending(io, options)(key);
  if (options.json) {
    printJson(io, { ...publicOf(key), spent_usd: figures });
    return EXIT.ok;
  }
  const lines: readonly (readonly [string, string])[] = [
    ["State", stateOf(key, Date.now()).words],
    ["Role", key.role],
    ...(key.team === undefined ? [] : [["Team", key.team] as const]),
    ["Limits", limitsOf(key).join(", ") || "none"],
    ["Made", localMinute(key.created)],
    ...(figures.month === null ? [] : [
      ["Spent", `${money(figures.today ?? 0)} today, ${money(figures.month)} this month`] as const,
    ]),
  ];
  io.stdout.write(`${key.name}\n${lines.map(([what, value]) => `  ${what.padEnd(8)}${value}\n`).join("")}`);
  return EXIT.ok;
}

interface Made {
  readonly key: string;
  readonly of: ClientKey;
  readonly json: boolean;
}

/** Shows a new key. It is nowhere else. */
function shown(io: Io, { key, of, json }: Made): number {
  if (json) {
    printJson(io, { ...publicOf(of), key });
    return EXIT.ok;
  }
  io.stdout.write(`${key}\n`);
  const limits = limitsOf(of);
  io.stderr.write(
    `This is the key of "${of.name}" (${[of.role, ...limits].join(", ")}). It is shown once: ${
      shortPath(io, pathOf(io))
    } has only a hash of it.\n`,
  );
  return EXIT.ok;
}

const pathOf = (io: Io): string => dataFile(dataFolderOf(io), "keys");

/** @throws CliError where the file cannot be used */
function read(io: Io): readonly ClientKey[] {
  try {
    return readClientKeys(pathOf(io));
  } catch (error) {
    throw new CliError(messageOf(error));
  }
}

function edit(io: Io, change: (keys: readonly ClientKey[]) => readonly ClientKey[]): void {
  try {
    changeClientKeys(pathOf(io), change);
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(messageOf(error));
  }
}

/** Changes one key that is not revoked. */
function editOne(io: Io, given: string, change: (key: ClientKey) => ClientKey): ClientKey {
  const name = nameOf(given);
  let next: ClientKey | undefined;
  edit(io, (keys) => {
    const known = find(keys, name);
    if (known.revoked !== undefined) {
      throw new CliError(`The key "${name}" was revoked on ${localDate(known.revoked)}.`);
    }
    const replaced = change(known);
    next = replaced;
    return keys.map((one) => one === known ? replaced : one);
  });
  return next ?? find(read(io), name);
}

function find(keys: readonly ClientKey[], name: string): ClientKey {
  const known = keys.find((key) => key.name === name);
  if (known !== undefined) return known;
  throw new CliError(`There is no key "${name}". ${PROGRAM} keys list shows those there are.`);
}

/** @throws CliError where it cannot be a name */
function nameOf(given: string): string {
  const name = given.trim().toLowerCase();
  if (NAME_FORM.test(name)) return name;
  throw new CliError(
    `A name has letters, digits, dots, dashes, underscores or @, at most 40, and begins with a letter or digit; got ${
      JSON.stringify(given)
    }.`,
    EXIT.unusable,
  );
}

/** What a key spent: dollars, null where the ledger cannot be read. */
function spending(io: Io, { config: file }: Common) {
  const path = ledgerPathOf(io, readConfig(io, file));
  const now = Date.now();
  return ({ name }: ClientKey): { readonly today: number | null; readonly month: number | null } => {
    try {
      const since = (period: "today" | "month") => spent(path, startOf(period, now), { keys: [name] });
      return { today: since("today"), month: since("month") };
    } catch (error) {
      if (error instanceof UnreadableLedger) return { today: null, month: null };
      throw error;
    }
  };
}

function stateOf(key: ClientKey, now: number): { readonly isValid: boolean; readonly words: string } {
  const why = invalidity(key, now);
  if (why === "revoked") return { isValid: false, words: `revoked on ${localDate(key.revoked ?? now)}` };
  if (why === "expired") return { isValid: false, words: `expired on ${localDate(key.expires ?? now)}` };
  return {
    isValid: true,
    words: key.expires === undefined ? "valid" : `valid until ${localDate(key.expires)}`,
  };
}

/** What a key may do, in words. */
function limitsOf({ budget, requestsPerMinute, tokensPerMinute, models }: ClientKey): readonly string[] {
  return [
    ...(budget === undefined ? [] : [`${money(budget.limit)} a ${budget.period}`]),
    ...(requestsPerMinute === undefined ? [] : [`${count(requestsPerMinute)} requests a minute`]),
    ...(tokensPerMinute === undefined ? [] : [`${count(tokensPerMinute)} tokens a minute`]),
    ...(models === undefined ? [] : [`only ${models.join(" ")}`]),
  ];
}

/** A key for programs: everything but the hashes. */
function publicOf(key: ClientKey): Readonly<Record<string, unknown>> {
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
