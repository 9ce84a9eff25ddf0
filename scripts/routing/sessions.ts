/** The training material: made-up sessions with two readers' labels, and the lexicon of concepts. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Kind } from "../../src/classifier/classification.ts";
import { Concepts, FORMS, phraseHash } from "../../src/classifier/learned/concepts.ts";
import { hashOf } from "../../src/classifier/learned/hash.ts";
import { normalized } from "../../src/classifier/learned/text.ts";
import { randomNumbers } from "./random.ts";

/** The folder of the training material. */
export const TRAINING = fileURLToPath(new URL("../../training/", import.meta.url));

/** One prompt of a session, in its situation. */
export interface Turn {
  readonly session: string;
  readonly language: string;
  readonly prompt: string;
  /** The end of the assistant's last answer. */
  readonly before: string;
  /** The earlier prompts, latest first. */
  readonly previous: readonly string[];
  /** The tools that the assistant called since, `Bash:fail` for a failed one. */
  readonly tools?: readonly string[];
  readonly planMode: boolean;
  /** The first reader's label, and the second's where there is one. */
  readonly label: Kind;
  readonly second?: Kind;
  /** A reader says that two careful readers would differ, or they did. */
  readonly doubtful: boolean;
  /** What it counts when weights are fitted. @default 1 */
  readonly weight?: number;
}

/** What a turn of the everyday sessions (`sessions/e*.jsonl`) counts, which are nearest to what people type. */
const EVERYDAY = 2;
/** What one counts that is made from a pattern. */
const PATTERN = 0.5;

interface StoredTurn {
  readonly prompt: string;
  readonly before?: string;
  readonly tools?: readonly string[];
  readonly mode?: string;
  readonly label: Kind;
  readonly doubtful?: boolean;
}

interface StoredSession {
  readonly id: string;
  readonly lang: string;
  readonly turns: readonly StoredTurn[];
}

/** The files of a folder with an ending, in order. */
function files(folder: string, ending: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(ending)).sort().map((name) => join(folder, name));
}

/**
 * The sessions of `sessions/` in a folder, with the second reader's labels of `second/`.
 *
 * @param folder with a slash at its end. @default the training material
 */
export function readTurns(folder = TRAINING): Turn[] {
  const second = existsSync(join(folder, "second"))
    ? secondLabels(join(folder, "second"))
    : new Map<string, SecondLabel>();
  const turns: Turn[] = [];
  for (const file of files(join(folder, "sessions"), ".jsonl")) {
    const isEveryday = basename(file).startsWith("e");
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (line.trim() === "") continue;
      const session = JSON.parse(line) as StoredSession;
      const earlier: string[] = [];
      for (const [index, turn] of session.turns.entries()) {
        const other = second.get(`${session.id} ${index + 1}`);
        turns.push({
          session: session.id,
          language: session.lang,
          prompt: turn.prompt,
          before: turn.before ?? "",
          previous: earlier.toReversed().slice(0, 4),
          ...(turn.tools === undefined ? {} : { tools: turn.tools }),
          planMode: turn.mode === "plan",
          label: turn.label,
          ...(other === undefined ? {} : { second: other.label }),
          doubtful: turn.doubtful === true || other?.doubtful === true ||
            (other !== undefined && other.label !== turn.label),
          ...(isEveryday ? { weight: EVERYDAY } : {}),
        });
        earlier.push(turn.prompt);
      }
    }
  }
  return turns;
}

/** Of the turns: how many lose what a client may not send, or a hurried user not type. */
const ROUGHENED = { tools: 0.6, before: 0.45, end: 0.25 };

/**
 * Turns as they arrive: without the tools (some clients send no results of earlier turns), with no more than the last line
 * of the answer before, without the mark at the end. With a fixed seed.
 */
function roughened(turns: readonly Turn[]): Turn[] {
  const next = randomNumbers(5);
  return turns.map(({ tools, ...turn }) => {
    const [noTools, shortBefore, noEnd] = [
      next() < ROUGHENED.tools,
      next() < ROUGHENED.before,
      next() < ROUGHENED.end,
    ];
    return {
      ...turn,
      ...(tools === undefined || noTools ? {} : { tools }),
      before: shortBefore ? lastLine(turn.before) : turn.before,
      prompt: noEnd && turn.prompt.length > 3 ? turn.prompt.replace(/[.!?。？！]+$/, "") : turn.prompt,
    };
  });
}

