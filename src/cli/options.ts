/** Options that several commands take. */
import { message } from "@optique/core/message";
import { optional, withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";

/** `--config FILE`. */
export const configOption = optional(option("-c", "--config", string({ metavar: "FILE" }), {
  description:
    message`the configuration; else $TERRAPHIM_CONFIG, ./config.toml, the user's own, or one made from the keys found`,
}));

/** `--json`. */
export const jsonOption = withDefault(
  flag("--json", { description: message`print JSON, for programs` }),
  false,
);

/** A TCP port; 0 is any free one. */
export const port = integer({ min: 0, max: 65535, metavar: "PORT" });

/** The shells that are helped with completion. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
