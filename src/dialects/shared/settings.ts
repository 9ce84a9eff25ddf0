/** What a target's settings make of a request: how hard to think, how long an answer may be, its temperature. */
import type { Conversation, Reasoning } from "../../model/conversation.ts";
import type { Effort, TargetSettings } from "../../model/target.ts";

/** A conversation with its target's settings; the very same where there are none. */
export function withSettings(
  conversation: Conversation,
  settings: TargetSettings | undefined,
): Conversation {
  if (settings === undefined) return conversation;
  const { effort, temperature } = settings;
  const maxTokens = lowerOf(conversation.maxTokens, settings.maxTokens);
  return {
    ...conversation,
    ...(effort === undefined ? {} : { reasoning: withEffort(conversation.reasoning, effort) }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
  };
}

/** How hard to think, in place of what the client says; how thinking is shown stays the client's. */
export function withEffort({ summary, encrypted }: Reasoning = {}, effort: Effort): Reasoning {
  return {
    enabled: effort !== "none",
    effort,
    ...(summary === undefined ? {} : { summary }),
    ...(encrypted === undefined ? {} : { encrypted }),
  };
}

/** The lower of two limits; undefined: there is none. */
export function lowerOf(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? one ?? other : Math.min(one, other);
}
