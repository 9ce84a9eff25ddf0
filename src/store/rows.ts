/** A request as the JSON that the store takes: the ledger's row, with an id of its own and the digest of its label. */
import { createHash } from "node:crypto";
import { toRow } from "../ledger/row.ts";
import { LABEL_COLUMNS, type LedgerRow, type SqlValue } from "../ledger/schema.ts";
import type { RequestEnd } from "../model/request-end.ts";

/** A request that is over, as a line. `uid`: a UUID by which the store knows the row again. */
export const lineOf = (uid: string, end: RequestEnd): string => lineOfRow(uid, toRow(end));

/** A row of a ledger, as a line. */
export function lineOfRow(uid: string, row: LedgerRow): string {
  const clean: Record<string, SqlValue> = { uid };
  for (const [name, value] of Object.entries(row)) clean[name] = storable(value);
  clean.hash = labelHash(LABEL_COLUMNS.map((name) => String(clean[name])));
  return JSON.stringify(clean);
}

/** A UUID made of a text: the same one for the same text. */
export function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => hex.slice(from, to)).join("-");
}

const labelHash = (values: readonly string[]): string => uuidOf(JSON.stringify(values));

/** What PostgreSQL's texts and JSON cannot hold is replaced: https://www.postgresql.org/docs/current/datatype-json.html */
export function storable<T extends SqlValue>(value: T): T | string {
  if (typeof value !== "string") return value;
  const text = value.toWellFormed().replaceAll("\u0000", "\ufffd");
  // In the columns that hold JSON, the same as escapes.
  return /\\u(?:0000|d[89a-f])/i.test(text)
    ? text.replace(/\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, "\\ufffd")
    : text;
}
