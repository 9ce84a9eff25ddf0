/** Requests as lines of aligned columns, each with its reasons below or, in a pipe, at its end. */
import { visible } from "../../../text/visible.ts";
import type { LoggedRequest } from "../../../ledger/row.ts";
import { duration, localDate, localTime, money, tokenCount } from "../../../text/format.ts";
import type { Out } from "../../io.ts";
import { type Style, styleOf } from "../../output/style.ts";
import { type Cell, type Column, layout, type Row } from "../../output/table.ts";
import { widthOf } from "../../../text/width.ts";
import type { AttemptRecord } from "../../../model/request-end.ts";

/** The route; a request that only counts tokens has none. */
export function routeOf({ operation, route }: LoggedRequest, { dim }: Style): Cell {
  return operation === "count_tokens" ? { text: "count tokens", paint: dim } : route;
}

/** The target that answered: red for a failure, yellow where the client cancelled. */
export function targetOf(request: LoggedRequest, style: Style): Cell {
  const { provider, model, cancelled, failed } = request;
  const text = provider !== null && model !== null ? `${provider},${model}` : nobody(request);
  return failed
    ? { text, paint: style.red }
    : cancelled
    ? { text, paint: style.yellow }
    : provider === null
    ? { text, paint: style.dim }
    : text;
}

function nobody({ status, failure, failed, cancelled }: LoggedRequest): string {
  if (failed) return `failed: ${status}${failure === null ? "" : ` ${words(failure)}`}`;
  return cancelled ? "cancelled before an answer" : "the proxy itself";
}

/** The HTTP status, or that the client cancelled. */
export function statusOf({ status, failed, cancelled }: LoggedRequest, { red, yellow }: Style): Cell {
  if (cancelled) return { text: "cancelled", paint: yellow };
  return failed ? { text: String(status), paint: red } : String(status);
}

/** Input and output: `12.3k+1.2k`; estimated ones with a tilde. */
export function tokensOf({ tokens, estimated }: LoggedRequest): string {
  return tokens === null
    ? ""
    : `${estimated ? "~" : ""}${tokenCount(inputOf(tokens))}+${tokenCount(tokens.output)}`;
}

const inputOf = ({ input, cache_read, cache_write }: NonNullable<LoggedRequest["tokens"]>): number =>
  input + cache_read + cache_write;

/** Dollars. */
export function costOf({ cost_usd: cost }: LoggedRequest, { dim }: Style): Cell {
  return cost === null ? { text: "unknown", paint: dim } : money(cost);
}

/** How long it took. */
export const timeOf = ({ duration_ms }: LoggedRequest): string => duration(duration_ms);

/** The client. */
const clientOf = ({ client }: LoggedRequest): string => client;

/** Client, tokens and time in words, for tables without columns for them. */
export function sizeOf(request: LoggedRequest): string {
  const { tokens, estimated, cancelled, client, failed, provider, status } = request;
  return [
    client,
    ...tokens === null
      ? []
      : [`${estimated ? "about " : ""}${tokenCount(inputOf(tokens))} in, ${tokenCount(tokens.output)} out`],
    ...cancelled ? ["cancelled"] : failed && provider !== null ? [`answered ${status}`] : [],
    duration(request.duration_ms),
  ].join(", ");
}

/** Why it was routed so, then the attempts that failed, then how it failed. */
export function reasonsOf({ why, attempts, failure, failed }: LoggedRequest): string[] {
  const passed = attempts.filter((one) => one.failure !== undefined).map(attemptText);
  const last = failed && failure !== null && passed.length === 0 ? [words(failure)] : [];
  return [...why, ...passed, ...last];
}

function attemptText({ provider, model, status, failure, message }: AttemptRecord): string {
  const what = words(String(failure));
  const answered = status === undefined ? what : `${status} ${what}`;
  return `${provider},${model}: ${
    message === undefined || message === "" ? answered : `${answered} (${message})`
  }`;
}

const words = (name: string): string => name.replaceAll("_", " ");

