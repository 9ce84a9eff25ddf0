/** A request as a row of the ledger, and a row as data for people and programs. */
import type { AttemptRecord, RequestEnd } from "../model/request-end.ts";
import type { LedgerRow } from "./schema.ts";

/** Strings that a client chooses are cut to so many characters: nobody fills the disk with a model's name. */
const LONGEST_TEXT = 200;
/** Characters of the message of one failed attempt, and of a list as JSON. */
const LONGEST_MESSAGE = 400;
const LONGEST_JSON = 8000;

/** One request as reports, the log and the dashboard see it. Dollars, milliseconds; null: not known or absent. */
export interface LoggedRequest {
  /** The order of writing; undefined: not written yet. */
  readonly seq?: number;
  readonly id: string;
  /** Epoch milliseconds of its arrival. */
  readonly time: number;
  readonly client: string;
  readonly client_key: string | null;
  readonly session: string | null;
  readonly client_dialect: string;
  readonly operation: string;
  readonly stream: boolean;
  readonly model_asked: string;
  readonly kind: string;
  readonly route: string;
  readonly why: readonly string[];
  /** The names of the user's rules that matched and counted, in order. */
  readonly rules: readonly string[];
  /** The target that answered. */
  readonly provider: string | null;
  readonly model: string | null;
  readonly provider_dialect: string | null;
  readonly attempts: readonly AttemptRecord[];
  readonly tokens: Tokens | null;
  /** The tokens are an estimate. */
  readonly estimated: boolean;
  readonly cost_usd: number | null;
  readonly baseline_usd: number | null;
  readonly saved_usd: number | null;
  /**
   * What `baseline_usd` comes from: the session, an estimate (the client named none), or the same tokens at the baseline's
   * price, as older programs had it; null: there was nothing to reckon.
   */
  readonly baseline_basis: "session" | "estimate" | "tokens" | null;
  /** What changes of model or key cost: a part of `cost_usd`. */
  readonly lost_by_switching_usd: number | null;
  /** A flat plan paid for it: it has no price. */
  readonly on_plan: boolean;
  /** What the provider reports that it charged; not part of any sum. */
  readonly reported_cost_usd: number | null;
  /** `provider,model` that the saving is measured against. */
  readonly baseline_model: string | null;
  readonly status: number;
  readonly failure: string | null;
  readonly failed: boolean;
  readonly cancelled: boolean;
  /** More than one target was tried. */
  readonly fallback: boolean;
  readonly first_token_ms: number | null;
  readonly duration_ms: number;
  /** Microseconds that the proxy itself took before the first attempt. */
  readonly overhead_us: number;
}

/** `input` is fresh input only; `reasoning` is part of `output`. */
export interface Tokens {
  readonly input: number;
  readonly cache_read: number;
  readonly cache_write: number;
  readonly output: number;
  readonly reasoning: number;
}

/** A request that is over, as the row that is written. Strings that a client chooses are cut. */
export function toRow(end: RequestEnd): LedgerRow {
  const { usage, costs } = end;
  const baseline = costs.baselineTarget;
  return {
    client: cut(end.client),
    client_key: cut(end.clientKey ?? ""),
    client_dialect: end.clientDialect,
    operation: end.operation,
    kind: cut(end.kind),
    route: cut(end.route),
    provider: cut(end.provider ?? ""),
    model: cut(end.model ?? ""),
    provider_dialect: end.providerDialect ?? "",
    baseline_model: baseline ? cut(`${baseline.provider},${baseline.model}`) : "",
    time: whole(end.time),
    id: cut(end.id),
    session: end.session === undefined ? null : cut(end.session),
    stream: flag(end.stream),
    model_asked: cut(end.modelAsked),
    why: json(end.why),
    attempts: json(end.attempts.map(shortened)),
    input: usage ? whole(usage.input) : null,
    cache_read: usage ? whole(usage.cacheRead) : null,
    cache_write: usage ? whole(usage.cacheWrite) : null,
    cache_write_1h: usage ? whole(usage.cacheWrite1h) : null,
    output: usage ? whole(usage.output) : null,
    reasoning: usage ? whole(usage.reasoning) : null,
    estimated: flag(costs.estimated),
    cost: nano(costs.cost),
    baseline: nano(costs.baseline),
    reported_cost: nano(usage?.cost),
    basis: costs.basis === undefined ? NOTHING_RECKONED : BASES.indexOf(costs.basis),
    lost: nano(costs.cost === undefined ? undefined : costs.lost ?? 0),
    on_plan: flag(costs.onPlan === true),
    status: whole(end.status),
    failure: end.failure ?? null,
    failed: flag(!end.cancelled && (end.failure !== undefined || end.status >= 400)),
    cancelled: flag(end.cancelled),
    fallback: flag(end.fellBack),
    first_token_ms: end.firstTokenMs === undefined ? null : whole(end.firstTokenMs),
    duration_ms: whole(end.durationMs),
    overhead_us: whole(end.overheadUs),
    rules: end.rules === undefined || end.rules.length === 0 ? null : json(end.rules.map(cut)),
  };
}

