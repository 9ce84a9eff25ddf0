/** Options that several commands take, and what their words mean. */
import { message } from "@optique/core/message";
import { optional, withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import { sinceFrom } from "../ledger/period.ts";
import { CliError, EXIT } from "./command.ts";

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

/** The moment that words name, epoch milliseconds. @throws CliError when they name none of the past */
export function momentOf(words: string, now: number): number {
  const moment = sinceFrom(words, now);
  if (moment !== undefined) return moment;
  throw new CliError(
    `--since ${
      JSON.stringify(words)
    } is no moment of the past. It takes today, week, month, all, 90m, 24h, 7d, 2w, ` +
      `a date (2026-11-22) or a date with a time (2026-11-22T14:30).`,
    EXIT.unusable,
  );
}

/** With a scheme, without a slash at its end. @throws CliError where it is no address */
export function serverUrl(words: string): string {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(words) ? words : `http://${words}`;
  if (URL.canParse(text) && /^https?:/i.test(text)) return text.replace(/\/+$/, "");
  throw new CliError(
    `--url ${JSON.stringify(words)} is no address; http://127.0.0.1:3456 would be one.`,
    EXIT.unusable,
  );
}
