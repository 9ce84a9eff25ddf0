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

/**
 * The regular expression of a pattern: `*` is any characters, `?` one. Matches the whole name, in any case.
 * It keeps no state, so it may be shared.
 */
export function globPattern(glob: string): RegExp {
  const source = glob.trim().replace(/[.+^${}()|[\]\\/-]/g, "\\$&").replace(/\*+/g, ".*").replace(/\?/g, ".");
  return new RegExp(`^${source}$`, "is");
}
