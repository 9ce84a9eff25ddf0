import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { z } from "zod";
import {
  chain,
  flag,
  integer,
  keys,
  milliseconds,
  needed,
  oneOf,
  rate,
  routeTarget,
  share,
  standInFor,
  table,
  tables,
  text,
  textOrTexts,
  texts,
  textTable,
} from "../../../src/config/schema/fields.ts";

/** What a value is read as, or the words for what it should have been. */
function read(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  return { expected: issue?.message };
}

const refused = (expected: string) => ({ expected });

describe("a string", () => {
  test("is not blank", () => {
    assert.equal(read(text(), " größe "), " größe ");
    for (const value of ["", " \t", 7, null, ["a"]]) {
      assert.deepEqual(read(text(), value), refused("a string"));
    }
  });

  test("in an array is not empty, but a key may be", () => {
    assert.deepEqual(read(texts("names"), ["a", ""]), refused("a non-empty string"));
    assert.deepEqual(read(texts("names"), "a"), refused("names"));
    assert.deepEqual(read(keys(), ["a", ""]), ["a", ""]);
  });

  test("may be an array of strings where both are taken", () => {
    const schema = textOrTexts("a name or names");
    assert.deepEqual([read(schema, "a"), read(schema, ["a", "b"])], ["a", ["a", "b"]]);
    for (const value of [[], "", 1]) assert.deepEqual(read(schema, value), refused("a name or names"));
  });
});

describe("a number", () => {
  test("is an integer within its limits, and the message has them in words", () => {
    const schema = integer(1, 65_535);
    assert.deepEqual([read(schema, 1), read(schema, 65_535)], [1, 65_535]);
    for (const value of [0, 65_536, 1.5, NaN, Infinity, "1", 2 ** 53]) {
      assert.deepEqual(read(schema, value), refused("an integer from 1 to 65,535"));
    }
  });

  test("says its unit, and only its least where nothing limits it above", () => {
    assert.deepEqual(read(milliseconds(), 0), refused("an integer (milliseconds) from 1 to 86,400,000"));
    assert.deepEqual(read(integer(1, Number.MAX_SAFE_INTEGER), -1), refused("an integer of 1 or more"));
  });

  test("of dollars is finite and not negative", () => {
    assert.deepEqual([read(rate(), 0), read(rate(), 0.075)], [0, 0.075]);
    for (const value of [-1, Infinity, NaN, "3"]) {
      assert.match(JSON.stringify(read(rate(), value)), /dollars per million tokens/);
    }
  });

  test("that is a share is from 0 to 1", () => {
    assert.deepEqual([read(share(), 0), read(share(), 1)], [0, 1]);
    assert.deepEqual(read(share(), 1.01), refused("a number from 0 to 1"));
  });
});

test("one of some words is read in any case, and the message lists them", () => {
  const schema = oneOf("low", "medium", "high");
  assert.equal(read(schema, " HIGH "), "high");
  for (const value of ["highest", "", 3]) {
    assert.deepEqual(read(schema, value), refused('"low", "medium" or "high"'));
  }
});

test("true and false are not words", () => {
  assert.equal(read(flag(), false), false);
  for (const value of ["true", 1, null]) assert.deepEqual(read(flag(), value), refused("true or false"));
});

describe("a table", () => {
  const schema = table({ a: text() }, "[a]");

  test("has its keys and no others", () => {
    assert.deepEqual(read(schema, { a: "x" }), { a: "x" });
    assert.equal(schema.safeParse({ a: "x", b: 1 }).success, false);
  });

  test("is neither a date nor an array nor a text", () => {
    for (const value of [new Date(), [], "a", 1]) {
      assert.deepEqual(read(schema, value), refused("a table, [a]"));
    }
  });

  test("of names has strings, and tables are an array of them", () => {
    assert.deepEqual(read(textTable("names"), { "X-Title": "" }), { "X-Title": "" });
    assert.equal(textTable("names").safeParse({ a: 1 }).success, false);
    assert.deepEqual(read(tables(schema, "[[a]]"), { a: "x" }), refused("tables, each under [[a]]"));
  });
});

describe("a chain", () => {
  test("is a text, a table with a target's settings, or an array of both", () => {
    const target = { target: "groq,m", effort: "HIGH", max_tokens: 5 };
    assert.equal(read(chain(), "groq,m | ollama,m"), "groq,m | ollama,m");
    assert.deepEqual(read(chain(), ["ollama,m", target]), ["ollama,m", { ...target, effort: "high" }]);
  });

  test("is nothing else, and says what it may be", () => {
    for (const value of ["", [], 7, null, new Date()]) {
      assert.match(JSON.stringify(read(chain(), value)), /a chain \\"provider,model \| provider,model\\"/);
    }
    assert.match(JSON.stringify(read(routeTarget(), 7)), /the name of a route, or \\"auto\\"/);
  });
});

test("a needed key has a stand-in of its own, and others have none", () => {
  const schema = needed(text(), "x");
  assert.equal(standInFor(schema), "x");
  assert.equal(standInFor(text()), undefined);
});
