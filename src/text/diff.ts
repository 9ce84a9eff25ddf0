/** The difference of two texts, as lines. */

export interface DiffLine {
  readonly mark: " " | "+" | "-";
  readonly text: string;
}

/** Lines of the same text that are shown around a change. */
const CONTEXT = 2;

/** What changes, with some lines around it; undefined in between: lines that are not shown. Texts of configuration files: short. */
export function diff(before: string, after: string): readonly (DiffLine | undefined)[] {
  const old = linesIn(before);
  const now = linesIn(after);
  const all = merged(old, now);
  const near = all.map((_, index) =>
    all.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ mark }) => mark !== " ")
  );
  return all.flatMap((line, index): (DiffLine | undefined)[] => {
    if (near[index]) return [line];
    return near[index - 1] === true && near.indexOf(true, index) !== -1 ? [undefined] : [];
  });
}

const linesIn = (text: string): string[] => text === "" ? [] : text.replace(/\n$/, "").split("\n");

/** Both texts in one list, by their longest common subsequence (https://en.wikipedia.org/wiki/Longest_common_subsequence). */
function merged(old: readonly string[], now: readonly string[]): DiffLine[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      lengths[i]![j] = old[i] === now[j]
        ? lengths[i + 1]![j + 1]! + 1
        : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ mark: " ", text: old[i]! });
      i++;
      j++;
    } else if (i < old.length && (j === now.length || lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      lines.push({ mark: "-", text: old[i++]! });
    } else lines.push({ mark: "+", text: now[j++]! });
  }
  return lines;
}
