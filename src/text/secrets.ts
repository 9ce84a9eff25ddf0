/**
 * The one scrubber: takes secrets out of texts that are shown, kept or sent on, by what they look like and by what is
 * known of them. It finds a known secret escaped, encoded, broken over lines, and in part.
 */
import { Buffer } from "node:buffer";

/** What takes the place of a secret. */
const REDACTED = "[redacted]";

/** Credentials, in the forms that providers give them: some quote what they refuse. */
export const SECRET =
  /\b(?:sk|gsk|xai|pk|rk|hf|nvapi|csk|fw|pplx|key|tlp|AIza)[-_]?(?=[\w-]{0,100}\d)[\w-]{16,}|\bBearer\s+[^\s"\\]{8,}/g;

/** Words in place of a key where none is needed. */
const PLACEHOLDER =
  /^(passthrough|ollama|none|local|dummy|not-needed|no-key|lmstudio|lm-studio|sk-no-key-required)$/i;

/** Whether a key is a word that servers without keys accept. */
export const isPlaceholder = (key: string): boolean => PLACEHOLDER.test(key.trim());

/** Shorter values are words. Characters. */
const SHORTEST = 6;
/** So much of a secret in one piece is as bad as the secret. Characters. */
const RUN = 12;
/** What is looked up first: every run holds one of these at each {@link STEP}th place. Characters. */
const GRAM = 4;
const STEP = RUN - GRAM + 1;
/** What may be base64. */
const BASE64 = /[A-Za-z0-9+/_-]{16,}={0,2}/g;

/** Texts in which nothing was found, so that the same one is looked through once: routes, models and names of headers recur. */
class Clean {
  readonly #texts = new Set<string>();

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  add(text: string): void {
    if (text.length > LONGEST_KEPT) return;
    if (this.#texts.size >= MOST_KEPT) this.#texts.clear();
    this.#texts.add(text);
  }
}

/** Texts that are remembered as clean, and the characters of the longest of them. */
const MOST_KEPT = 256;
const LONGEST_KEPT = 512;

/** The shortest text that {@link SECRET} matches: `Bearer` with eight characters. */
const SHORTEST_LOOK = 15;

/** Finds known secrets in texts. */
export class Scrubber {
  /** Every piece of {@link RUN} characters of a secret. */
  readonly #runs = new Set<string>();
  /** A bit for the hash of every piece of {@link GRAM} characters. */
  readonly #grams = new Uint8Array(1 << 16);
  /** Secrets that are shorter than a run. */
  readonly #words: string[] = [];
  /** The characters of the shortest secret, plain: a shorter text holds none. */
  #least = RUN;
  /** What {@link conceal} and {@link scrub} gave back as it was. */
  readonly #concealed = new Clean();
  readonly #scrubbed = new Clean();

  /** @param secrets values under six characters and placeholders are dropped. */
  constructor(secrets: Iterable<string>) {
    for (const secret of secrets) {
      if (secret.trim().length < SHORTEST || isPlaceholder(secret)) continue;
      const { plain } = plainOf(secret);
      if (plain.length < RUN) this.#words.push(plain);
      this.#least = Math.min(this.#least, plain.length);
      for (let i = 0; i + RUN <= plain.length; i++) this.#runs.add(plain.slice(i, i + RUN));
      for (let i = 0; i + GRAM <= plain.length; i++) this.#grams[hash(plain, i)] = 1;
    }
  }

  /** A text from outside, with `[redacted]` in place of every secret: known, or only looking like one. */
  scrub(text: string): string {
    if (text.length < Math.min(this.#least, SHORTEST_LOOK) || this.#scrubbed.has(text)) return text;
    const clean = this.#withoutEncoded(this.conceal(text)).replace(SECRET, REDACTED);
    if (clean === text) this.#scrubbed.add(text);
    return clean;
  }

  /** The same for what is known alone, and not encoded in base64: a second look at texts that were scrubbed already. */
  conceal(text: string): string {
    if (this.#runs.size === 0 && this.#words.length === 0) return text;
    if (text.length < this.#least || this.#concealed.has(text)) return text;
    if (this.#found(text.replace(HIDING, shownBy)).length === 0) {
      this.#concealed.add(text);
      return text;
    }
    const { plain, at } = plainOf(text);
    const found = this.#found(plain);
    let clean = "";
    let done = 0;
    for (const [from, to] of found) {
      const start = at === undefined ? from : at.starts[from] ?? 0;
      const end = at === undefined ? to : at.ends[to - 1] ?? text.length;
      clean += text.slice(done, start) + REDACTED;
      done = end;
    }
    return clean + text.slice(done);
  }

  /** Whether {@link scrub} would change a text. */
  finds(text: string): boolean {
    return this.scrub(text) !== text;
  }

  /** The places of secrets in a plain text, in order, without overlaps. */
  #found(plain: string): readonly (readonly [from: number, to: number])[] {
    const found: [number, number][] = [];
    const add = (from: number, to: number) => {
      const last = found.at(-1);
      if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
      else found.push([from, to]);
    };
    if (this.#runs.size > 0) {
      for (let at = 0; at + GRAM <= plain.length; at += STEP) {
        if (this.#grams[hash(plain, at)] === 0) continue;
        for (let from = Math.max(0, at - STEP + 1); from <= at; from++) {
          if (this.#runs.has(plain.slice(from, from + RUN))) add(from, from + RUN);
        }
      }
    }
    if (this.#words.length === 0) return found;
    for (const word of this.#words) {
      for (let at = plain.indexOf(word); at !== -1; at = plain.indexOf(word, at + 1)) {
        found.push([at, at + word.length]);
      }
    }
    const all = found.splice(0).sort(([a], [b]) => a - b);
    for (const [from, to] of all) add(from, to);
    return found;
  }

  /** Without pieces of base64 that hold a secret, wherever in them it begins. */
  #withoutEncoded(text: string): string {
    if (this.#runs.size === 0 && this.#words.length === 0) return text;
    return text.replace(BASE64, (piece) => {
      for (let skipped = 0; skipped < 4; skipped++) {
        const decoded = Buffer.from(piece.slice(skipped), "base64").toString("latin1");
        if (this.#found(decoded).length > 0) return REDACTED;
      }
      return piece;
    });
  }
}

function hash(text: string, at: number): number {
  const [a, b] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  const [c, d] = [text.charCodeAt(at + 2), text.charCodeAt(at + 3)];
  return ((a * 31 + b) * 31 + c) * 31 + d & 0xffff;
}

/** A text without what hides a secret in it. */
interface Plain {
  readonly plain: string;
  /** Where each of its characters begins and ends in the text; undefined: the texts are the same. */
  readonly at?: { readonly starts: readonly number[]; readonly ends: readonly number[] };
}

/** Escapes of URLs, JSON and HTML, and what shows nothing: white space, control characters, marks of direction. */
const HIDING =
  // deno-lint-ignore no-control-regex -- these are the characters
  /%[0-9a-f]{2}|\\u[0-9a-f]{4}|\\["\\/]|\\[nrt]|&(?:amp|lt|gt|quot|#39|#x27);|[\s\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gi;

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&#x27;": "'",
};

function plainOf(text: string): Plain {
  let plain = "";
  let done = 0;
  const starts: number[] = [];
  const ends: number[] = [];
  const copy = (to: number) => {
    plain += text.slice(done, to);
    while (done < to) {
      starts.push(done);
      ends.push(++done);
    }
  };
  for (const { 0: hiding, index } of text.matchAll(HIDING)) {
    copy(index);
    const shown = shownBy(hiding);
    done = index + hiding.length;
    if (shown === "") continue;
    plain += shown;
    starts.push(index);
    ends.push(done);
  }
  if (done === 0 && plain === "") return { plain: text };
  copy(text.length);
  return { plain, at: { starts, ends } };
}

/** The character that an escape means; "" for what shows nothing. */
function shownBy(hiding: string): string {
  if (hiding.startsWith("%")) return String.fromCharCode(parseInt(hiding.slice(1), 16));
  if (hiding.startsWith("\\u")) return String.fromCharCode(parseInt(hiding.slice(2), 16));
  if (hiding.startsWith("&")) return ENTITIES[hiding.toLowerCase()] ?? "";
  return /^\\["\\/]$/.test(hiding) ? hiding.charAt(1) : "";
}
