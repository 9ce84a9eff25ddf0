/** `eval --from-ledger`: the latest decisions, judged by what the user said about them. */
import { KINDS } from "../../../classifier/learned/situation.ts";
import type { LoggedRequest } from "../../../ledger/row.ts";
import type { Feedback } from "../../../server/learning/files.ts";
import type { Judged } from "./figures.ts";

/** Decisions with what the user said about them. */
export interface JudgedDecisions {
  /** Those without a correction count as right. The oldest first; the prompt is the request's id. */
  readonly judged: readonly Judged[];
  readonly corrected: number;
  readonly up: number;
  readonly down: number;
}

/** @param requests the newest first */
export function judgedBy(
  { corrections, thumbs }: Feedback,
  requests: readonly LoggedRequest[],
): JudgedDecisions {
  const right = new Map(corrections.map(({ id, from, to }) => [id, { from, to }]));
  const kinds: ReadonlySet<string> = new Set(KINDS);
  const rows = requests.filter(({ operation, kind }) => operation === "generate" && kinds.has(kind))
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
