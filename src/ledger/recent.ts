/** The newest requests with the reasons for their way, for `log` and the dashboard. */
import { LABEL_COLUMNS, REQUEST_COLUMNS } from "./schema.ts";
import { fromRow, type LoggedRequest, type StoredRow } from "./row.ts";
import { reading, type Source } from "./file.ts";

export interface RecentQuery {
  /** How many at most. @default 50 */
  readonly limit?: number;
  /**
   * Only requests written after the one with this `seq`, oldest first: for polls that follow the ledger. Without it:
   * the newest requests, newest first.
   */
  readonly after?: number;
  /** Epoch milliseconds: only requests that arrived then or later. */
  readonly since?: number;
  /** Only requests with exactly these values. */
  readonly route?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly client?: string;
  readonly session?: string;
  /** Only requests that failed. */
  readonly failed?: boolean;
}

const COLUMNS = [
  "seq",
  ...LABEL_COLUMNS.map((name) => `l.${name}`),
  ...REQUEST_COLUMNS.map((name) => `r.${name}`),
].join(", ");

const FILTERS = {
  route: "l.route = ?",
  provider: "l.provider = ?",
  model: "l.model = ?",
  client: "l.client = ?",
  session: "r.session = ?",
  since: "r.time >= ?",
  after: "r.seq > ?",
} as const;

/**
 * The requests that a query selects. To follow the ledger: start with `after: lastSeq(source)`, then the last `seq` that came.
 * @throws UnreadableLedger where a path leads to something that cannot be read.
 */
export function recentRequests(
  sources: Source | readonly Source[],
  query: RecentQuery = {},
): LoggedRequest[] {
  const { limit = 50, after, failed } = query;
  const where: string[] = [];
  const values: (string | number)[] = [];
  for (const [name, condition] of Object.entries(FILTERS)) {
    const value = query[name as keyof typeof FILTERS];
    if (value === undefined) continue;
    where.push(condition);
    values.push(value);
  }
  if (failed) where.push("r.failed = 1");
  const order = after === undefined ? "DESC" : "ASC";
  const sql = `SELECT ${COLUMNS} FROM requests r JOIN labels l USING (label)
    ${where.length > 0 ? `WHERE ${where.join(" AND ")}` : ""} ORDER BY r.seq ${order} LIMIT ?`;
  return reading(sources, (databases) => {
    const found = databases.map((db) =>
      db.prepare(sql).all(...values, limit).map((row) => fromRow(row as StoredRow))
    );
    if (found.length < 2) return found[0] ?? [];
    const merged = found.flat().sort((a, b) => a.time - b.time);
    return after === undefined ? merged.reverse().slice(0, limit) : merged.slice(0, limit);
  });
}

/** The `seq` of the newest row; 0 where there is none. */
export function lastSeq(source: Source): number {
  return reading(source, ([db]) => {
    const row = db?.prepare("SELECT max(seq) AS last FROM requests").get() as
      | { last: number | null }
      | undefined;
    return row?.last ?? 0;
  });
}
