/** The list of models and prices that the user brought with `models update`. */
import { join } from "node:path";
import { useCatalog } from "../config/priced-catalog.ts";
import { readUserCatalog } from "../catalog/update.ts";
import type { Io } from "./io.ts";
import { dataFolderOf } from "./user-data.ts";

/** Where it is kept; it may not be there. */
export const ownCatalogPath = (io: Pick<Io, "env">): string => join(dataFolderOf(io), "models.json");

/** Puts it before the built-in one, as the proxy does at its start. One that cannot be used is left out. */
export function useOwnCatalog(io: Pick<Io, "env">): void {
  useCatalog(readUserCatalog(ownCatalogPath(io)).catalog);
}
