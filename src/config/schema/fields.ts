/**
 * The kinds of value that a key can take. Each carries the words for what it should have been, the second half of a
 * message: "got …, expected <words>".
 */
import { z } from "zod";
import { EFFORTS } from "../../model/target.ts";

/** What takes the place of a needed key that is missing or wrong, while the rest of its table is checked. */
const standIns = new WeakMap<z.ZodType, unknown>();

/** A key that must be there, with its stand-in for files in which it is not. */
export function needed<S extends z.ZodType>(schema: S, standIn: z.infer<S>): S {
  standIns.set(schema, standIn);
  return schema;
}

/** The stand-in of a needed key; undefined: its table cannot be checked without the key. */
export function standInFor(schema: z.ZodType): unknown {
  return standIns.get(schema);
}

/** A string that is not blank. */
export const text = (expected = "a string") => z.string({ error: expected }).regex(/\S/, { error: expected });

/** A string that may be empty. */
export const anyText = (expected = "a string") => z.string({ error: expected });

export const flag = () => z.boolean({ error: "true or false" });

const spelled = (value: number) => value.toLocaleString("en-US");

/** An integer from `min` to `max`. `unit` is for people: "milliseconds". */
export const integer = (min: number, max: number, unit = "") => {
  const what = unit === "" ? "an integer" : `an integer (${unit})`;
  const error = max === Number.MAX_SAFE_INTEGER
    ? `${what} of ${spelled(min)} or more`
    : `${what} from ${spelled(min)} to ${spelled(max)}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

/** An integer from `min` to `max`, or a word in its place. */
export const integerOr = <const T extends string>(min: number, max: number, word: T) => {
  const error = `an integer from ${spelled(min)} to ${spelled(max)}, or "${word}"`;
  return z.union([z.int({ error }).min(min, { error }).max(max, { error }), z.literal(word, { error })], {
    error,
  });
};

/** Milliseconds, at most a day. */
export const milliseconds = (min = 1) => integer(min, 86_400_000, "milliseconds");

/** Any number from `min` to `max`. */
export const number = (min: number, max: number, error: string) =>
  z.number({ error }).min(min, { error }).max(max, { error });

/** Dollars per million tokens. */
export const rate = () => number(0, Number.MAX_VALUE, "dollars per million tokens, a number of 0 or more");

/** A part of a whole. */
export const share = () => number(0, 1, "a number from 0 to 1");

/** One of some words, in any case; the value is the word as it is listed here. */
export const oneOf = <const T extends string>(...words: readonly T[]) => {
  const error = `${words.slice(0, -1).map((word) => `"${word}"`).join(", ")} or "${words.at(-1)}"`;
  return z.string({ error }).trim().toLowerCase().pipe(z.enum(words, { error }));
};

/** An array of strings, none of them empty. */
export const texts = (expected: string, item = "a non-empty string") =>
  z.array(z.string({ error: item }).min(1, { error: item }), { error: expected });

/** An array of keys; a reference that leads to nothing leaves an empty one. */
export const keys = () => z.array(anyText(), { error: "an array of strings" });

/** A string or an array of strings, none of them blank. */
export const textOrTexts = (expected: string) =>
  z.union([text(expected), z.array(text("a non-empty string")).min(1, { error: expected })], {
    error: expected,
  });

/** Names to strings: `{ "X-Title" = "…" }`. */
export const textTable = (expected: string) => z.record(z.string(), anyText(), { error: expected });

/** Any value: read by hand. */
export const anything = () => z.unknown();

/** A date is an object too, but not a table. */
const withoutDate = (value: unknown) => value instanceof Date ? null : value;

/** A table with these keys and no others. */
export const table = <S extends z.ZodRawShape>(shape: S, header: string) =>
  z.preprocess(
    withoutDate,
    z.strictObject(shape, {
      error: (issue) => issue.code === "invalid_type" ? `a table, ${header}` : undefined,
    }),
  );

/** A target with settings of its own. */
const targetTable = table({
  target: text('a target, "provider,model"'),
  effort: oneOf(...EFFORTS).optional(),
  max_tokens: integer(1, Number.MAX_SAFE_INTEGER, "tokens").optional(),
  temperature: number(0, 2, "a number from 0 to 2").optional(),
}, "{ target = … }");

/** A target with its settings, in a file. */
export type TargetBlock = z.infer<typeof targetTable>;

/** What {@link chain} and {@link routeTarget} read. */
export type ChainBlock = z.infer<ReturnType<typeof targets>>;

const TARGET = '"provider,model" or a table { target = "provider,model", effort = "high" }';

function targets(expected: string) {
  const items = z.array(z.union([text(TARGET), targetTable], { error: TARGET })).min(1, { error: expected });
  return z.union([text(expected), targetTable, items], { error: expected });
}

/** `"provider,model | provider,model"`, a table with a target's settings, or an array of both. */
export const chain = () =>
  targets(
    '"provider,model", a chain "provider,model | provider,model", a table { target = … }, or an array of these',
  );

const ROUTE_TARGET = '"provider,model" (or a chain of them), the name of a route, or "auto"';

/** What a rule or mapping leads to. */
export const routeTarget = (expected = ROUTE_TARGET) => targets(expected);

/** An array of tables, `[[header]]`. */
export const tables = <S extends z.ZodType>(item: S, header: string) =>
  z.array(item, { error: `tables, each under ${header}` });
