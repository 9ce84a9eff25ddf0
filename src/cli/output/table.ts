/** Plain aligned columns: for eyes on a terminal, for `awk` in a pipe. */
import type { Style } from "./style.ts";
import { visible } from "../../text/visible.ts";
import { cut, widthOf, wrap } from "../../text/width.ts";

export interface Column {
  readonly title: string;
  readonly align?: "right";
  /** Is cut when the terminal is too narrow. @default false */
  readonly shrinks?: boolean;
  /** Is dropped when the terminal is too narrow, the rightmost such column first. @default false */
  readonly optional?: boolean;
}

type Paint = (text: string) => string;
/** A cell's text, or one with its colour. */
export type Cell = string | { readonly text: string; readonly paint: Paint };

export interface Row {
  /** In the columns' order; missing ones are empty. */
  readonly cells: readonly Cell[];
  /** A separate line above the cells. */
  readonly above?: string;
  /** Lines below the cells, wrapped: the reasons. */
  readonly notes?: readonly string[];
  /** The column under which the notes start. @default 0, a little to the right */
  readonly notesUnder?: number;
}

/** A table whose columns are laid out; each text has its lines ended. */
export interface Table {
  readonly head: string;
  row(row: Row): string;
}

const GAP = "  ";
/** Columns are not cut below this. */
const LEAST = 8;
/** Below this width, notes start at the left. */
const NARROW = 60;

/**
 * Lays columns out for rows like these.
 * @param width columns of the terminal; undefined: nothing is cut or wrapped
 */
export function layout(
  columns: readonly Column[],
  rows: readonly Row[],
  style: Style,
  width?: number,
): Table {
  const widths = widthsOf(columns, rows, width);
  const shown = [...columns.keys()].filter((index) => widths[index] !== undefined);
  const line = (cells: readonly Cell[], paintAll?: Paint) =>
    shown.map((index) => {
      const { align } = columns[index]!;
      const room = widths[index]!;
      const cell = cells[index] ?? "";
      const text = cut(textOf(cell), room);
      const space = " ".repeat(Math.max(0, room - widthOf(text)));
      const paint = paintAll ?? (typeof cell === "string" ? undefined : cell.paint);
      const painted = paint === undefined || text === "" ? text : paint(text);
      return align === "right" ? space + painted : painted + space;
    }).join(GAP).trimEnd() + "\n";
  return {
    head: line(columns.map(({ title }) => title), style.dim),
    row({ above, cells, notes, notesUnder = 0 }) {
      const left = widths.slice(0, notesUnder).reduce<number>((sum, one) => sum + (one ?? 0) + GAP.length, 0);
      const indent = width !== undefined && width < NARROW ? GAP.length : left + GAP.length;
      const top = above === undefined
        ? ""
        : style.bold(width === undefined ? visible(above) : cut(visible(above), width)) + "\n";
      const reasons = (notes ?? []).flatMap((note) =>
        wrap(visible(note), width === undefined ? undefined : width - indent)
      );
      return top + line(cells) + reasons.map((part) => `${" ".repeat(indent)}${style.dim(part)}\n`).join("");
    },
  };
}

/** A whole table as text. */
export function table(
  columns: readonly Column[],
  rows: readonly Row[],
  style: Style,
  width?: number,
): string {
  const { head, row } = layout(columns, rows, style, width);
  return head + rows.map(row).join("");
}

/** On one line, whatever it is. */
const textOf = (cell: Cell | undefined): string => visible(typeof cell === "object" ? cell.text : cell ?? "");

/**
 * Each column as wide as its widest cell; where that is too wide, optional columns are dropped (undefined) until the
 * rest can fit, and those that shrink give up what is left over, the widest first.
 */
function widthsOf(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number | undefined,
): (number | undefined)[] {
  const widths: (number | undefined)[] = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...rows.map(({ cells }) => widthOf(textOf(cells[index]))))
  );
  if (width === undefined) return widths;
  const total = (least: boolean): number =>
    widths.reduce<number>((sum, one, index) => {
      if (one === undefined) return sum;
      return sum + GAP.length + (least && columns[index]!.shrinks === true ? Math.min(one, LEAST) : one);
    }, -GAP.length);
  for (let index = columns.length - 1; index >= 0 && total(true) > width; index--) {
    if (columns[index]!.optional === true) widths[index] = undefined;
  }
  const shrinking = [...columns.keys()].filter((index) =>
    columns[index]!.shrinks === true && widths[index] !== undefined
  );
  let over = total(false) - width;
  for (; over > 0 && shrinking.length > 0; over--) {
    const widest = shrinking.reduce((a, b) => widths[b]! > widths[a]! ? b : a);
    if (widths[widest]! <= LEAST) break;
    widths[widest] = widths[widest]! - 1;
  }
  return widths;
}
