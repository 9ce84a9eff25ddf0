/** JSON whose texts are whole characters. */

/** Escapes: a whole pair of surrogates, one without the other, or any other. */
const ESCAPES = /\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|\\u(d[89a-f][0-9a-f]{2})|\\./gis;

/**
 * A JSON text with U+FFFD for each half of a pair that has lost the other one. A tool that cuts its output in the middle of a
 * character leaves such halves, which JavaScript writes as escapes and strict parsers refuse
 * (https://www.rfc-editor.org/rfc/rfc8259#section-8.2, https://github.com/anthropics/claude-code/issues/3277).
 */
export function wellFormedJson(text: string): string {
  return text.replace(
    ESCAPES,
    (escape, _high, _low, alone?: string) => alone === undefined ? escape : "\\ufffd",
  );
}
