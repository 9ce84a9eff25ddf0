/**
 * The tables of the ledger's file and how older files become new ones.
 *
 * Each combination of the columns that take few values (route, model, client, …) is stored once in `labels`, and a
 * request refers to it by number: rows stay small, and a report groups numbers instead of strings. Money is kept in
 * whole billionths of a dollar, so that sums are exact: the parts of a report always add up to its total.
 */
import type { DatabaseSync } from "node:sqlite";

/** "tlpx" in ASCII, in the file's header: another program's database is never written to. */
const APPLICATION_ID = 0x746c7078;

/** The columns of `labels`; "" where a request has none. */
export const LABEL_COLUMNS = [
  "client",
  "client_key",
  "client_dialect",
  "operation",
  "kind",
  "route",
  "provider",
  "model",
  "provider_dialect",
  "baseline_model",
] as const;

/** The columns of `requests`, without `seq` (the order of writing) and `label`. */
export const REQUEST_COLUMNS = [
  "time",
  "id",
  "session",
  "stream",
  "model_asked",
  "why",
  "attempts",
  "input",
  "cache_read",
  "cache_write",
  "cache_write_1h",
  "output",
  "reasoning",
  "estimated",
  "cost",
  "baseline",
  "reported_cost",
  "basis",
  "lost",
  "on_plan",
  "status",
  "failure",
  "failed",
  "cancelled",
  "fallback",
  "first_token_ms",
  "duration_ms",
  "overhead_us",
  "rules",
] as const;

/** What a database column takes. */
export type SqlValue = string | number | null;

/** One request as the database keeps it: a value for every column, by the column's name. */
export type LedgerRow =
  & { readonly [Column in typeof LABEL_COLUMNS[number]]: string }
  & { readonly [Column in typeof REQUEST_COLUMNS[number]]: SqlValue };

/** One entry a version: `user_version` counts those that a file has been through. Never edit one; append. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE labels (
    label INTEGER PRIMARY KEY,
    ${LABEL_COLUMNS.map((name) => `${name} TEXT NOT NULL`).join(",\n    ")},
    UNIQUE (${LABEL_COLUMNS.join(", ")})
  ) STRICT;
  CREATE TABLE requests (
    seq INTEGER PRIMARY KEY,
    label INTEGER NOT NULL,
    time INTEGER NOT NULL,           -- arrival, epoch milliseconds
    id TEXT NOT NULL,
    session TEXT,
    stream INTEGER NOT NULL,
    model_asked TEXT NOT NULL,
    why TEXT NOT NULL,               -- JSON: the router's reasons, in order
    attempts TEXT NOT NULL,          -- JSON: every try at a target
    input INTEGER,                   -- fresh tokens; all token counts are NULL where unknown
    cache_read INTEGER,
    cache_write INTEGER,
    cache_write_1h INTEGER,          -- part of cache_write
    output INTEGER,
    reasoning INTEGER,               -- part of output
    estimated INTEGER NOT NULL,
    cost INTEGER,                    -- billionths of a dollar, as the next two; NULL where unknown
    baseline INTEGER,
    reported_cost INTEGER,
    status INTEGER NOT NULL,
    failure TEXT,
    failed INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    fallback INTEGER NOT NULL,
    first_token_ms INTEGER,
    duration_ms INTEGER NOT NULL,
    overhead_us INTEGER NOT NULL
  ) STRICT;
  -- Holds all that reports add up, in the order in which they group it: they read this alone.
  CREATE INDEX requests_figures ON requests (
    label, time, cost, baseline, input, cache_read, cache_write, output, reasoning,
    failed, fallback, cancelled, estimated, first_token_ms
  );
  CREATE VIEW spending AS
    SELECT r.seq, strftime('%Y-%m-%dT%H:%M:%fZ', r.time / 1000.0, 'unixepoch') AS at, r.id,
      l.client, r.session, r.model_asked, l.kind, l.route, l.provider, l.model,
      r.input, r.cache_read, r.cache_write, r.output, r.reasoning, r.estimated,
      r.cost / 1e9 AS cost_usd, r.baseline / 1e9 AS baseline_usd, (r.baseline - r.cost) / 1e9 AS saved_usd,
      r.status, r.failure, r.fallback, r.first_token_ms, r.duration_ms, r.why
    FROM requests r JOIN labels l USING (label);
  `,
  `
  -- 0: the same tokens at the baseline's price, as rows from before had it; 1: reckoned from the session; 2: an estimate,
  -- since the client named no session; 3: there was nothing to reckon.
  ALTER TABLE requests ADD COLUMN basis INTEGER NOT NULL DEFAULT 0;
  -- What changes of model or key cost, in billionths of a dollar: a part of cost; NULL where cost is.
  ALTER TABLE requests ADD COLUMN lost INTEGER;
  -- A flat plan paid: cost and baseline are 0.
  ALTER TABLE requests ADD COLUMN on_plan INTEGER NOT NULL DEFAULT 0;
  DROP INDEX requests_figures;
  CREATE INDEX requests_figures ON requests (
    label, time, cost, baseline, lost, basis, on_plan, input, cache_read, cache_write, output, reasoning,
    failed, fallback, cancelled, estimated, first_token_ms
  );
  DROP VIEW spending;
  CREATE VIEW spending AS
    SELECT r.seq, strftime('%Y-%m-%dT%H:%M:%fZ', r.time / 1000.0, 'unixepoch') AS at, r.id,
      l.client, r.session, r.model_asked, l.kind, l.route, l.provider, l.model,
      r.input, r.cache_read, r.cache_write, r.output, r.reasoning, r.estimated,
      r.cost / 1e9 AS cost_usd, r.baseline / 1e9 AS baseline_usd, (r.baseline - r.cost) / 1e9 AS saved_usd,
      r.lost / 1e9 AS lost_by_switching_usd,
      CASE r.basis WHEN 0 THEN 'tokens' WHEN 1 THEN 'session' WHEN 2 THEN 'estimate' END AS baseline_basis, r.on_plan,
      r.status, r.failure, r.fallback, r.first_token_ms, r.duration_ms, r.why
    FROM requests r JOIN labels l USING (label);
  `,
  `
  -- JSON: the names of the rules that matched, in order; NULL where none did, and in rows from before.
  ALTER TABLE requests ADD COLUMN rules TEXT;
  `,
];

/** A file that this program must leave alone; the message says why. */
export class ForeignFile extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ForeignFile";
  }
}

