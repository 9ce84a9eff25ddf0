/** Finding names: by a pattern, or the one that was probably meant. */

/**
 * The candidate nearest to `word` by edit distance (insert, delete, replace, swap neighbours), or undefined when
 * none is near enough. Case, `-`, `_`, `.` and spaces are ignored.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const plain = plainly(word);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const other = plainly(candidate);
    let distance = editDistance(plain, other);
    // "timeout" for "timeout_ms", "base_url" for "api_base_url": one within the other is near at any length.
    const within = other.startsWith(plain) || plain.startsWith(other) ||
      (plain.length >= 5 && other.endsWith(plain));
    if (distance > 0 && plain.length >= 3 && within) distance = Math.min(distance, 1.5);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return bestDistance <= Math.max(1, Math.floor(plain.length / 3)) + 0.5 ? best : undefined;
}

function plainly(word: string): string {
  return word.toLowerCase().replace(/[-_\s.]/g, "");
}

/** Optimal string alignment distance. */
export function editDistance(a: string, b: string): number {
  if (a === b) return 0;
  let twoBack: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(row[j - 1]! + 1, previous[j]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, twoBack[j - 2]! + 1);
      }
      row.push(cost);
    }
    twoBack = previous;
    previous = row;
  }
  return previous[b.length]!;
}

/** What a text is tested with. It keeps no state, so it may be shared, and takes a time that grows with the text alone. */
export interface Pattern {
  /** As it was written. */
  readonly source: string;
  test(text: string): boolean;
}

/** A pattern for names: `*` is any characters, `?` one. Matches the whole name, in any case. */
export function globPattern(glob: string): Pattern {
  const source = glob.trim();
  const wanted = folded(source);
  return { source, test: (text) => covers(wanted, folded(text)) };
}

/** A text without its case, unit by unit, as regular expressions compare: one that would become longer stays. */
export function folded(text: string): string {
  const upper = text.toUpperCase();
  if (upper.length === text.length) return upper;
  return text.replace(/[^]/g, (unit) => unit.toUpperCase().length === 1 ? unit.toUpperCase() : unit);
}

/**
 * Whether a pattern covers a whole text. Two positions and the last star: where the rest does not fit, the star takes one
 * unit more, and no earlier star is tried again, so the time is at most the product of both lengths.
 */
function covers(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let position = 0; position < text.length;) {
    if (pattern[at] === "*") {
      star = at++;
      resume = position;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[position])) {
      at++;
      position++;
    } else if (star !== -1) {
      at = star + 1;
      position = ++resume;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
