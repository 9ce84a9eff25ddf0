/** What `keys` does: it changes the file of the data folder, which a running proxy watches, or the keys of the store. */
import type { ClientKey } from "../../../config/client-keys.ts";
import {
  addKey,
  type KeyChange,
  keyLimits,
  keyNamed,
  KeyProblem,
  type KeySettings,
  keyState,
  publicKey,
  revokeKey,
  rotateKey,
  setKey,
} from "../../../config/key-changes.ts";
import type { Config } from "../../../config/config.ts";
import { ROUTE_NAMES } from "../../../model/target.ts";
import { nearest } from "../../../text/match.ts";
import { UnreadableLedger } from "../../../ledger/file.ts";
import { startOf } from "../../../ledger/period.ts";
import { localMinute, money } from "../../../text/format.ts";
import { messageOf } from "../../../files/errors.ts";
import { CliError, EXIT, PROGRAM } from "../../command.ts";
import { readConfig } from "../../configuration.ts";
import { changeKeys, placeOfKeys, readKeys } from "../../named-keys.ts";
import { usingLedger } from "../../ledger-reader.ts";
import { type Io, printJson } from "../../io.ts";
import { styleOf } from "../../output/style.ts";
import { table } from "../../output/table.ts";

/** The options of every `keys` command. */
interface Common {
  readonly json: boolean;
  readonly config?: string | undefined;
}

interface Named extends Common {
  readonly name: string;
}

/** `keys add`. @throws CliError where the name is taken or a setting is wrong */
export async function add(io: Io, options: Named & KeySettings): Promise<number> {
  let isFirst = false;
  const made = await edit(io, options, (keys) => {
    isFirst = keys.length === 0;
    return addKey(keys, options.name, options, Date.now());
  });
  const code = shown(io, made, options);
  const config = readConfig(io, options.config);
  for (const note of [...isFirst ? firstKey(config, made.of) : [], ...unknownRoutes(config, made.of)]) {
    io.stderr.write(`${note}\n`);
  }
  return code;
}

/** What changes with the first key of a proxy that was open. */
function firstKey({ proxy }: Config, { role }: ClientKey): readonly string[] {
  if (proxy.apiKeys.length > 0 || proxy.adminKey !== undefined) return [];
  const now = "From now on every client needs a key";
  return [
    role === "admin"
      ? `${now}. The dashboard takes this one; commands such as status need it as admin_key in [proxy], or another one.`
      : `${now}, and so do the dashboard and commands such as status: set admin_key in [proxy].`,
  ];
}

/** A note for each name of `models` that is nearly a route's: it allows nothing. */
function unknownRoutes({ router }: Config, { models = [] }: ClientKey): readonly string[] {
  const names = [...ROUTE_NAMES, ...router.rules.map(({ name }) => `rule:${name}`)];
  return models.filter((model) => /^[a-z_]+$/.test(model) && !names.includes(model)).flatMap((model) => {
    const near = nearest(model, names);
    return near === undefined ? [] : [`"${model}" is not a route. Did you mean "${near}"?`];
  });
}

/** `keys set`. @throws CliError where there is no such key or a setting is wrong */
export async function set(io: Io, options: Named & KeySettings): Promise<number> {
  const { of } = await edit(io, options, (keys) => setKey(keys, options.name, options, Date.now()));
  if (options.json) printJson(io, publicKey(of));
  else io.stdout.write(`${of.name}: ${keyLimits(of).join(", ") || "no limits"}.\n`);
  return EXIT.ok;
}

/** `keys rotate`. @throws CliError where there is no such key, or it was revoked */
export async function rotate(
  io: Io,
  options: Named & { readonly keep?: string | undefined },
): Promise<number> {
  const { name, keep } = options;
  return shown(io, await edit(io, options, (keys) => rotateKey(keys, name, keep, Date.now())), options);
}

/** `keys revoke`. @throws CliError where there is no such key */
export async function revoke(io: Io, options: Named): Promise<number> {
  const { of } = await edit(io, options, (keys) => revokeKey(keys, options.name, Date.now()));
  if (options.json) printJson(io, publicKey(of));
  else io.stdout.write(`The key "${of.name}" is revoked. A running proxy refuses it within a second.\n`);
  return EXIT.ok;
}

