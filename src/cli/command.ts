/** What a command is. */
import type { Parser } from "@optique/core/parser";
import type { Message } from "@optique/core/message";
import type { Io } from "./io.ts";

/** A command whose options are parsed, ready to go. Resolves to its exit code. */
export type Run = (io: Io) => Promise<number>;

export interface Command {
  /** One or two sentences for its own help. */
  readonly description: Message;
  /** Its options and arguments; the value is the command, ready to go. */
  readonly parser: Parser<"sync", Run, unknown>;
  /** Command lines for its own help, without the program's name. */
  readonly examples: readonly string[];
}
