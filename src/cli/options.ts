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
    message`configuration file (default: $TERRAPHIM_CONFIG, the one in your user folder, ./config.toml if the proxy has run with it, or one built from the keys in the environment)`,
}));

/** `--json`. */
export const jsonOption = withDefault(
  flag("--json", { description: message`print JSON` }),
  false,
);

/** `--url URL`, of commands that ask a running proxy. */
export const urlOption = optional(option("-u", "--url", string({ metavar: "URL" }), {
  description: message`address of the proxy (default: host and port of the configuration)`,
}));

/** A TCP port; 0 picks a free one. */
export const port = integer({ min: 0, max: 65535, metavar: "PORT" });

/** The shells that have completions. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** The time that the value of `--since` names, in epoch milliseconds. @throws CliError when it is not in the past */
export function momentOf(words: string, now: number): number {
  const moment = sinceFrom(words, now);
  if (moment !== undefined) return moment;
  throw new CliError(
    `--since must be a time in the past, not ${
      JSON.stringify(words)
    }: today, week, month, all, 90m, 24h, 7d, 2w, ` +
      `2026-11-22 or 2026-11-22T14:30.`,
    EXIT.unusable,
  );
}

/** The value of `--url` with a scheme and without a slash at its end. @throws CliError when it is not a URL */
export function serverUrl(words: string): string {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(words) ? words : `http://${words}`;
  if (URL.canParse(text) && /^https?:/i.test(text)) return text.replace(/\/+$/, "");
  throw new CliError(
    `--url must be a URL such as http://127.0.0.1:3456, not ${JSON.stringify(words)}.`,
    EXIT.unusable,
  );
}
