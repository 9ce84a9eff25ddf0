/** The training material: made-up sessions with two readers' labels, and the lexicon of concepts. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Kind } from "../../src/classifier/classification.ts";
import { Concepts, FORMS, phraseHash } from "../../src/classifier/learned/concepts.ts";
import { hashOf } from "../../src/classifier/learned/hash.ts";
import { normalized } from "../../src/classifier/learned/text.ts";

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
}

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
  const second = secondLabels(join(folder, "second"));
  const turns: Turn[] = [];
  for (const file of files(join(folder, "sessions"), ".jsonl")) {
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
        });
        earlier.push(turn.prompt);
      }
    }
  }
  return turns;
}

/** The single prompts of `prompts.jsonl`: `{prompt, label}` a line, each a session of its own. */
export function readPrompts(folder = TRAINING): Turn[] {
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

function secondLabels(folder: string): Map<string, { readonly label: Kind; readonly doubtful: boolean }> {
  const labels = new Map<string, { readonly label: Kind; readonly doubtful: boolean }>();
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
  if (form.endsWith("*")) {
    return words.length === 2 && words[0]!.length >= 2 ? hashOf(words[0]!, FORMS.prefix) : undefined;
  }
  return words.length === 0 ? undefined : phraseHash(words.map((word) => hashOf(word, FORMS.exact)));
}
