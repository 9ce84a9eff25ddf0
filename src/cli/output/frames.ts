/** Text that is drawn over itself on a terminal. */
import { stripVTControlCharacters } from "node:util";
import type { Out } from "../io.ts";
import { widthOf } from "../../text/width.ts";

/** Control sequences of every terminal of today: https://www.xfree86.org/current/ctlseqs.html */
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const CLEAR_BELOW = "\x1b[J";
const up = (lines: number): string => lines > 0 ? `\x1b[${lines}A\r` : "\r";

/** Draws each frame in place of the last one; without a terminal one after the other, an empty line between. */
export class Frames {
  readonly #out: Out;
  /** Lines of the screen that the last frame took. */
  #height = 0;
  #begun = false;

  constructor(out: Out) {
    this.#out = out;
  }

  /** @param text lines, each ended */
  draw(text: string): void {
    const first = !this.#begun;
    this.#begun = true;
    if (!this.#out.isTTY) {
      this.#out.write(first ? text : `\n${text}`);
      return;
    }
    // In one piece, so that nothing half drawn is seen. Lines beyond the screen could not be drawn over.
    const { rows } = this.#out;
    const all = text.split("\n").slice(0, -1);
    const lines = rows === undefined || all.length < rows
      ? all
      : [...all.slice(0, Math.max(0, rows - 2)), "…"];
    this.#out.write(
      lines.map((line) => `${line}\n`).join(""),
      `${first ? HIDE_CURSOR : up(this.#height)}${CLEAR_BELOW}`,
    );
    this.#height = lines.reduce((sum, line) => sum + this.#linesOf(line), 0);
  }

  /** Lines of the screen that a line takes: a long one continues in the next. */
  #linesOf(line: string): number {
    const { columns } = this.#out;
    return columns === undefined
      ? 1
      : Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / columns));
  }

  /** Gives the cursor back below the last frame. */
  end(): void {
    if (this.#begun && this.#out.isTTY) this.#out.write("", SHOW_CURSOR);
  }
}
