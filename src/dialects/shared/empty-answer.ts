/** Answers with status 200 that hold none: no output, and no end that explains why there is none. */
import type { Part, Reply, StopReason } from "../../model/conversation.ts";
import type { ProviderError } from "../../model/failure.ts";

/** Ends that explain why an answer holds nothing. */
const EXPLAINS: ReadonlySet<StopReason> = new Set([
  "max_tokens",
  "stop_sequence",
  "refusal",
  "content_filter",
  "pause_turn",
]);

/**
 * What an answer without output failed of; undefined: its end explains it.
 * @param word the provider's own, where it says more than `stop`
 */
export function emptyAnswer(stop: StopReason, word?: string): ProviderError | undefined {
  if (EXPLAINS.has(stop)) return undefined;
  if (stop === "context_window") {
    return {
      message: `The request does not fit into the model's context window${said(word)}.`,
      code: "model_context_window_exceeded",
    };
  }
  return { message: `The provider's answer is empty${said(word)}.`, code: "empty_answer" };
}

const said = (word: string | undefined) =>
  word === undefined ? "" : ` (it ended with "${word.slice(0, 60)}")`;

/** Why a reply is not an answer; undefined: it is one. */
export function lackOf({ error, parts, stop, rawStop }: Reply): ProviderError | undefined {
  return error ?? (parts.some(holds) ? undefined : emptyAnswer(stop, rawStop));
}

function holds(part: Part): boolean {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text !== "";
    case "reasoning":
      return [part.text, part.encrypted, part.redacted, ...part.summary ?? []].some((text) => text);
    default:
      return true;
  }
}
