/** Recognises the requests that a client makes for its own use: titles, summaries, helpers. Pure. */
import type { RequestFacts } from "../dialects/dialect.ts";

/** Why a request is the client's own housekeeping (`title`, `compaction`, …); undefined: it is the user's work. */
export function housekeeping(facts: RequestFacts): string | undefined {
  return facts.operation === "count_tokens"
    ? "count_tokens"
    : facts.hints.kind === "title"
    ? "title"
    : undefined;
}
