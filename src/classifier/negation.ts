/** Which words of a prompt are taken back: "don't write any code", "without implementing", "implementation comes later". Pure. */
import type { Cue } from "./match.ts";
import { CLAUSE, COMMA, NO_BREAK, type Tokens } from "./tokens.ts";

/** How many words a negation reaches, forwards (`far`, `near`) and backwards. */
const REACH = { far: 9, near: 5, back: 6, close: 2 } as const;

/** A comma list goes on over its commas when one of these joins its last two: "don't build, code or write". */
const LIST_JOINERS: ReadonlySet<string> = new Set([
  "or",
  "nor",
  "oder",
  "noch",
  "ou",
  "ni",
  "o",
  "u",
  "nem",
  "of",
  "или",
  "ни",
  "lub",
  "ani",
]);

/** "and" ends the reach where somebody begins a new clause: "no rush and I want …". */
const CONJUNCTIONS: ReadonlySet<string> = new Set(["and", "n", "&"]);
const SUBJECTS: ReadonlySet<string> = new Set([
  "i",
  "we",
  "you",
  "u",
  "please",
  "pls",
  "then",
  "just",
  "lets",
  "instead",
]);

/**
 * By word, whether a negation takes it back. `cues` as `match` found them; languages whose negations stand behind the
 * whole clause (Japanese, Korean) set `whole`.
 */
export function negated(
  tokens: Tokens,
  cues: readonly Cue[],
  joiners: ReadonlySet<string>,
  whole = false,
): Uint8Array {
  const back = new Uint8Array(tokens.words.length);
  const ends = new Uint8Array(tokens.words.length);
  const skip = new Uint8Array(tokens.words.length);
  let any = false;
  for (const { role, start, end } of cues) {
    if (role === "negation.not") skip.fill(1, start, end);
    else if (role === "negation.ends") ends[start] = 1;
    else {any ||= role === "negation.before" || role === "negation.beforeShort" ||
        role === "negation.around" || role === "negation.after";}
  }
  if (!any) return back;
  const firstAt = byStart(cues, tokens.words.length);
  let seen = 0;
  for (const { role, start, end } of cues) {
    if (
      role !== "negation.before" && role !== "negation.beforeShort" && role !== "negation.around" &&
      role !== "negation.after"
    ) continue;
    if (start < seen || skip[start] === 1 || (role !== "negation.after" && back[start] === 1)) continue;
    // The longest negation at a place is the one that counts: "no need to", not "no".
    if (isPartOfLonger(cues, firstAt[start]!, start, end)) continue;
    seen = end;
    if (role !== "negation.after") {
      forwards(tokens, cues, firstAt, ends, back, end, role === "negation.beforeShort");
    }
    if (role === "negation.around" || role === "negation.after") {
      backwards(tokens, cues, firstAt, joiners, back, start, whole);
    }
  }
  return back;
}

/** By word, the first of the cues that begin there; -1: none. */
function byStart(cues: readonly Cue[], length: number): Int32Array {
  const first = new Int32Array(length).fill(-1);
  for (let k = cues.length - 1; k >= 0; k--) first[cues[k]!.start] = k;
  return first;
}

function isPartOfLonger(cues: readonly Cue[], first: number, start: number, end: number): boolean {
  for (let k = first; k < cues.length && cues[k]!.start === start; k++) {
    const other = cues[k]!;
    if (other.end > end && other.role.startsWith("negation.") && other.role !== "negation.ends") return true;
  }
  return false;
}

function forwards(
  { words, breaks }: Tokens,
  cues: readonly Cue[],
  firstAt: Int32Array,
  ends: Uint8Array,
  back: Uint8Array,
  from: number,
  short: boolean,
): void {
  const reach = short ? REACH.near : REACH.far;
  for (let i = from; i < words.length && i < from + reach; i++) {
    if (breaks[i]! >= CLAUSE) return;
    if (breaks[i] === COMMA && !goesOn(words, breaks, i)) return;
    if (i > from && ends[i] === 1) return;
    if (
      CONJUNCTIONS.has(words[i]!) &&
      (SUBJECTS.has(words[i + 1] ?? "") || beginsRequest(cues, firstAt[i + 1] ?? -1, short))
    ) return;
    back[i] = 1;
  }
}

/** "skip the design and build it", "don't touch the header and add a footer"; but "don't build and code" is one negation. */
function beginsRequest(cues: readonly Cue[], first: number, short: boolean): boolean {
  let request = false;
  for (let k = first; k >= 0 && k < cues.length && cues[k]!.start === cues[first]!.start; k++) {
    const { role } = cues[k]!;
    if (!short && (role === "implementation" || role === "writing" || role === "code")) return false;
    request ||= role === "make" || role === "change" || role === "implementation" || role === "plan";
  }
  return request;
}

/** Whether a list goes on after the comma before word `i`: one or two words, then a comma or an "or". */
function goesOn(words: readonly string[], breaks: readonly number[], i: number): boolean {
  for (let k = i; k <= i + 2 && k < words.length; k++) {
    if (breaks[k]! >= CLAUSE) return false;
    if (LIST_JOINERS.has(words[k]!)) return true;
    if (k > i && breaks[k] === COMMA) return goesOn(words, breaks, k);
  }
  return false;
}

/** Back to the clause's beginning; a plan on the far side of a word already taken back stays. */
function backwards(
  { words, breaks }: Tokens,
  cues: readonly Cue[],
  firstAt: Int32Array,
  joiners: ReadonlySet<string>,
  back: Uint8Array,
  before: number,
  whole: boolean,
): void {
  let taken = false;
  for (let i = before - 1; i >= 0 && (whole || i >= before - REACH.back); i--) {
    if (breaks[i + 1] !== NO_BREAK || joiners.has(words[i]!)) return;
    let key = false;
    for (let k = firstAt[i]!; k >= 0 && k < cues.length && cues[k]!.start === i; k++) {
      const { role } = cues[k]!;
      if (role === "plan" && taken) return;
      const work = role === "implementation" || role === "writing" || role === "code";
      taken ||= work;
      key ||= work || role === "plan";
    }
    // Far from the negation only the words that decide are meant: "code please, but don't make it blue".
    if (whole || key || i >= before - REACH.close) back[i] = 1;
  }
}