interface LogColumn extends Column {
  readonly cell: (request: LoggedRequest, style: Style) => Cell;
  /** A text that it has room for from the start. */
  readonly room: string;
}

/** From this many columns on, everything but the reasons is in one line. */
const WIDE = 120;

const TIME: LogColumn = { title: "Time", cell: ({ time }) => localTime(time), room: "21:09:14" };
const ROUTE: LogColumn = { title: "Route", cell: routeOf, room: "background", shrinks: true };
const TARGET: LogColumn = {
  title: "Answered by",
  cell: targetOf,
  room: "groq,llama-3.1-8b-instant",
  shrinks: true,
};
const COST: LogColumn = { title: "Cost", cell: costOf, room: "$0.0123", align: "right" };

const NARROW_COLUMNS: readonly LogColumn[] = [TIME, ROUTE, TARGET, COST];
const WIDE_COLUMNS: readonly LogColumn[] = [
  TIME,
  ROUTE,
  TARGET,
  { title: "Status", cell: statusOf, room: "200", align: "right" },
  { title: "Tokens", cell: tokensOf, room: "12.3k+1.2k", align: "right" },
  COST,
  { title: "Took", cell: timeOf, room: "12.3 s", align: "right" },
  { title: "Client", cell: clientOf, room: "claude-code" },
];
/** In a pipe: full dates, one line a request, nothing cut. */
const PIPE_COLUMNS: readonly LogColumn[] = [
  { ...TIME, cell: ({ time }) => `${localDate(time)}T${localTime(time)}`, room: "2026-11-22T21:09:14" },
  ...WIDE_COLUMNS.slice(1),
  { title: "Request", cell: ({ id }) => id, room: "req_0123456789abcdef01234567" },
  { title: "Why", cell: (request) => reasonsOf(request).join("; "), room: "" },
];

/** Makes lines of requests as they come; columns only ever get wider. */
export class Lines {
  readonly #style: Style;
  readonly #width: number | undefined;
  readonly #columns: readonly LogColumn[];
  /** The widest text of each column so far. */
  readonly #rooms: string[];
  #day: string;
  #begun = false;

  /** @param now epoch milliseconds: lines of the same day carry no date */
  constructor(out: Out, now: number) {
    this.#style = styleOf(out);
    this.#width = out.columns;
    this.#columns = this.#width === undefined
      ? PIPE_COLUMNS
      : this.#width >= WIDE
      ? WIDE_COLUMNS
      : NARROW_COLUMNS;
    this.#rooms = this.#columns.map(({ room }) => room);
    this.#day = localDate(now);
  }

  /** The lines of some requests; the head comes before the first. */
  of(requests: readonly LoggedRequest[]): string {
    const rows = requests.map((request) => this.#row(request));
    for (const { cells } of rows) {
      this.#rooms.forEach((room, index) => {
        // The last column of a pipe needs no room.
        if (this.#columns[index]?.title === "Why") return;
        const text = textOf(cells[index]);
        if (widthOf(text) > widthOf(room)) this.#rooms[index] = text;
      });
    }
    const all = [{ cells: this.#rooms }, ...rows];
    const { head, row } = layout(this.#columns, all, this.#style, this.#width);
    const lines = rows.map(row).join("");
    const begun = this.#begun;
    this.#begun = true;
    return begun ? lines : head + lines;
  }

  #row(request: LoggedRequest): Row {
    const cells = this.#columns.map(({ cell }) => cell(request, this.#style));
    if (this.#width === undefined) return { cells };
    const day = localDate(request.time);
    const above = day === this.#day ? {} : { above: day };
    this.#day = day;
    const reasons = reasonsOf(request).join("; ");
    const note = this.#columns === NARROW_COLUMNS ? `${sizeOf(request)}: ${reasons}` : reasons;
    // The id is what `prefer` asks for.
    return { ...above, cells, notes: [`${note} (${request.id})`.trimStart()], notesUnder: 1 };
  }
}

const textOf = (cell: Cell | undefined): string => visible(typeof cell === "object" ? cell.text : cell ?? "");
