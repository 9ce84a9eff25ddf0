/** The newest requests with the reasons for their way, for `log` and the dashboard. */
import { LABEL_COLUMNS, type LedgerRow, REQUEST_COLUMNS } from "./schema.ts";
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
  /** Epoch milliseconds: only requests that arrived before then. */
  readonly until?: number;
  /** Only requests with exactly these values. */
  readonly route?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly client?: string;
  readonly session?: string;
  /** The name or the id of the client's key. */
  readonly key?: string;
  /** Only requests that failed. */
  readonly failed?: boolean;
  /** Only requests written before the one with this `seq`, and not before `from`. */
  readonly before?: number;
  readonly from?: number;
  readonly id?: string;
  /** How it ended, or an HTTP status. */
  readonly status?: "ok" | "failed" | "cancelled" | number;
  /** Words that must all be in its route, kind, target, client, status, failure, requested model or reasons. */
  readonly words?: readonly string[];
}

/** Requests further back. */
export interface OlderRequests {
  /** Newest first. */
  readonly rows: readonly LoggedRequest[];
  /** The `before` of the next page; null: there is nothing older. */
  readonly next: number | null;
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
  key: "l.client_key = ?",
  since: "r.time >= ?",
  until: "r.time < ?",
  after: "r.seq > ?",
  before: "r.seq < ?",
  from: "r.seq >= ?",
  id: "r.id = ?",
} as const;

const ENDS = {
  ok: "r.failed = 0 AND r.cancelled = 0",
  failed: "r.failed = 1",
  cancelled: "r.cancelled = 1",
} as const;

const TEXTS = [
  ...["route", "kind", "provider", "model", "client"].map((name) => `l.${name}`),
  "r.status",
  "coalesce(r.failure, '')",
  "r.model_asked",
].join(" || ' ' || ");

/** What a query selects, as the part of a statement. */
export interface Selection {
  /** `WHERE …` with a `?` for each value; "": everything. */
  readonly where: string;
  readonly values: readonly (string | number)[];
}

/**
 * The condition of a query over `requests r JOIN labels l`.
 * @param hasWord the condition for one word, with a `?` for the pattern in the row's texts and one for that in its reasons
 */
export function selection(query: RecentQuery, hasWord: string): Selection {
  const { failed, status, words = [] } = query;
  const where: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...given: readonly (string | number)[]) => {
    where.push(condition);
    values.push(...given);
  };
  for (const [name, condition] of Object.entries(FILTERS)) {
    const value = query[name as keyof typeof FILTERS];
    if (value !== undefined) add(condition, value);
  }
  if (failed) add(ENDS.failed);
  if (typeof status === "number") add("r.status = ?", status);
  else if (status !== undefined) add(ENDS[status]);
  for (const word of words) {
    add(hasWord, containing(word), containing(JSON.stringify(word).slice(1, -1))); // the reasons are kept as JSON
  }
  return { where: where.length > 0 ? `WHERE ${where.join(" AND ")}` : "", values };
}

/** Rows that one search looks at: it blocks the proxy, so it goes on where it stopped when it is asked again. */
const MOST_LOOKED_AT = 20_000;

/**
 * The requests that a query selects. To follow the ledger: start with `after: lastSeq(source)`, then the last `seq` that came.
 * @throws UnreadableLedger where a path leads to something that cannot be read.
 */
export function recentRequests(
  sources: Source | readonly Source[],
  query: RecentQuery = {},
): LoggedRequest[] {
  const { limit = 50, after } = query;
  const { where, values } = selection(query, `(${TEXTS} LIKE ? ESCAPE '\\' OR r.why LIKE ? ESCAPE '\\')`);
  const order = after === undefined ? "DESC" : "ASC";
  const sql = `SELECT ${COLUMNS} FROM requests r JOIN labels l USING (label)
    ${where} ORDER BY r.seq ${order} LIMIT ?`;
  return reading(sources, (databases) => {
    const found = databases.map((db, index) =>
      db.prepare(sql).all(...values, limit).map((row) =>
        // A second place is memory, whose rows are not written yet: their order is one of its own.
        fromRow(index === 0 ? row as StoredRow : { ...row as StoredRow, seq: undefined })
      )
    );
    if (found.length < 2) return found[0] ?? [];
    const merged = found.flat().sort((a, b) => a.time - b.time);
    return after === undefined ? merged.reverse().slice(0, limit) : merged.slice(0, limit);
  });
}

/** A pattern for LIKE that finds a word anywhere. */
const containing = (word: string): string => `%${word.replace(/[\\%_]/g, "\\$&")}%`;

/**
 * A page of requests, the newest first, `before` the row with a `seq` (absent: from the newest on). It looks at a bounded
 * number of rows: a page may be empty although older rows match; then `next` goes on.
 */
export function olderRequests(sources: readonly Source[], query: RecentQuery): OlderRequests {
  const [first] = sources;
  if (first === undefined) return { rows: [], next: null };
  const { limit = 50, before } = query;
  const { oldest, newest } = spanOf(first);
  const top = before ?? newest + 1;
  const from = Math.max(oldest, top - MOST_LOOKED_AT);
  const written = recentRequests(first, { ...query, from });
  const kept = before === undefined ? recentRequests(sources.slice(1), query) : [];
  const unwritten = kept.map(({ seq: _seq, ...row }): LoggedRequest => row);
  const rows = [...unwritten, ...written].sort((a, b) => b.time - a.time).slice(0, limit);
  if (rows.length === limit) return { rows, next: Math.min(top, ...rows.flatMap(({ seq }) => seq ?? [])) };
  return { rows, next: from > oldest ? from : null };
}

function spanOf(source: Source): { readonly oldest: number; readonly newest: number } {
  return reading(source, ([db]) => {
    const row = db?.prepare("SELECT min(seq) AS oldest, max(seq) AS newest FROM requests").get() as
      | { oldest: number | null; newest: number | null }
      | undefined;
    return { oldest: row?.oldest ?? 0, newest: row?.newest ?? 0 };
  });
}

/** The `seq` of the newest row; 0 where there is none. */
export const lastSeq = (source: Source): number => spanOf(source).newest;

/** The rows after one, as they are stored, in the order of writing: for a copy. */
export function rowsAfter(
  source: Source,
  after: number,
  limit: number,
): readonly (LedgerRow & { readonly seq: number })[] {
  return reading(source, ([db]) =>
    (db?.prepare(
      `SELECT ${COLUMNS} FROM requests r JOIN labels l USING (label) WHERE r.seq > ? ORDER BY r.seq LIMIT ?`,
    ).all(after, limit) ?? []) as unknown as (LedgerRow & { readonly seq: number })[]);
}