/** The last line of an answer; of a list, its last two. */
function lastLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(/^\W*(?:[-*]|\d+[.)])/.test(lines.at(-1) ?? "") ? -2 : -1).join("\n");
}

/** The single prompts of `prompts.jsonl`: `{prompt, label}` a line, each a session of its own. */
function readPrompts(folder = TRAINING): Turn[] {
  const file = join(folder, "prompts.jsonl");
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8").split("\n").filter((line) => line.trim() !== "").map((line, i) => {
    const { prompt, label } = JSON.parse(line) as { readonly prompt: string; readonly label: Kind };
    return {
      session: `prompt-${i}`,
      language: "",
      prompt,
      before: "",
      previous: [],
      planMode: false,
      label,
      doubtful: false,
    };
  });
}

interface Pattern {
  readonly session: string;
  readonly times: number;
  readonly label: Kind;
  /** `*`: each language that has the slots. */
  readonly language: string;
  readonly prompt: string;
  readonly before?: string;
  readonly previous?: string;
}

/**
 * The turns of `patterns/`: short everyday prompts, written as patterns with alternatives, filled in with a fixed seed. All
 * fillings of a pattern are one session, so that cross-validation never has it in both parts.
 */
function readPatterns(folder = TRAINING): Turn[] {
  const slots = new Map<string, readonly string[]>();
  const patterns: Pattern[] = [];
  for (const file of files(join(folder, "patterns"), ".tsv")) {
    const name = basename(file, ".tsv");
    readFileSync(file, "utf8").split("\n").forEach((line, number) => {
      const cells = line.split("\t");
      if (cells.length === 3) slots.set(`${cells[0]} ${cells[1]}`, cells[2]!.split("|"));
      if (cells.length < 4) return;
      const [times, label, language, prompt, before, previous] = cells as [
        string,
        Kind,
        string,
        string,
        string?,
        string?,
      ];
      patterns.push({
        session: `${name}-${number + 1}`,
        times: Number(times),
        label,
        language,
        prompt,
        ...(before === undefined ? {} : { before }),
        ...(previous === undefined ? {} : { previous }),
      });
    });
  }
  return new Filler(patterns, slots).turns();
}

/** Of the patterns without an answer before: how many come after one. */
const LATER = 0.7;

class Filler {
  readonly #patterns: readonly Pattern[];
  readonly #slots: ReadonlyMap<string, readonly string[]>;
  readonly #next = randomNumbers(11);

  constructor(patterns: readonly Pattern[], slots: ReadonlyMap<string, readonly string[]>) {
    this.#patterns = patterns;
    this.#slots = slots;
  }

  turns(): Turn[] {
    const turns: Turn[] = [];
    for (const pattern of this.#patterns) {
      const languages = pattern.language === "*" ? this.#languagesOf(pattern) : [pattern.language];
      const seen = new Set<string>();
      for (let i = 0; i < pattern.times; i++) {
        const language = this.#one(languages);
        const turn = this.#turn(pattern, language);
        const key = `${turn.prompt} ${pattern.before === undefined ? "" : turn.before}`;
        if (!seen.has(key)) turns.push(turn);
        seen.add(key);
      }
    }
    return turns;
  }

  #turn({ session, label, prompt, before, previous }: Pattern, language: string): Turn {
    const isLater = before !== undefined || this.#next() < LATER;
    const earlier = !isLater
      ? []
      : [previous === undefined ? this.#promptIn(language) : this.#fill(previous, language)];
    return {
      session,
      language,
      prompt: this.#fill(prompt, language),
      before: isLater ? this.#fill(before ?? "{report}", language) : "",
      previous: earlier,
      planMode: false,
      label,
      doubtful: false,
      weight: PATTERN,
    };
  }