/** A request that is over, as it will be read from the ledger: the same cuts and the same rounding. */
export const logged = (end: RequestEnd): LoggedRequest => fromRow(toRow(end));

/** The columns of a row as the database gives them back; `seq` only where it was written. */
export type StoredRow = { readonly [Column in keyof LedgerRow]: unknown } & { readonly seq?: unknown };

/** A row as data for people and programs. A damaged or hand-edited cell never throws. */
export function fromRow(row: StoredRow): LoggedRequest {
  const cost = dollars(row.cost);
  const baseline = dollars(row.baseline);
  return {
    ...(row.seq === undefined ? {} : { seq: Number(row.seq) }),
    id: String(row.id),
    time: Number(row.time),
    client: String(row.client),
    client_key: text(row.client_key),
    session: text(row.session),
    client_dialect: String(row.client_dialect),
    operation: String(row.operation),
    stream: row.stream === 1,
    model_asked: String(row.model_asked),
    kind: String(row.kind),
    route: String(row.route),
    why: list<string>(row.why),
    rules: row.rules === null ? [] : namesIn(row.rules),
    provider: text(row.provider),
    model: text(row.model),
    provider_dialect: text(row.provider_dialect),
    attempts: list<AttemptRecord>(row.attempts),
    tokens: row.input === null ? null : {
      input: Number(row.input),
      cache_read: Number(row.cache_read),
      cache_write: Number(row.cache_write),
      output: Number(row.output),
      reasoning: Number(row.reasoning),
    },
    estimated: row.estimated === 1,
    cost_usd: cost,
    baseline_usd: baseline,
    saved_usd: cost === null || baseline === null
      ? null
      : (Number(row.baseline) - Number(row.cost)) / NANO_PER_DOLLAR,
    baseline_basis: BASES[Number(row.basis)] ?? null,
    lost_by_switching_usd: dollars(row.lost),
    on_plan: row.on_plan === 1,
    reported_cost_usd: dollars(row.reported_cost),
    baseline_model: text(row.baseline_model),
    status: Number(row.status),
    failure: text(row.failure),
    failed: row.failed === 1,
    cancelled: row.cancelled === 1,
    fallback: row.fallback === 1,
    first_token_ms: row.first_token_ms === null ? null : Number(row.first_token_ms),
    duration_ms: Number(row.duration_ms),
    overhead_us: Number(row.overhead_us),
  };
}

/** By the number in the column `basis`; any other number: nothing was reckoned. */
const BASES = ["tokens", "session", "estimate"] as const;
const NOTHING_RECKONED = BASES.length;

/** Money is stored in whole billionths of a dollar: sums of them are exact. */
export const NANO_PER_DOLLAR = 1e9;

function nano(dollars: number | undefined): number | null {
  return dollars === undefined || !Number.isFinite(dollars) ? null : safe(dollars * NANO_PER_DOLLAR);
}

function dollars(value: unknown): number | null {
  return value === null ? null : Number(value) / NANO_PER_DOLLAR;
}

function whole(value: number | undefined): number {
  return value === undefined || !Number.isFinite(value) ? 0 : safe(value);
}

/** A whole number that the database stores exactly. */
function safe(value: number): number {
  return Math.round(Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER));
}

const flag = (value: boolean): 0 | 1 => value ? 1 : 0;

const cut = (value: string): string => value.length > LONGEST_TEXT ? value.slice(0, LONGEST_TEXT) : value;

function shortened(attempt: AttemptRecord): AttemptRecord {
  const { message } = attempt;
  if (message === undefined || message.length <= LONGEST_MESSAGE) return attempt;
  return { ...attempt, message: `${message.slice(0, LONGEST_MESSAGE)}…` };
}

/** A list as JSON; entries at the end are dropped where it would be too long. */
function json(values: readonly unknown[]): string {
  let text = JSON.stringify(values);
  for (let kept = values.length; text.length > LONGEST_JSON && kept > 0;) {
    kept = Math.floor(kept / 2);
    text = JSON.stringify(values.slice(0, kept));
  }
  return text;
}

const text = (value: unknown): string | null => value === null || value === "" ? null : String(value);

/** The names in a cell of rules. */
export const namesIn = (cell: unknown): readonly string[] =>
  list<unknown>(cell).filter((name) => typeof name === "string");

/** A damaged or hand-edited cell is an empty list, not a failed report. */
function list<T>(value: unknown): readonly T[] {
  try {
    const parsed: unknown = JSON.parse(String(value));
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
