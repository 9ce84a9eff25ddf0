/** One open database with the ledger's tables: writes rows, forgets old ones; and what SQLite's errors mean. */
import { messageOf } from "../files/errors.ts";
import { DatabaseSync } from "node:sqlite";
import { ForeignFile, LABEL_COLUMNS, type LedgerRow, migrate, REQUEST_COLUMNS } from "./schema.ts";

/** An open database; every method throws SQLite's own errors and then has changed nothing. */
export interface Store {
  readonly db: DatabaseSync;
  /**
   * Writes rows in one transaction: all or none, but those that cannot be stored at all, of which it returns the number.
   */
  insert(rows: readonly LedgerRow[]): number;
  /** Adds every row of another store, in one transaction. Returns their number. */
  take(other: Store): number;
  /** Forgets, of the `limit` rows written first, those that arrived before `time`. Returns how many. */
  forgetBefore(time: number, limit: number): number;
  /** Forgets the oldest rows beyond the newest `rows`. Returns how many. */
  keepNewest(rows: number): number;
  /** Sets how many milliseconds to wait for another program's transaction. */
  patience(ms: number): void;
  close(): void;
}

const INSERT = `INSERT INTO requests (label, ${REQUEST_COLUMNS.join(", ")})
  VALUES (?${", ?".repeat(REQUEST_COLUMNS.length)})`;
const ADD_LABEL = `INSERT OR IGNORE INTO labels (${LABEL_COLUMNS.join(", ")})
  VALUES (?${", ?".repeat(LABEL_COLUMNS.length - 1)})`;
const FIND_LABEL = `SELECT label FROM labels WHERE ${
  LABEL_COLUMNS.map((name) => `${name} = ?`).join(" AND ")
}`;
const READ_ALL = `SELECT ${LABEL_COLUMNS.join(", ")}, ${REQUEST_COLUMNS.join(", ")}
  FROM requests JOIN labels USING (label) ORDER BY seq`;

/** Labels whose number is known without asking: clients may name any model. */
const MOST_LABELS = 2000;
/** Milliseconds for opening and migrating, which happen while nothing waits. */
const OPENING_PATIENCE = 2000;
/** Milliseconds for a batch: it blocks the event loop, and the rows can wait for the next batch. */
const WRITING_PATIENCE = 25;

/**
 * Opens (and creates or migrates) a database at `path`, or one in memory for `:memory:`.
 *
 * Write-ahead logging with `synchronous = NORMAL`: a killed program loses nothing that was committed, a power cut may
 * lose the last transactions and corrupts nothing: https://www.sqlite.org/wal.html#performance_considerations
 */
