/** Where workers keep what is of their processes alone, in the data folder. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../../files/errors.ts";
import type { Log } from "../../../log/log.ts";
import { dataFile } from "../../../runtime/data-folder.ts";
import { dataFolderOf } from "../../configuration.ts";
import type { Io } from "../../io.ts";

/** The folder of all workers' folders. */
const foldersOf = (io: Pick<Io, "env">): string => join(dataFolderOf(io), "workers");

/** The folder of a worker, by its number from 1. */
export const workerFolder = (io: Pick<Io, "env">, number: number): string =>
  join(foldersOf(io), String(number));

/**
 * Has the requests stored that wait in spools which no process of this program reads, since it runs with another number of
 * workers than before.
 */
export async function takeOverSpools(io: Pick<Io, "env">, workers: number, log: Log): Promise<void> {
  const folder = foldersOf(io);
  const own = dataFile(dataFolderOf(io), "spool");
  const known = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+$/.test(name)) : [];
  const left = known.filter((name) => workers === 1 || Number(name) > workers).map((name) =>
    dataFile(join(folder, name), "spool")
  );
  const { takeOver } = await import("../../../store/spool.ts");
  try {
    if (workers === 1) takeOver(left, own);
    else takeOver([own, ...left], dataFile(workerFolder(io, 1), "spool"));
  } catch (error) {
    log("warn", `requests that an earlier run left in ${folder} are not stored: ${messageOf(error)}`);
  }
}
