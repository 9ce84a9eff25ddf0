/** The keys with names that commands read and change: those of the data folder, or of the store. */
import { changeClientKeys, type ClientKey, readClientKeys } from "../config/client-keys.ts";
import type { Config, StoreConfig } from "../config/config.ts";
import { scrubberOf } from "../config/secrets.ts";
import { messageOf } from "../files/errors.ts";
import { dataFile } from "../runtime/data-folder.ts";
import { counted } from "../text/format.ts";
import type { StoredKeys } from "../store/keys.ts";
import { CliError } from "./command.ts";
import { dataFolderOf, shortPath } from "./configuration.ts";
import type { Io } from "./io.ts";

const pathOf = (io: Pick<Io, "env">): string => dataFile(dataFolderOf(io), "keys");

/** Where the keys are, for people. */
export const placeOfKeys = (io: Pick<Io, "env">, { store }: Config): string =>
  store === undefined ? shortPath(io, pathOf(io)) : "the store";

/** @throws CliError where they cannot be read */
export async function readKeys(io: Pick<Io, "env">, config: Config): Promise<readonly ClientKey[]> {
  const { store } = config;
  if (store === undefined) {
    try {
      return readClientKeys(pathOf(io));
    } catch (error) {
      throw new CliError(messageOf(error));
    }
  }
  return await stored(config, store, (keys) => keys.readKeys());
}

/**
 * Changes the keys, all or nothing. The first change in a store takes along those of the data folder.
 * @throws what `change` throws; Error where they cannot be changed
 */
export async function changeKeys<Made extends { readonly keys: readonly ClientKey[] }>(
  io: Io,
  config: Config,
  change: (keys: readonly ClientKey[]) => Made,
): Promise<Made> {
  const { store } = config;
  if (store === undefined) {
    let made: Made | undefined;
    changeClientKeys(pathOf(io), (keys) => (made = change(keys)).keys);
    return made!;
  }
  let copied = 0;
  const made = await stored(config, store, (keys) =>
    keys.changeKeys((known) => {
      const before = known.length > 0 ? known : readClientKeys(pathOf(io));
      copied = before.length - known.length;
      return change(before);
    }));
  if (copied > 0) {
    io.stderr.write(`Copied ${counted(copied, "key")} of ${shortPath(io, pathOf(io))} into the store.\n`);
  }
  return made;
}

/** Opens the keys of a store for `work`. @throws CliError where it cannot be reached */
async function stored<T>(
  config: Config,
  store: StoreConfig,
  work: (keys: StoredKeys) => Promise<T>,
): Promise<T> {
  const { openKeys } = await import("../store/keys.ts");
  const hidden = (error: unknown) => new CliError(scrubberOf(config).conceal(messageOf(error)));
  const keys = await openKeys(store).catch((error) => Promise.reject(hidden(error)));
  try {
    return await work(keys);
  } finally {
    await keys.close();
  }
}