/** `keys list`. */
export async function list(io: Io, options: Common): Promise<number> {
  const keys = await readKeys(io, readConfig(io, options.config));
  const spentBy = await spending(io, options, keys);
  const now = Date.now();
  if (options.json) {
    printJson(io, { keys: keys.map((key) => ({ ...publicKey(key), spent_usd: spentBy(key) })) });
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
    const state = keyState(key, now);
    const month = spentBy(key).month;
    const paint = state.isValid ? style.green : style.red;
    return {
      cells: [
        key.name,
        key.role,
        key.team ?? "",
        month === null ? "" : money(month),
        keyLimits(key).join(", "),
        { text: state.words, paint },
      ],
    };
  });
  io.stdout.write(table(columns, rows, style, io.stdout.columns));
  return EXIT.ok;
}

/** `keys show`. @throws CliError where there is no such key */
export async function show(io: Io, options: Named): Promise<number> {
  const keys = await readKeys(io, readConfig(io, options.config));
  const key = await explained(() => keyNamed(keys, options.name));
  const figures = (await spending(io, options, [key]))(key);
  if (options.json) {
    printJson(io, { ...publicKey(key), spent_usd: figures });
    return EXIT.ok;
  }
  const lines: readonly (readonly [string, string])[] = [
    ["State", keyState(key, Date.now()).words],
    ["Role", key.role],
    ...(key.team === undefined ? [] : [["Team", key.team] as const]),
    ["Limits", keyLimits(key).join(", ") || "none"],
    ["Made", localMinute(key.created)],
    ...(figures.month === null ? [] : [
      ["Spent", `${money(figures.today ?? 0)} today, ${money(figures.month)} this month`] as const,
    ]),
  ];
  io.stdout.write(`${key.name}\n${lines.map(([what, value]) => `  ${what.padEnd(8)}${value}\n`).join("")}`);
  return EXIT.ok;
}

/** Shows a new key. It is nowhere else. */
function shown(
  io: Io,
  { key, of }: KeyChange & { readonly key: string },
  { json, config }: Common,
): number {
  if (json) {
    printJson(io, { ...publicKey(of), key });
    return EXIT.ok;
  }
  io.stdout.write(`${key}\n`);
  const limits = keyLimits(of);
  io.stderr.write(
    `This is the key of "${of.name}" (${[of.role, ...limits].join(", ")}). It is shown once: ${
      placeOfKeys(io, readConfig(io, config))
    } has only a hash of it.\n`,
  );
  return EXIT.ok;
}

/** Changes the keys. @throws CliError where they cannot be changed, or not in this way */
function edit<Change extends KeyChange>(
  io: Io,
  { config }: Common,
  change: (keys: readonly ClientKey[]) => Change,
): Promise<Change> {
  return explained(() => changeKeys(io, readConfig(io, config), change));
}

/** What `work` returns. @throws CliError where it fails, with what helps on a command line */
async function explained<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (!(error instanceof KeyProblem)) throw new CliError(messageOf(error));
    const { message, setting, about } = error;
    if (setting === "name") throw new CliError(message, EXIT.unusable);
    if (setting !== undefined) throw new CliError(`--${message}`, EXIT.unusable);
    throw new CliError(message + (about === undefined ? "" : HELP[about.is](about.name)));
  }
}

const HELP = {
  taken: (name: string) =>
    ` ${PROGRAM} keys rotate ${name} replaces it, ${PROGRAM} keys set ${name} changes it.`,
  missing: () => ` ${PROGRAM} keys list shows those there are.`,
} as const;

interface Spending {
  readonly today: number | null;
  readonly month: number | null;
}

/** What keys spent: dollars, null where the ledger cannot be read. */
async function spending(
  io: Io,
  { config: file }: Common,
  keys: readonly ClientKey[],
): Promise<(key: ClientKey) => Spending> {
  const config = readConfig(io, file);
  const now = Date.now();
  const found = new Map<string, Spending>();
  try {
    await usingLedger(io, config, async (ledger) => {
      for (const { name } of keys) {
        const since = (period: "today" | "month") => ledger.spent(startOf(period, now), { keys: [name] });
        found.set(name, { today: await since("today"), month: await since("month") });
      }
    });
  } catch (error) {
    if (!(error instanceof UnreadableLedger)) throw error;
  }
  return ({ name }) => found.get(name) ?? { today: null, month: null };
}
