/** What models refused, so that they do not get it again: by provider and model, over restarts. */
import { readFileSync } from "node:fs";
import type { Lesson } from "../../dialects/dialect.ts";
import { writeWhole } from "../../files/write.ts";
import { isRecord, listOf, parseJsonText } from "../../json/shape.ts";
import type { Log } from "../../log/log.ts";
import type { Target } from "../../model/target.ts";

/** A lesson with its model and its date. */
export interface Learned extends Target {
  readonly lesson: Lesson;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The provider's words. */
  readonly message: string;
}

/** After this a lesson is forgotten: the provider may have changed. Milliseconds. */
export const FORGOTTEN_AFTER_MS = 30 * 24 * 3600_000;

/** Lessons that are kept; the oldest go first. */
const MOST = 500;

const NONE: readonly Lesson[] = [];

export class Lessons {
  readonly #all: Learned[] = [];
  /** The lessons of each target, made on demand. */
  #byTarget = new Map<string, readonly Lesson[]>();
  readonly #save: ((all: readonly Learned[]) => void) | undefined;

  /** @param save is called after each change. @default nothing is kept */
  constructor(known: readonly Learned[] = [], save?: (all: readonly Learned[]) => void) {
    this.#all.push(...known);
    this.#save = save;
  }

  get all(): readonly Learned[] {
    return this.#all;
  }

  /** What a target is known to refuse; the same list until it changes. */
  of({ provider, model }: Target): readonly Lesson[] {
    if (this.#all.length === 0) return NONE;
    const id = `${provider},${model}`;
    let found = this.#byTarget.get(id);
    if (found === undefined) {
      found = this.#all.filter((one) => one.provider === provider && one.model === model)
        .map(({ lesson }) => lesson);
      if (this.#byTarget.size > MOST) this.#byTarget.clear();
      this.#byTarget.set(id, found);
    }
    return found;
  }

  /** Remembers a lesson. One that is known already keeps its date. */
  learn(learned: Learned): void {
    if (this.of(learned).some((known) => isSameLesson(known, learned.lesson))) return;
    this.#all.push({ ...learned, message: learned.message.slice(0, 200) });
    if (this.#all.length > MOST) this.#all.shift();
    this.#byTarget.clear();
    this.#save?.(this.#all);
  }
}

/** Whether two lessons say the same. */
export function isSameLesson(a: Lesson, b: Lesson): boolean {
  return a.kind === b.kind && a.name === b.name;
}

/** A lesson in words: `without the field "store"`. */
export function lessonInWords(lesson: Lesson): string {
  const { kind, name } = lesson;
  switch (kind) {
    case "field":
      return `without the field "${name}"`;
    case "role":
      return `"system" in place of the role "${name}"`;
    case "schema_keyword":
      return `JSON schemas without "${name}"`;
    case "effort":
      return `another effort than "${name}"`;
    case "beta":
      return `without the beta "${name}"`;
    case "system_place":
      return "no system message after the first";
    case "json_schema":
      return "an answer's schema in words";
    case "alternate":
      return "the user and the assistant in turns";
    case "tools_while_thinking":
      return "no thinking beside tools in Chat";
    case "prefill":
      return "the user's words last";
    case "tools_needed":
      return "the tools that its history calls";
    case "schema_draft":
      return `JSON schemas of the standard ${name} alone`;
    case "quirk":
      return `with the quirk "${name}"`;
    case "server_tool":
      return `without the tool "${name}"`;
    case "length":
      return `at most ${lesson.to} characters in "${name}"`;
    case "limit":
      return `at most ${lesson.to} tokens in an answer`;
    case "rename":
      return `"${lesson.to}" in place of "${name}"`;
  }
}

/** The lessons in a file that are not too old; none where it is missing or broken. `now`: epoch milliseconds. */
export function readLessons(path: string, now: number): Learned[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return listOf(parseJsonText(text)).filter(isLearned).map((one) => ({ ...one, at: Date.parse(one.at) }))
    .filter(({ at }) => now - at < FORGOTTEN_AFTER_MS);
}

/** Writes the file at each change. Never throws: requests go on when the disk is full. */
export function lessonSaver(path: string, log: Log): (all: readonly Learned[]) => void {
  return (all) => {
    const dated = all.map((one) => ({ ...one, at: new Date(one.at).toISOString() }));
    try {
      writeWhole(path, JSON.stringify(dated, null, 1));
    } catch (error) {
      log("warn", `what models refused will be forgotten at a restart: ${(error as Error).message}`);
    }
  };
}

const KINDS: ReadonlySet<string> = new Set<Lesson["kind"]>([
  "field",
  "role",
  "schema_keyword",
  "effort",
  "beta",
  "system_place",
  "json_schema",
  "tools_while_thinking",
  "alternate",
  "prefill",
  "tools_needed",
  "schema_draft",
  "quirk",
  "server_tool",
  "rename",
  "limit",
  "length",
]);

/** Lessons that say what takes the place of something. */
const WITH_PLACE: ReadonlySet<string> = new Set<Lesson["kind"]>(["rename", "limit", "length"]);

type Saved = Omit<Learned, "at"> & { readonly at: string };

function isLearned(value: unknown): value is Saved {
  if (!isRecord(value) || !isRecord(value.lesson)) return false;
  const { kind, name, to } = value.lesson;
  return typeof value.provider === "string" && typeof value.model === "string" &&
    typeof value.message === "string" && typeof value.at === "string" &&
    !Number.isNaN(Date.parse(value.at)) &&
    KINDS.has(kind) && typeof name === "string" &&
    (!WITH_PLACE.has(kind) || typeof to === "string");
}
