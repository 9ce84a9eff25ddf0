/** Cuts marked spans out of a text, in time linear in its length whatever it holds. */
import type { Span } from "../../clients/agent.ts";

/** How a needle is looked for; tests pass one that counts the characters it reads. */
export type Find = (text: string, needle: string, from: number) => number;

const indexOf: Find = (text, needle, from) => text.indexOf(needle, from);

/** Openings without an end, after which nothing more is cut: no agent writes so many. */
const MOST_UNCLOSED = 2000;

/**
 * A cutter for these spans, which all begin with "<". Spans of one kind may nest. What opens and never closes stays: it
 * is the user writing of a tag; where some of its closings are missing, the cut ends at the last one there is.
 */
export function spanCutter(spans: readonly Span[]): (text: string, find?: Find) => string {
  // By the character after "<": most of a program's "<" are dismissed by one look.
  const byLetter = new Map<number, Span[]>();
  for (const span of spans) {
    const letter = span.open.charCodeAt(1);
    const group = byLetter.get(letter);
    if (group) group.push(span);
    else byLetter.set(letter, [span]);
  }

  return (text, find = indexOf) => {
    let at = find(text, "<", 0);
    if (at < 0) return text;
    let kept = "";
    let from = 0;
    const neverCloses = new Set<Span>();
    let unclosed = 0;
    while (at >= 0 && unclosed < MOST_UNCLOSED) {
      const span = byLetter.get(text.charCodeAt(at + 1))?.find((s) => opensAt(text, s, at));
      const end = span && !neverCloses.has(span) ? endOf(text, span, at, find) : -1;
      if (end >= 0) {
        kept += text.slice(from, at);
        from = end;
        at = find(text, "<", end);
      } else {
        if (span) {
          neverCloses.add(span);
          unclosed++;
        }
        at = find(text, "<", at + 1);
      }
    }
    return from === 0 ? text : kept + text.slice(from);
  };
}

/** Whether a span opens here; a tag's name must end where the span's does. */
export function opensAt(text: string, { open, isElement }: Span, at: number): boolean {
  if (!text.startsWith(open, at)) return false;
  const next = text.charCodeAt(at + open.length);
  return isElement !== true || next === 0x3e || next <= 0x20; // ">", white space
}

/** Where the span that opens at `start` has ended, its nested ones included; -1: it never closes. */
function endOf(text: string, span: Span, start: number, find: Find): number {
  let depth = 1;
  let end = -1;
  let opening = find(text, span.open, start + span.open.length);
  let closing = find(text, span.close, start + span.open.length);
  while (closing >= 0) {
    if (opening >= 0 && opening < closing) {
      if (opensAt(text, span, opening)) depth++;
      opening = find(text, span.open, opening + span.open.length);
    } else {
      depth--;
      end = closing + span.close.length;
      if (depth === 0) return end;
      closing = find(text, span.close, end);
    }
  }
  return end;
}
