/** What the fuzzer begins with. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AREAS } from "./areas.ts";

const FIXTURES = fileURLToPath(new URL("../../tests/fixtures", import.meta.url));
/** A folder for each area, with what was found once. */
export const CORPUS = join(FIXTURES, "fuzz");

const textsIn = (folder: string, end = ""): string[] =>
  readdirSync(folder).filter((name) => name.endsWith(end)).sort()
    .map((name) => readFileSync(join(folder, name), "utf8"));

/** An area's texts. */
export function corpusOf(area: string): string[] {
  const [folder, end] = AREAS[area]!.also ?? [];
  return [
    ...textsIn(join(CORPUS, area)),
    ...folder === undefined ? [] : textsIn(join(FIXTURES, folder), end),
  ];
}
