/** Facts of a request for tests that do not care for its body. */
import type { MessageFacts, RequestFacts } from "../../src/model/request-facts.ts";

/** Facts of a bare request; what matters to the test goes in `set`. */
export function requestFacts(set: Partial<RequestFacts> = {}): RequestFacts {
  return {
    dialect: "openai-chat",
    operation: "generate",
    model: "auto",
    stream: false,
    system: [],
    messages: [],
    hasImages: false,
    hasDocuments: false,
    toolCount: 0,
    toolNames: [],
    serverTools: [],
    outputKeys: [],
    approxTokens: 10,
    client: "unknown",
    hints: {},
    ...set,
  };
}

/** Messages in a line each: `user("a", "b")` is one message of two text blocks. */
export const user = (...texts: string[]): MessageFacts => ({ role: "user", texts });
export const assistant = (...texts: string[]): MessageFacts => ({ role: "assistant", texts });
export const system = (...texts: string[]): MessageFacts => ({ role: "system", texts });
export const toolResult: MessageFacts = { role: "tool", texts: [] };
