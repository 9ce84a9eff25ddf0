/**
 * The kinds of value that a key can take, each with the words that say what it should have been. The words are
 * the whole error message's second half: "found …, expected <words>".
 */
import { z } from "zod";

/** What a field is made of, for texts from the environment that stand for something else (`port = "$PORT"`). */
export type FieldKind = "text" | "number" | "flag" | "other";

const kinds = new WeakMap<object, FieldKind>();

/** The kind of a field made here; "other" for everything else. */
export function kindOf(schema: object): FieldKind {
  return kinds.get(schema) ?? "other";
}

const standIns = new WeakMap<object, unknown>();

/** A key that must be there. `standIn` takes its place while the rest of its table is looked at, where it is not. */
export function needed<S extends z.ZodType>(schema: S, standIn: z.infer<S>): S {
  standIns.set(schema, standIn);
  return schema;
}

/** What stands in for a field that is missing or wrong; undefined: its table cannot be looked at without it. */
export function standInFor(schema: object): unknown {
  return standIns.get(schema);
}

function field<T>(kind: FieldKind, expected: string, ok: (value: unknown) => boolean): z.ZodType<T> {
  const schema = z.custom<T>(ok, { error: expected });
  kinds.set(schema, kind);
  return schema;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isList = (value: unknown): value is unknown[] => Array.isArray(value);

/** A text that is not blank. */
export const text = (expected = "a text in quotes") =>
  field<string>("text", expected, (value) => isText(value) && value.trim() !== "");

/** A text that may be empty. */
export const anyText = (expected = "a text in quotes") => field<string>("text", expected, isText);

export const flag = () => field<boolean>("flag", "true or false", (value) => typeof value === "boolean");

const spelled = (value: number) => value.toLocaleString("en-US");

/** A whole number from `min` to `max`. `unit` is for people: "milliseconds". */
export const whole = (min: number, max: number, unit = "") =>
  field<number>(
    "number",
    max === Number.MAX_SAFE_INTEGER
      ? `a whole number${unit && ` of ${unit}`}, ${spelled(min)} or more`
      : `a whole number${unit && ` of ${unit}`} from ${spelled(min)} to ${spelled(max)}`,
    (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
  );

/** Milliseconds, at least one, at most a day. */
export const milliseconds = () => whole(1, 86_400_000, "milliseconds");

/** Any number from `min` to `max`. */
export const number = (min: number, max: number, expected: string) =>
  field<number>(
    "number",
    expected,
    (value) => typeof value === "number" && Number.isFinite(value) && value >= min && value <= max,
  );

export const dollars = (what: string) => number(0, Number.MAX_VALUE, `${what}, a number of 0 or more`);

/** One of some words, in any case; the value is the word as it stands here. */
export const oneOf = <const T extends string>(...words: readonly T[]): z.ZodType<T> =>
  z.custom<string>((value) => isText(value) && words.some((word) => word === plainWord(value)), {
    error: `${words.slice(0, -1).map((word) => `"${word}"`).join(", ")} or "${words.at(-1)}"`,
  }).transform((value) => plainWord(value) as T);

const plainWord = (text: string) => text.trim().toLowerCase();

/** A list of texts. */
export const texts = (expected = "a list of texts in quotes") =>
  field<string[]>(
    "other",
    expected,
    (value) => isList(value) && value.every((item) => isText(item) && item !== ""),
  );

/** A list of keys; a reference that leads to nothing leaves an empty one. */
export const keys = (expected: string) =>
  field<string[]>("other", expected, (value) => isList(value) && value.every(isText));

/** One text or a list of them. */
export const textOrTexts = (expected: string) =>
  field<string | string[]>(
    "text",
    expected,
    (value) =>
      (isText(value) && value.trim() !== "") ||
      (isList(value) && value.length > 0 && value.every((item) => isText(item) && item.trim() !== "")),
  );

/** `"provider,model | provider,model"` or a list of such. */
export const chain = () =>
  textOrTexts('"provider,model", a chain "provider,model | provider,model", or a list of such texts');

/** Where a rule or mapping leads. */
export const routeTarget = () =>
  textOrTexts('"provider,model" (or a chain of them), a route\'s name, or "auto"');

/** Names to texts: `{ "X-Title" = "…" }`. */
export const textTable = (expected: string) =>
  field<Record<string, string>>(
    "other",
    expected,
    (value) =>
      typeof value === "object" && value !== null && !isList(value) && Object.values(value).every(isText),
  );

/** Whatever stands there: read by hand, or only warned about. */
export const anything = () => field<unknown>("other", "a value", () => true);

/** A table with these keys and no others. */
export const table = <S extends z.ZodRawShape>(shape: S, header: string) =>
  z.strictObject(shape, {
    error: (issue) => issue.code === "invalid_type" ? `a table, ${header}` : undefined,
  });

/** A list of tables, `[[header]]`. */
export const tables = <S extends z.ZodType>(item: S, header: string) =>
  z.array(item, {
    error: (issue) => issue.code === "invalid_type" ? `tables, each under ${header}` : undefined,
  });
