/**
 * What is asked of the ledger's tables. Sums come from `hours` where a whole hour is asked for, and from the requests
 * themselves at the edges: they are exact to the millisecond.
 */
import { type RecentQuery, selection } from "../ledger/recent.ts";
import type { SpentFilter } from "../ledger/report.ts";
import { LABEL_COLUMNS, REQUEST_COLUMNS } from "../ledger/schema.ts";
import type { Slot } from "../ledger/period.ts";
import type { Statement } from "./driver.ts";
import { HOUR_SUMS } from "./migrations/0001-ledger.ts";
import { storable } from "./rows.ts";

const HOUR = 3_600_000;
/** Milliseconds that a report may take. */
const REPORT_PATIENCE_MS = 60_000;

const NAMES = Object.keys(HOUR_SUMS);
const RAW = Object.entries(HOUR_SUMS).map(([name, expression]) => `${expression} AS ${name}`).join(", ");
const FIRST_TOKENS = "string_agg(first_token_ms::text, ',') AS first_tokens";

/** Stores requests, each a JSON object, in one step; those that are there already are left as they are. */
export const addRequests = (lines: readonly string[]): Statement => ({
  text: "SELECT add_requests($1::jsonb) AS stored",
  values: [`[${lines.join(",")}]`],
  query_timeout: REPORT_PATIENCE_MS,
});

/** Drops the months that ended before a moment. */
export const forgetMonths = (before: number): Statement => ({
  text: "SELECT forget_months($1)",
  values: [before],
});

/** Makes the table of the month that holds a moment, so that no batch has to wait for it. */
export const makeMonth = (time: number): Statement => ({
  text: "SELECT make_month(month_of($1))",
  values: [time],
});

/** A time as whole hours, `$1` to `$2`, and the pieces before and after them, `$3` to `$4` and `$5` to `$6`. */
function cut({ from, to }: Slot): readonly number[] {
  const first = Math.ceil(from / HOUR) * HOUR;
  const last = Math.floor(to / HOUR) * HOUR;
  return first < last ? [first, last, from, first, last, to] : [0, 0, from, to, 0, 0];
}

/** The named sums by label over a time that was {@link cut}. */
const byLabel = (names: readonly string[]) => {
  const raw = names.map((name) => `${HOUR_SUMS[name]} AS ${name}`).join(", ");
  const requests = (from: number) =>
    `SELECT label, ${raw} FROM requests WHERE time >= $${from} AND time < $${from + 1} GROUP BY label`;
  return `SELECT label, ${names.map((name) => `sum(${name}) AS ${name}`).join(", ")} FROM (
    SELECT label, ${names.join(", ")} FROM hours WHERE hour >= $1 AND hour < $2
    UNION ALL ${requests(3)} UNION ALL ${requests(5)}
  ) pieces GROUP BY label`;
};

/** Whether hours can be added up to these slots: time zones that begin between hours cannot. */
export const areOfHours = (slots: readonly Slot[]): boolean =>
  slots.slice(1).every(({ from }) => from % HOUR === 0);

/**
 * The sums of adjoining slots by label, and the milliseconds to every first output. `slot` counts from 1.
 * @param slots one, or several that {@link areOfHours}
 */
export function sumsByLabel(slots: readonly Slot[]): Statement {
  const whole = { from: slots[0]!.from, to: slots.at(-1)!.to };
  const slotOf = (time: string) => slots.length === 1 ? "1" : `width_bucket(${time}, $7::bigint[])`;
  const requests = (from: number) =>
    `SELECT ${slotOf("time")} AS slot, label, ${RAW}, ${FIRST_TOKENS}
      FROM requests WHERE time >= $${from} AND time < $${from + 1} GROUP BY 1, 2`;
  return {
    text: `SELECT sums.*, l.route, l.model, l.provider, l.client, l.kind, l.client_key AS key FROM (
      SELECT slot, label, ${NAMES.map((name) => `sum(${name}) AS ${name}`).join(", ")},
        string_agg(first_tokens, ',') AS first_tokens
      FROM (
        SELECT ${slotOf("hour")} AS slot, label, ${NAMES.map((name) => `sum(${name}) AS ${name}`).join(", ")},
          string_agg(nullif(array_to_string(first_tokens, ','), ''), ',') AS first_tokens
        FROM hours WHERE hour >= $1 AND hour < $2 GROUP BY 1, 2
        UNION ALL ${requests(3)} UNION ALL ${requests(5)}
      ) pieces GROUP BY slot, label
    ) sums JOIN labels l USING (label) WHERE l.operation = 'generate' ORDER BY slot, label`,
    values: [...cut(whole), ...(slots.length === 1 ? [] : [slots.map(({ from }) => from)])],
    query_timeout: REPORT_PATIENCE_MS,
  };
}

