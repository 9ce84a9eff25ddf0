/** `--since`: a moment in the user's words. */
import { sinceFrom } from "../ledger/period.ts";
import { CliError, EXIT } from "./failure.ts";

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
