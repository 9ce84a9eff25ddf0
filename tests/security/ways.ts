/** The ways in which people run the program: the tests of this folder go through all of them. */
import process from "node:process";
import { executable } from "../support/executable.ts";
import { fromSource } from "../support/program.ts";

type Way = readonly [name: string, command: () => readonly string[], skip: string | undefined];

const SOURCE: Way = ["from source", fromSource, undefined];
const EXECUTABLE: Way = ["as an executable", () => [executable.file ?? ""], executable.skip];

/** `TERRAPHIM_ONLY=executable` or `=source` leaves the other one out. */
export const WAYS: readonly Way[] = process.env.TERRAPHIM_ONLY === "executable"
  ? [EXECUTABLE]
  : process.env.TERRAPHIM_ONLY === "source"
  ? [SOURCE]
  : [SOURCE, EXECUTABLE];

/** The options of a test that is skipped for a reason, or not. */
export const inTest = (skip: string | undefined): { readonly skip?: string } =>
  skip === undefined ? {} : { skip };
