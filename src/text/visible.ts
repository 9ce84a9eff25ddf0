/** Text from clients, providers and lists, made safe to show: nothing in it moves a cursor, begins a line or turns the reading direction. */

/**
 * Control characters (https://www.unicode.org/charts/PDF/U0000.pdf, U0080.pdf), the line and paragraph separators, and the
 * marks that turn the direction of text (https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters).
 */
// deno-lint-ignore no-control-regex -- these are the characters
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The escape that JSON has for a character, so that JSON stays what it is. */
const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A text on one line, with an escape for each character that a terminal would obey: `\n`, `\u001b`. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (unit) => SHORT[unit] ?? escaped(unit));
}

/** The colours of this program: bold, faint, italic, underlined, seven colours, bright ones, and their ends. */
// deno-lint-ignore no-control-regex -- a colour begins with one
const COLOUR = /\x1b\[(?:[0-4]|2[2-4]|3[1-79]|9[0-7])m/y;

/**
 * A whole output, with an escape for each character that a terminal would obey, but line ends and tabs.
 * @param colours the program's own colours pass
 */
export function shown(output: string, colours: boolean): string {
  let end = 0;
  return output.replace(UNSAFE, (unit, at: number) => {
    if (unit === "\n" || unit === "\t" || at < end) return unit;
    if (unit === "\r" && output[at + 1] === "\n") return unit;
    if (unit === "\x1b" && colours) {
      COLOUR.lastIndex = at;
      const length = COLOUR.exec(output)?.[0].length ?? 0;
      end = at + length;
      if (length > 0) return unit;
    }
    return escaped(unit);
  });
}
