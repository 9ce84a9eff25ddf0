/** `man`: the manual page, from the same definitions as `--help`. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import { CliError, type Command } from "../../command.ts";

/** The page needs every command, this one too: `cli.ts` prints it. */
export const command: Command = {
  description: message`Prints the manual page in the format of man(1). The packages install it.`,
  parser: map(object({}), () => () => Promise.reject(new CliError("man takes no arguments."))),
  examples: ["man > ~/.local/share/man/man1/terraphim-llm-proxy.1"],
};
