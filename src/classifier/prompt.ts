/** Finds the words that the user wrote among all that an agent sends along. Pure. */
import type { RequestFacts } from "../dialects/dialect.ts";

export interface OwnWords {
  /** The user's latest prompt; undefined where the request holds none. */
  readonly prompt?: string;
  /** An answer or a tool's result stands after the prompt: the request goes on with a turn that it began. */
  readonly continuesTurn: boolean;
}

/** The user's own latest prompt, and whether the request continues its turn. */
export function ownWords(facts: RequestFacts): OwnWords {
  for (let i = facts.messages.length - 1; i >= 0; i--) {
    const message = facts.messages[i]!;
    const prompt = message.role === "user" ? message.texts.join("\n").trim() : "";
    if (prompt !== "") {
      const continuesTurn = facts.messages.slice(i + 1).some((m) =>
        m.role === "assistant" || m.role === "tool"
      );
      return { prompt, continuesTurn };
    }
  }
  return { continuesTurn: false };
}
