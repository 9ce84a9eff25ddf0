/** How many columns a text takes on a terminal, and fitting it into fewer. */

/** Characters that take two columns: East Asian ones and emoji (https://www.unicode.org/reports/tr11/). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** A variation selector that asks for an emoji, and the letters of which flags are made. */
const EMOJI = /[\ufe0f\u{1f1e6}-\u{1f1ff}]/u;
/** Characters that take none: combining marks, joiners, variation selectors. */
const NONE = /^[\p{Mn}\p{Me}\u200b-\u200f\ufe00-\ufe0f]+$/u;
const PLAIN = /^[\x20-\x7e]*$/;

/** What joins several code points into one character: joiners, selectors, skin tones, letters of flags. */
const JOINED = /[\u200d\ufe0f\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}]/u;

/** What people see as characters: a family of emoji is one, though it has seven code points. */
function characters(text: string): string[] {
  if (!JOINED.test(text)) return [...text];
  // Made here: loading the rules takes longer than everything else that a short command does.
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

const charWidth = (char: string): number => WIDE.test(char) || EMOJI.test(char) ? 2 : NONE.test(char) ? 0 : 1;

/** Columns that a text without colour takes. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return characters(text).reduce((width, char) => width + charWidth(char), 0);
}

/** A text of at most `width` columns; what is cut off shows as `…`. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  let used = 1;
  for (const char of characters(text)) {
    used += charWidth(char);
    if (used > width) break;
    kept += char;
  }
  return `${kept.trimEnd()}…`;
}

/**
 * A text in lines of at most `width` columns, broken between words; a longer word is broken itself.
 * @param width undefined: the text is one line
 */
export function wrap(text: string, width: number | undefined): string[] {
  if (width === undefined || widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((one) => pieces(one, width))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  return lines;
}

/** A word in pieces of at most `width` columns. */
function pieces(word: string, width: number): string[] {
  if (width < 8 || widthOf(word) <= width) return [word];
  const found: string[] = [""];
  let used = 0;
  for (const char of characters(word)) {
    used += charWidth(char);
    if (used > width) {
      found.push("");
      used = charWidth(char);
    }
    found[found.length - 1] += char;
  }
  return found;
}

/** Wrapped lines, those after the first two columns further right. */
export function hanging(text: string, width: number | undefined, indent = 0): string[] {
  return wrap(text, width === undefined ? undefined : width - indent - 2).map((line, index) =>
    `${" ".repeat(index === 0 ? indent : indent + 2)}${line}`
  );
}