/** The sums of a time by a column of the requests. A request of a rule's cell counts for each of the cell's rules. */
export const sumsBy = (column: "session" | "rules", { from, to }: Slot): Statement => ({
  text: `SELECT ${RAW}, ${FIRST_TOKENS}, ${column} AS ${column === "rules" ? "rule" : column}
    FROM requests WHERE time >= $1 AND time < $2 ${column === "rules" ? "AND rules IS NOT NULL" : ""}
    AND label IN (SELECT label FROM labels WHERE operation = 'generate') GROUP BY ${column}`,
  values: [from, to],
  query_timeout: REPORT_PATIENCE_MS,
});

/** Every try of the other requests, by target and failure. */
export const troubledTries = ({ from, to }: Slot): Statement => ({
  text: `SELECT a->>'provider' AS provider, a->>'model' AS model, a->>'failure' AS failure, count(*) AS tries
    FROM requests r JOIN labels l USING (label), jsonb_array_elements(r.attempts::jsonb) a
    WHERE l.operation = 'generate' AND r.time >= $1 AND r.time < $2 AND (r.failed = 1 OR r.fallback = 1)
    AND jsonb_typeof(a) = 'object' GROUP BY 1, 2, 3`,
  values: [from, to],
  query_timeout: REPORT_PATIENCE_MS,
});

/** When the first and the last request of a time arrived; nulls where there is none. */
export function span(slot: Slot): Statement {
  const generated = "JOIN labels USING (label) WHERE operation = 'generate' AND";
  const hour = (order: string) =>
    `SELECT hour FROM hours ${generated} hour >= $1 AND hour < $2 ORDER BY hour ${order} LIMIT 1`;
  const edge = (of: string, from: string, to: string) =>
    `(SELECT ${of}(time) FROM requests ${generated} time >= ${from} AND time < ${to})`;
  return {
    text: `WITH begins AS MATERIALIZED (${hour("ASC")}), ends AS MATERIALIZED (${hour("DESC")})
      SELECT coalesce(${edge("min", "$3", "$4")},
          ${edge("min", "(SELECT hour FROM begins)", `(SELECT hour + ${HOUR} FROM begins)`)},
          ${edge("min", "$5", "$6")}) AS first,
        coalesce(${edge("max", "$5", "$6")},
          ${edge("max", "(SELECT hour FROM ends)", `(SELECT hour + ${HOUR} FROM ends)`)},
          ${edge("max", "$3", "$4")}) AS last`,
    values: cut(slot),
    query_timeout: REPORT_PATIENCE_MS,
  };
}

/** Billionths of a dollar since a moment. */
export function spentSince(since: number, { route, client, keys }: SpentFilter = {}): Statement {
  return {
    text: `WITH sums AS (${byLabel(["cost"])})
      SELECT coalesce(sum(cost), 0) AS cost FROM sums JOIN labels l USING (label)
      WHERE ($7::text IS NULL OR route = $7) AND ($8::text IS NULL OR client = $8)
      AND ($9::text[] IS NULL OR client_key = ANY ($9))`,
    values: [
      ...cut({ from: since, to: Number.MAX_SAFE_INTEGER }),
      storable(route ?? null),
      storable(client ?? null),
      keys?.map(storable) ?? null,
    ],
    query_timeout: REPORT_PATIENCE_MS,
  };
}

const COLUMNS = [
  "r.seq",
  ...LABEL_COLUMNS.map((name) => `l.${name}`),
  ...REQUEST_COLUMNS.map((name) => `r.${name}`),
].join(", ");

const TEXTS =
  "concat_ws(' ', l.route, l.kind, l.provider, l.model, l.client, r.status, r.failure, r.model_asked)";

/** The newest requests of a query, or those after one. */
export function recent(query: RecentQuery): Statement {
  const { limit = 50, after } = query;
  const { where, values } = selection(query, `(${TEXTS} ILIKE ? OR r.why ILIKE ?)`);
  let next = 0;
  return {
    text: `SELECT ${COLUMNS} FROM requests r JOIN labels l USING (label)
      ${where.replaceAll("?", () => `$${++next}`)}
      ORDER BY r.seq ${after === undefined ? "DESC" : "ASC"} LIMIT ${Math.max(0, Math.trunc(limit))}`,
    values: values.map(storable),
    query_timeout: REPORT_PATIENCE_MS,
  };
}

/** The first and the last row's `seq`; nulls where there is none. */
export const ends: Statement = { text: "SELECT min(seq) AS oldest, max(seq) AS newest FROM requests" };