  /** What somebody may have typed before, in a language. */
  #promptIn(language: string): string {
    const own = this.#patterns.filter((one) => one.language === language && one.before === undefined);
    return this.#fill(this.#one(own).prompt, language);
  }

  /** Languages that fill all slots of a pattern. */
  #languagesOf({ prompt, before = "" }: Pattern): string[] {
    const names = [...`${prompt} ${before}`.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
    const all = new Set([...this.#slots.keys()].map((key) => key.split(" ")[1]!));
    return [...all].filter((language) => names.every((name) => this.#slots.has(`${name} ${language}`)));
  }

  #fill(pattern: string, language: string): string {
    return this.#filled(pattern, language).replace(/\\n/g, "\n").replace(/ {2,}/g, " ").trim();
  }

  #filled(pattern: string, language: string): string {
    return pattern
      .replace(/\[([^\]]*)\]/g, (_, choices: string) => this.#one(choices.split("|")))
      .replace(/\{(\w+)\}/g, (_, name: string) => {
        const choices = this.#slots.get(`${name} ${language}`);
        if (choices === undefined) throw new Error(`no slot ${name} in ${language}: ${pattern}`);
        return this.#filled(this.#one(choices), language);
      });
  }

  #one<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#next() * choices.length)]!;
  }
}

/**
 * What the weights are fitted on: the sessions on which the readers agree, the patterns, the single prompts.
 *
 * @param isLeftOut sessions that are kept for judging. @default none
 */
export function readMaterial(isLeftOut: (session: string) => boolean = () => false): Turn[] {
  const agreed = readTurns().filter(({ label, second }) => second === undefined || second === label);
  return [...roughened(agreed), ...readPatterns(), ...readPrompts()].filter(({ session }) =>
    !isLeftOut(session)
  );
}

interface SecondLabel {
  readonly label: Kind;
  readonly doubtful: boolean;
}

function secondLabels(folder: string): Map<string, SecondLabel> {
  const labels = new Map<string, SecondLabel>();
  for (const file of files(folder, ".tsv")) {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      const [session, turn, label, mark] = line.split("\t");
      if (label !== undefined) {
        labels.set(`${session} ${turn}`, { label: label as Kind, doubtful: mark === "?" });
      }
    }
  }
  return labels;
}

/** The lexicon: its concepts' names by id, and its forms as the classifier matches them. */
export interface Lexicon {
  readonly names: readonly string[];
  readonly forms: Uint32Array;
  readonly ids: Uint8Array;
  readonly concepts: Concepts;
}

/** Languages whose forms are matched inside a text. */
const UNSPACED = new Set(["zh", "ja", "th", "ko"]);

/** Reads `concepts/*.tsv`: concept, language, forms; `*` at a form's end: the beginning of a word. */
export function readLexicon(folder = TRAINING): Lexicon {
  const names: string[] = [];
  const found = new Map<string, { readonly hash: number; readonly id: number }>();
  for (const file of files(join(folder, "concepts"), ".tsv")) {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      const [concept = "", language = "", forms = ""] = line.split("\t");
      if (forms === "") continue;
      if (!names.includes(concept)) names.push(concept);
      const id = names.indexOf(concept);
      for (const form of forms.split(",")) {
        const hash = formHash(normalized(form.trim()), UNSPACED.has(language));
        if (hash !== undefined) found.set(`${hash} ${id}`, { hash, id });
      }
    }
  }
  if (names.length > 254) throw new Error(`the lexicon has ${names.length} concepts; an id has one byte`);
  const entries = [...found.values()].sort((a, b) => a.hash - b.hash || a.id - b.id);
  const forms = Uint32Array.from(entries, ({ hash }) => hash);
  const ids = Uint8Array.from(entries, ({ id }) => id);
  return { names, forms, ids, concepts: new Concepts(forms, ids) };
}

function formHash(form: string, unspaced: boolean): number | undefined {
  // deno-lint-ignore no-control-regex
  if (unspaced && /[^\x00-\x7f]/.test(form)) return hashOf(form, FORMS.inside);
  const words = form.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];
  // Every number is a 0 here: one alone means nothing.
  if (!/\p{L}/u.test(form) && /^[0\W]*$/.test(form) && form.includes("0")) return undefined;
  if (form.endsWith("*")) {
    return words.length === 2 && words[0]!.length >= 2 ? hashOf(words[0]!, FORMS.prefix) : undefined;
  }
  return words.length === 0 ? undefined : phraseHash(words.map((word) => hashOf(word, FORMS.exact)));
}
