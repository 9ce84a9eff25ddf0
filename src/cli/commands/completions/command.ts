/** `completions bash|zsh|fish`: a script with which a shell completes this program's commands. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import { argument } from "@optique/core/primitives";
import { choice } from "@optique/core/valueparser";
import { CliError, type Command, EXIT } from "../../command.ts";
import { SHELLS } from "../../options.ts";

const shells = choice(SHELLS, { metavar: "SHELL" });

/** The script itself comes from the parser's library, which also answers the shell; see `cli.ts`. */
export const command: Command = {
  description: message`Prints a script with which a shell completes this program's commands and options.`,
  parser: map(
    object({ shell: argument(shells, { description: message`bash, zsh or fish` }) }),
    () => () => Promise.reject(new CliError("Name a shell: bash, zsh or fish.", EXIT.unusable)),
  ),
  examples: [
    "completions bash > ~/.local/share/bash-completion/completions/terraphim-llm-proxy",
    "completions zsh > ~/.zfunc/_terraphim-llm-proxy",
    "completions fish > ~/.config/fish/completions/terraphim-llm-proxy.fish",
  ],
};
