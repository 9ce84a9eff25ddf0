/** Following the ledger: asking again and again for what was written after the last row that was seen. */
import { lastSeq, type RecentQuery, recentRequests } from "../../../ledger/recent.ts";
import type { LoggedRequest } from "../../../ledger/row.ts";
import { UnreadableLedger } from "../../../ledger/file.ts";
import type { Io } from "../../io.ts";
import { untilSignal } from "../../until-signal.ts";

/** A running proxy writes twice a second. Milliseconds. */
const EVERY_MS = 500;
/** Rows taken at once. */
const MOST = 1000;

/**
 * Shows the newest requests of a query, oldest first, then each that comes. Resolves at SIGINT or SIGTERM.
 * @param query `limit`: how many of those that are there already
 */
export async function follow(
  io: Io,
  path: string,
  { limit = 20, ...query }: RecentQuery,
  show: (requests: readonly LoggedRequest[]) => void,
): Promise<void> {
  let seen = lastSeq(path);
  if (limit > 0) {
    const found = recentRequests(path, { ...query, limit }).reverse();
    if (found.length > 0) show(found);
    seen = Math.max(seen, found.at(-1)?.seq ?? 0);
  }
  let told = "";
  await untilSignal(io, EVERY_MS, () => {
    try {
      const found = recentRequests(path, { ...query, after: seen, limit: MOST });
      if (found.length > 0) show(found);
      // A ledger whose last row is older than one that was seen is another file: all of it is new.
      seen = found.at(-1)?.seq ?? (lastSeq(path) < seen ? 0 : seen);
      told = "";
    } catch (error) {
      if (!(error instanceof UnreadableLedger)) throw error;
      // It may be set aside and begun anew by the proxy in a moment.
      if (told !== error.message) io.stderr.write(`${error.message}\n`);
      told = error.message;
    }
  });
}
