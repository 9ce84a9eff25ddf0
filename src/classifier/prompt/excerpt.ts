/** The part of a very long prompt that is read. Pure. */

/** Characters at the beginning and at the end: people ask before or after what they paste. */
const HEAD = 1600;
const TAIL = 900;

/**
 * The beginning and the end of a long prompt; a short one as it is. A code fence that is open where the beginning ends is
 * closed again where it really is, or cut to the end.
 */
export function excerpt(prompt: string): string {
  if (prompt.length <= HEAD + TAIL + 500) return prompt;
  const head = prompt.slice(0, lineEnd(prompt, HEAD));
  let tailAt = prompt.indexOf("\n", prompt.length - TAIL);
  if (tailAt < 0) tailAt = prompt.length - TAIL;
  const fence = openFence(prompt, tailAt);
  return `${head}\n\n${fence}${prompt.slice(tailAt)}`;
}

function lineEnd(text: string, at: number): number {
  const end = text.lastIndexOf("\n", at);
  return end > at / 2 ? end : at;
}

/** Characters up to which fences are followed; beyond, none is taken for open. */
const FARTHEST = 500_000;

/** The line that opens the fence in which position `end` lies, or nothing. What the head leaves open is closed first. */
function openFence(text: string, end: number): string {
  let open = "";
  let openAtHead = "";
  const headEnd = lineEnd(text, HEAD);
  const read = text.slice(0, end <= FARTHEST ? end : headEnd);
  for (const mark of ["```", "~~~"]) {
    let at = read.startsWith(mark) ? 0 : read.indexOf(`\n${mark}`);
    let inside = false;
    let insideAtHead = false;
    while (at >= 0) {
      inside = !inside;
      if (at < headEnd) insideAtHead = inside;
      at = read.indexOf(`\n${mark}`, at + mark.length);
    }
    if (inside && end <= FARTHEST) open = mark;
    if (insideAtHead) openAtHead = mark;
  }
  return `${openAtHead === "" ? "" : `${openAtHead}\n`}${open === "" ? "" : `${open}\n`}`;
}