export function openStore(path: string): Store {
  const db = new DatabaseSync(path);
  try {
    db.exec(`PRAGMA busy_timeout = ${OPENING_PATIENCE}`);
    migrate(db);
    if (path !== ":memory:") db.exec("PRAGMA journal_mode = WAL");
    db.exec(`PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = ${WRITING_PATIENCE}`);
    return storeOver(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Writes rows, and knows the labels that they share. */
class RowWriter {
  readonly #db: DatabaseSync;
  readonly #insert;
  readonly #addLabel;
  readonly #findLabel;
  readonly #labels = new Map<string, number>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#insert = db.prepare(INSERT);
    this.#addLabel = db.prepare(ADD_LABEL);
    this.#findLabel = db.prepare(FIND_LABEL);
  }

  write(row: LedgerRow): void {
    this.#insert.run(this.#labelOf(row), ...REQUEST_COLUMNS.map((name) => row[name]));
  }

  /** Writes a row within a transaction whose other rows stay. @returns false: it cannot be stored */
  writeAlone(row: LedgerRow): boolean {
    this.#db.exec("SAVEPOINT row");
    try {
      this.write(row);
      return true;
    } catch (error) {
      this.#labels.clear();
      this.#db.exec("ROLLBACK TO row");
      if (troubleOf(error) !== "row") throw error;
      return false;
    } finally {
      this.#db.exec("RELEASE row");
    }
  }

  /** All that `work` writes, or nothing. */
  transaction(work: () => void): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#db.exec("COMMIT");
    } catch (error) {
      this.#labels.clear(); // Those that this transaction added are gone with it.
      rollback(this.#db);
      throw error;
    }
  }

  #labelOf(row: LedgerRow): number {
    const values = LABEL_COLUMNS.map((name) => row[name]);
    const key = values.join("\u0000");
    const known = this.#labels.get(key);
    if (known !== undefined) return known;
    this.#addLabel.run(...values);
    const label = Number((this.#findLabel.get(...values) as { label: number }).label);
    if (this.#labels.size >= MOST_LABELS) this.#labels.clear();
    this.#labels.set(key, label);
    return label;
  }
}

function storeOver(db: DatabaseSync): Store {
  const writer = new RowWriter(db);
  return {
    db,
    insert(rows) {
      try {
        writer.transaction(() => rows.forEach((row) => writer.write(row)));
        return 0;
      } catch (error) {
        if (troubleOf(error) !== "row") throw error;
      }
      let lost = 0;
      writer.transaction(() => {
        for (const row of rows) if (!writer.writeAlone(row)) lost++;
      });
      return lost;
    },
    take(other) {
      let count = 0;
      writer.transaction(() => {
        for (const row of other.db.prepare(READ_ALL).iterate()) {
          writer.write(row as LedgerRow);
          count++;
        }
      });
      return count;
    },
    forgetBefore: (time, limit) =>
      changes(
        db.prepare(
          `DELETE FROM requests WHERE seq IN (
            SELECT seq FROM (SELECT seq, time FROM requests ORDER BY seq LIMIT ?) WHERE time < ?
          )`,
        ).run(limit, time),
      ),
    keepNewest: (rows) =>
      changes(
        db.prepare("DELETE FROM requests WHERE seq <= (SELECT max(seq) FROM requests) - ?").run(rows),
      ),
    patience: (ms) => db.exec(`PRAGMA busy_timeout = ${Math.round(ms)}`),
    close: () => db.close(),
  };
}

const changes = (result: { changes: number | bigint }): number => Number(result.changes);

/** After some errors (a full disk) SQLite has rolled back already; doing so again is an error too. */
function rollback(db: DatabaseSync): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // The first error is the one to report.
  }
}

/**
 * - `busy`: another program writes just now; the same again, later, will do.
 * - `damaged`: the file is not a sound database.
 * - `row`: what is to be stored does not fit into its column; the file is well.
 * - `other`: the disk is full, the folder is missing or read-only, the file is not ours, …
 */
export type Trouble = "busy" | "damaged" | "row" | "other";

/** By the primary result code and, where a runtime gives none, by words: https://www.sqlite.org/rescode.html */
const SIGNS: readonly {
  readonly trouble: Trouble;
  readonly codes: readonly number[];
  readonly words: RegExp;
}[] = [
  { trouble: "busy", codes: [5, 6], words: /\bis locked\b/ },
  { trouble: "damaged", codes: [11, 26], words: /\bmalformed\b|\bnot a database\b/ },
  {
    trouble: "row",
    codes: [18, 19, 20, 25],
    words: /\bcannot store\b|\bconstraint failed\b|\bdatatype mismatch\b|\btoo big\b|\bcannot be bound\b/,
  },
];

/** What an error of the database means for the file. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof ForeignFile) return "other";
  const { errcode } = error as { errcode?: unknown };
  for (const { trouble, codes, words } of SIGNS) {
    if (typeof errcode === "number" ? codes.includes(errcode & 0xff) : words.test(messageOf(error))) {
      return trouble;
    }
  }
  return "other";
}

/** Whether an error comes from the database, not from this program. */
export function isAboutTheFile(error: unknown): boolean {
  return error instanceof ForeignFile || (error as { code?: unknown }).code === "ERR_SQLITE_ERROR";
}
