/** Files of other programs that nobody wrote, for the readers of them. */
import fc from "fast-check";

/** Keys and values that every object of JavaScript inherits. */
export const INHERITED = ["constructor", "toString", "__proto__", "hasOwnProperty"] as const;

/** Any data with these keys, at any depth. */
export function anyData(keys: readonly string[]): fc.Arbitrary<unknown> {
  const leaf = fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e300,
    3456,
    "",
    "a",
    "openrouter,x",
    "openai/gpt-4",
    "http://x/v1",
    "$K",
    "os.environ/KEY",
    "größe\n[x]",
    ...INHERITED,
  );
  const key = fc.constantFrom(...keys, ...INHERITED);
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 6 }),
    ),
  })).value;
}
