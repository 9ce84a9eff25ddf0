/** What an error of the database means for the ledger. */
import { ForeignFile } from "./schema.ts";

/**
 * - `busy`: another program writes just now; the same again, later, will do.
 * - `damaged`: the file is not a sound database.
 * - `other`: the disk is full, the folder is missing or read-only, the file is not ours, …
 */
export type Trouble = "busy" | "damaged" | "other";

/** By the primary result code and, where a runtime gives none, by words: https://www.sqlite.org/rescode.html */
const SIGNS: readonly {
  readonly trouble: Trouble;
  readonly codes: readonly number[];
  readonly words: RegExp;
}[] = [
  { trouble: "busy", codes: [5, 6], words: /\bis locked\b/ },
  { trouble: "damaged", codes: [11, 26], words: /\bmalformed\b|\bnot a database\b/ },
];

/** Which trouble an error is. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof ForeignFile) return "other";
  const { errcode } = error as { errcode?: unknown };
  for (const { trouble, codes, words } of SIGNS) {
    if (typeof errcode === "number" ? codes.includes(errcode & 0xff) : words.test(wordsOf(error))) {
      return trouble;
    }
  }
  return "other";
}

/** Whether an error comes from the database, not from this program. */
export function isAboutTheFile(error: unknown): boolean {
  return error instanceof ForeignFile || (error as { code?: unknown }).code === "ERR_SQLITE_ERROR";
}

/** An error's own words, for a message to people. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
