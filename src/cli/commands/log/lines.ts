/** Requests as lines of aligned columns, each with its reasons below or, in a pipe, at its end. */
import type { LoggedRequest } from "../../../ledger/row.ts";
import { localDate, localTime } from "../../../text/amounts.ts";
import type { Out } from "../../io.ts";
import { type Style, styleOf } from "../../output/style.ts";
import { type Cell, type Column, layout, type Row } from "../../output/table.ts";
import { widthOf } from "../../../text/width.ts";
import {
  clientOf,
  costOf,
  reasonsOf,
  routeOf,
  sizeOf,
  statusOf,
  targetOf,
  timeOf,
  tokensOf,
} from "./cells.ts";

interface LogColumn extends Column {
  readonly cell: (request: LoggedRequest, style: Style) => Cell;
  /** What it has room for from the start. */
  readonly room: string;
}

/** Columns of a terminal from which everything but the reasons stands in one line. */
const WIDE = 120;

const TIME: LogColumn = { title: "Time", cell: ({ time }) => localTime(time), room: "21:09:14" };
const ROUTE: LogColumn = { title: "Route", cell: routeOf, room: "background" };
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
/** A pipe gets whole moments and a line a request; nothing is cut. */
const PIPE_COLUMNS: readonly LogColumn[] = [
  { ...TIME, cell: ({ time }) => `${localDate(time)}T${localTime(time)}`, room: "2026-11-22T21:09:14" },
  ...WIDE_COLUMNS.slice(1),
  { title: "Why", cell: (request) => reasonsOf(request).join("; "), room: "" },
];

/** Makes lines of requests as they come; columns keep their places and only ever get wider. */
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

  /** The lines of some requests, each ended; the head before the first. */
  of(requests: readonly LoggedRequest[]): string {
    const rows = requests.map((request) => this.#row(request));
    for (const { cells } of rows) {
      this.#rooms.forEach((room, index) => {
        // The last column of a pipe has no end, and needs no room.
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
    return { ...above, cells, notes: note === "" ? [] : [note], notesUnder: 1 };
  }
}

const textOf = (cell: Cell | undefined): string => typeof cell === "object" ? cell.text : cell ?? "";
