/** Which words of a prompt are taken back: "don't write any code", "without implementing", "implementation comes later". Pure. */
import type { Cue } from "./match.ts";
import { CLAUSE, COMMA, NO_BREAK, type Tokens } from "./tokens.ts";
import type { Role } from "./words/lexicon.ts";

/** How many words a negation reaches, forwards (`far`, `near`) and backwards. */
const REACH = { far: 9, near: 5, back: 6, close: 2 } as const;

/** A list continues over its commas when one of these joins its last two: "don't build, code or write". */
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

/** The cues that take words back. */
const TAKES_BACK: ReadonlySet<string> = new Set<Role>([
  "negation.before",
  "negation.beforeShort",
  "negation.around",
  "negation.after",
]);

/**
 * By word, whether a negation takes it back. `cues` as `match` found them; languages whose negations follow the whole
 * clause (Japanese, Korean) set `whole`.
 */
export function negated(
  tokens: Tokens,
  cues: readonly Cue[],
  joiners: ReadonlySet<string>,
  whole = false,
): Uint8Array {
  return new Negation(tokens, cues, joiners, whole).read();
}

class Negation {
  readonly #tokens: Tokens;
  readonly #cues: readonly Cue[];
  readonly #joiners: ReadonlySet<string>;
  readonly #whole: boolean;
  /** By word: it is taken back. */
  readonly #back: Uint8Array;
  /** By word: it ends the reach of a negation. */
  readonly #ends: Uint8Array;
  /** By word, the first of the cues that begin there; -1: none. */
  #firstAt: Int32Array = new Int32Array(0);

  constructor(tokens: Tokens, cues: readonly Cue[], joiners: ReadonlySet<string>, whole: boolean) {
    this.#tokens = tokens;
    this.#cues = cues;
    this.#joiners = joiners;
    this.#whole = whole;
    this.#back = new Uint8Array(tokens.words.length);
    this.#ends = new Uint8Array(tokens.words.length);
  }

  read(): Uint8Array {
    const cues = this.#cues;
    const back = this.#back;
    const skip = new Uint8Array(back.length);
    let any = false;
    for (const { role, start, end } of cues) {
      if (role === "negation.not") skip.fill(1, start, end);
      else if (role === "negation.ends") this.#ends[start] = 1;
      else if (TAKES_BACK.has(role)) any = true;
    }
    if (!any) return back;
    this.#firstAt = byStart(cues, back.length);
    let seen = 0;
    for (const { role, start, end } of cues) {
      if (!TAKES_BACK.has(role)) continue;
      if (start < seen || skip[start] === 1 || (role !== "negation.after" && back[start] === 1)) continue;
      // The longest negation at a place is the one that counts: "no need to", not "no".
      if (isPartOfLonger(cues, this.#firstAt[start]!, start, end)) continue;
      seen = end;
      if (role !== "negation.after") this.#forwards(end, role === "negation.beforeShort");
      if (role === "negation.around" || role === "negation.after") this.#backwards(start);
    }
    return back;
  }

  #forwards(from: number, short: boolean): void {
    const { words, breaks } = this.#tokens;
    const reach = short ? REACH.near : REACH.far;
    for (let i = from; i < words.length && i < from + reach; i++) {
      if (breaks[i]! >= CLAUSE) return;
      if (breaks[i] === COMMA && !goesOn(words, breaks, i)) return;
      if (i > from && this.#ends[i] === 1) return;
      if (
        CONJUNCTIONS.has(words[i]!) &&
        (SUBJECTS.has(words[i + 1] ?? "") || beginsRequest(this.#cues, this.#firstAt[i + 1] ?? -1, short))
      ) return;
      this.#back[i] = 1;
    }
  }

  /** Back to the clause's beginning; a plan on the far side of a word already taken back stays. */
  #backwards(before: number): void {
    const { words, breaks } = this.#tokens;
    const cues = this.#cues;
    const whole = this.#whole;
    let taken = false;
    for (let i = before - 1; i >= 0 && (whole || i >= before - REACH.back); i--) {
      if (breaks[i + 1] !== NO_BREAK || this.#joiners.has(words[i]!)) return;
      let key = false;
      for (let k = this.#firstAt[i]!; k >= 0 && k < cues.length && cues[k]!.start === i; k++) {
        const { role } = cues[k]!;
        if (role === "plan" && taken) return;
        const work = role === "implementation" || role === "writing" || role === "code";
        taken ||= work;
        key ||= work || role === "plan";
      }
      // Far from the negation only the words that decide are meant: "code please, but don't make it blue".
      if (whole || key || i >= before - REACH.close) this.#back[i] = 1;
    }
  }
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

/** Whether a list continues after the comma before word `i`: one or two words, then a comma or an "or". */
function goesOn(words: readonly string[], breaks: readonly number[], i: number): boolean {
  for (let k = i; k <= i + 2 && k < words.length; k++) {
    if (breaks[k]! >= CLAUSE) return false;
    if (LIST_JOINERS.has(words[k]!)) return true;
    if (k > i && breaks[k] === COMMA) return goesOn(words, breaks, k);
  }
  return false;
}