/**
 * Brings an open database to the newest version; safe when two programs do so at once.
 * @throws ForeignFile for a newer version's file and for another program's.
 */
export function migrate(db: DatabaseSync): void {
  if (isCurrent(db)) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    for (let version = versionOf(db); version < MIGRATIONS.length; version++) {
      db.exec(MIGRATIONS[version]!);
      db.exec(`PRAGMA user_version = ${version + 1}; PRAGMA application_id = ${APPLICATION_ID}`);
    }
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

/**
 * How many migrations a file has been through; 0 for an empty one.
 * @throws ForeignFile for a newer version's file and for another program's.
 */
export function versionOf(db: DatabaseSync): number {
  const version = numberOf(db, "PRAGMA user_version");
  const owner = numberOf(db, "PRAGMA application_id");
  const empty = owner === 0 && version === 0 && numberOf(db, "SELECT count(*) FROM sqlite_schema") === 0;
  if (!empty && owner !== APPLICATION_ID) {
    throw new ForeignFile("it is a database of another program");
  }
  if (version > MIGRATIONS.length) {
    throw new ForeignFile(
      `it was written by a newer version of this program (format ${version}; this one knows ${MIGRATIONS.length})`,
    );
  }
  return version;
}

/**
 * Whether a file begins as a database of SQLite does, or as a ledger: with this program's mark at byte 68 too.
 * @param header the first 100 bytes
 * @see https://www.sqlite.org/fileformat.html#the_database_header
 */
export function isLedgerHeader(header: Uint8Array, as: "database" | "ledger"): boolean {
  const mark = new TextDecoder("latin1").decode(header.subarray(0, 16));
  if (mark !== "SQLite format 3\0") return false;
  return as === "database" ||
    new DataView(header.buffer, header.byteOffset).getUint32(68) === APPLICATION_ID;
}

/** Whether a file has been through every migration. @throws ForeignFile as {@link versionOf} does. */
export const isCurrent = (db: DatabaseSync): boolean => versionOf(db) === MIGRATIONS.length;

function numberOf(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0] ?? 0);
}
