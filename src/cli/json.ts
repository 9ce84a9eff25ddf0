/** Output for programs. */
import type { Io } from "./io.ts";

/** Prints a value as indented JSON on the standard output. */
export function printJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
