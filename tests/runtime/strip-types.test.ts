import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { stripTypes } from "../../src/runtime/strip-types.ts";
import { inFolder } from "../cli/terminal.ts";

/** What a module's default export is. */
async function run(source: string): Promise<unknown> {
  let value: unknown;
  await inFolder({ "module.mjs": source }, async (folder) => {
    ({ default: value } = await import(pathToFileURL(join(folder, "module.mjs")).href));
  });
  return value;
}

test("types go away, and the program does what it did", async () => {
  const source = `
    interface Pair { readonly one: number }
    type Words = readonly string[];
    const of = <T extends Pair>(pair: T, words: Words = ["größe"]): string => words[0]! + pair.one;
    export default of({ one: 1 } satisfies Pair) as string;`;
  assert.equal(await run(stripTypes(source)), "größe1");
});

test("plain JavaScript stays what it does", async () => {
  assert.equal(await run(stripTypes("export default 1 < 2 && 3 > 2 ? `a${1}` : 0;")), "a1");
});

test("an empty text is an empty program", () => assert.equal(stripTypes("").trim(), ""));

test("a text that is not TypeScript is an error", () => {
  assert.throws(() => stripTypes("export default function ("));
});
