/** Copies a ledger's file into a store. */
import { rowsAfter } from "../ledger/recent.ts";
import type { Connection } from "./connection.ts";
import { lineOfRow, uuidOf } from "./rows.ts";
import { addRequests } from "./statements.ts";

export interface Copied {
  /** Rows of the file. */
  readonly read: number;
  /** Those that the store did not have. */
  readonly stored: number;
}

/** Rows of one statement. */
const MOST_ROWS = 500;

/**
 * Copies every row. A row's id is made of its content and its place: what is there already, from a copy that was
 * interrupted, is not stored again.
 * @param told called after each step with the rows so far
 * @throws UnreadableLedger; StoreDown; PostgreSQL's own errors. What was copied stays
 */
export async function copyLedger(
  path: string,
  { query }: Connection,
  told: (rows: number) => void = () => {},
): Promise<Copied> {
  let read = 0;
  let stored = 0;
  for (let after = 0;;) {
    const rows = rowsAfter(path, after, MOST_ROWS);
    if (rows.length === 0) return { read, stored };
    const lines = rows.map(({ seq, ...row }) => lineOfRow(uuidOf(JSON.stringify([seq, row])), row));
    const [answer] = await query<{ stored: number }>(addRequests(lines));
    stored += answer?.stored ?? 0;
    read += rows.length;
    after = rows.at(-1)!.seq;
    told(read);
  }
}
