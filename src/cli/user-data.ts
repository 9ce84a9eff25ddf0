/** Where the program keeps its own files for whoever started it. */
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Config } from "../config/config.ts";
import { dataFolder } from "../runtime/data-folder.ts";
import type { Io } from "./io.ts";

/** The user's home. */
export const homeOf = ({ env }: Pick<Io, "env">): string => env.HOME ?? env.USERPROFILE ?? homedir();

/** The folder that the proxy keeps its files in; it may not be there yet. */
export const dataFolderOf = (io: Pick<Io, "env">): string =>
  dataFolder({ env: io.env, platform: process.platform, home: homeOf(io) });

/** The ledger's file; it may not be there yet. */
export const ledgerPathOf = (io: Pick<Io, "env">, { ledger }: Pick<Config, "ledger">): string =>
  ledger.path ?? join(dataFolderOf(io), "ledger.sqlite");

/** A path with the home folder as `~`, for people. */
export function shortPath(io: Pick<Io, "env">, path: string): string {
  const home = homeOf(io);
  return home.length > 1 && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
