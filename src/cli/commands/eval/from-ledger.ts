/** `eval --from-ledger`: the latest decisions, judged by what the user said about them. */
import { KINDS } from "../../../classifier/learned/situation.ts";
import { UnreadableLedger } from "../../../ledger/file.ts";
import { recentRequests } from "../../../ledger/recent.ts";
import type { Feedback } from "../../../server/learning/files.ts";
import { CliError } from "../../command.ts";
import type { Judged } from "./figures.ts";

/** Decisions with what the user said about them. */
export interface JudgedDecisions {
  /** Those without a correction count as right. The oldest first; the prompt is the request's id. */
  readonly judged: readonly Judged[];
  readonly corrected: number;
  readonly up: number;
  readonly down: number;
}

/** @throws CliError where the ledger cannot be read */
export function fromLedger(path: string, number: number, { corrections, thumbs }: Feedback): JudgedDecisions {
  const right = new Map(corrections.map(({ id, from, to }) => [id, { from, to }]));
  const kinds: ReadonlySet<string> = new Set(KINDS);
  const rows = readRows(path, number).filter(({ operation, kind }) =>
    operation === "generate" && kinds.has(kind)
  )
    .reverse();
  const judged = rows.map(({ id, kind, why, provider, model }, index): Judged => ({
    line: index + 1,
    prompt: id,
    label: right.get(id)?.to ?? kind,
    previous: [],
    decided: right.get(id)?.from ?? kind,
    why,
    target: provider === null || model === null ? undefined : { provider, model },
  }));
  const ids = new Set(rows.map(({ id }) => id));
  const rated = thumbs.filter(({ id }) => ids.has(id));
  const up = rated.filter((one) => one.up).length;
  const corrected = rows.filter(({ id }) => right.has(id)).length;
  return { judged, corrected, up, down: rated.length - up };
}

function readRows(path: string, number: number): ReturnType<typeof recentRequests> {
  try {
    return recentRequests(path, { limit: number });
  } catch (error) {
    if (error instanceof UnreadableLedger) throw new CliError(`${error.message}.`);
    throw error;
  }
}
