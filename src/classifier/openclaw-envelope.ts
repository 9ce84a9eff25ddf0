/** Takes a message out of what OpenClaw wraps around it: times, senders, session line, and the wrapper of a retry. */
import { OPENCLAW } from "./injected.ts";

/**
 * The words alone.
 *
 * @param certain the client is known to be OpenClaw; else a text without its unmistakable first line stays as it is.
 */
export function unwrapOpenClaw(text: string, certain: boolean): string {
  const wasQueued = text.startsWith(OPENCLAW.queued);
  if (!certain && !wasQueued && timeLength(text) === 0) return text;
  let words = text;
  for (let before = ""; before !== words;) {
    before = words;
    words = withoutFirstLine(words.slice(timeLength(words)).trimStart());
  }
  for (const trailer of OPENCLAW.trailers) words = upTo(words, words.lastIndexOf(trailer));
  const retried = words.lastIndexOf(OPENCLAW.retry);
  words = withoutRuntimeLine(upTo(words, retried));
  // A queued message that was not retried stands before the one that the user sent since.
  return wasQueued && retried < 0 ? newest(words) : words.trim();
}

/** How much of the text's beginning is a time prefix. */
function timeLength(text: string): number {
  return text.startsWith("[") ? OPENCLAW.time.exec(text.slice(0, OPENCLAW.timeWithin))?.[0].length ?? 0 : 0;
}

/** Without the first line, or the heading with its fenced block, that is OpenClaw's own. */
function withoutFirstLine(text: string): string {
  if (text.startsWith(OPENCLAW.queued)) return text.slice(text.indexOf("]") + 1).trimStart();
  const heading = OPENCLAW.headings.find((start) => text.startsWith(start));
  if (heading !== undefined) {
    const end = text.indexOf("\n", heading.length);
    return end < 0 ? "" : text.slice(end).trimStart();
  }
  const line = text.slice(0, 200).indexOf("\n");
  if (line < 0 || !OPENCLAW.metadata.some((end) => text.slice(0, line).trimEnd().endsWith(end))) return text;
  const fence = text.startsWith("```", line + 1) ? text.indexOf("\n```", line + 4) : -1;
  return fence < 0 ? text : text.slice(fence + 4).trimStart();
}

/** Without the line `Runtime: agent=… | session=…`, and with what stands behind it. */
function withoutRuntimeLine(text: string): string {
  const start = text.lastIndexOf(OPENCLAW.runtime);
  if (start < 0) return text;
  const end = text.indexOf("\n", start + OPENCLAW.runtime.length);
  return end < 0 ? text.slice(0, start) : text.slice(0, start) + text.slice(end);
}

/** The last of several messages in one text. */
function newest(text: string): string {
  let at = 0;
  for (const match of text.matchAll(OPENCLAW.nextTime)) at = match.index;
  const words = text.slice(at).trim();
  return words.slice(timeLength(words)).trimStart();
}

function upTo(text: string, end: number): string {
  return end < 0 ? text : text.slice(0, end);
}
