/** Recognises the requests that a client makes for its own use: titles, summaries, helpers. Pure. */
import type { RequestFacts } from "../model/request-facts.ts";
import type { HousekeepingPattern } from "../clients/agent.ts";
import { HOUSEKEEPING_PATTERNS } from "../clients/agents.ts";
import { type OwnWords, ownWords } from "./prompt/own-words.ts";

/**
 * Why a request is the client's own housekeeping (`title`, `compaction`, `web_search`, …); undefined: it is the user's
 * work. A token count is what the request that it counts is. What the client's metadata says counts first, then the patterns.
 *
 * @param words what {@link ownWords} found, where the caller has it already.
 */
export function housekeeping(facts: RequestFacts, words: OwnWords = ownWords(facts)): string | undefined {
  const { kind } = facts.hints;
  if (kind !== undefined) return kind === "turn" ? undefined : kind;
  const firstUser = facts.messages.find((message) => message.role === "user")?.texts[0]?.trimStart() ?? "";
  const prompt = words.prompt ?? "";
  for (const pattern of HOUSEKEEPING_PATTERNS) {
    if (matches(pattern, facts, prompt, firstUser)) return pattern.why;
  }
  return facts.hints.requestClass === "auxiliary" ? "auxiliary" : undefined;
}

/** Everything that a pattern names must hold. */
function matches(
  pattern: HousekeepingPattern,
  facts: RequestFacts,
  prompt: string,
  firstUser: string,
): boolean {
  if (pattern.client !== undefined && pattern.client !== facts.client) return false;
  if (pattern.tools !== undefined && pattern.tools !== facts.toolCount) return false;
  if (pattern.outputKey !== undefined && !facts.outputKeys.includes(pattern.outputKey)) return false;
  if (pattern.serverTool !== undefined && !facts.serverTools.includes(pattern.serverTool)) return false;
  if (pattern.maxOutput !== undefined && !(facts.maxOutputTokens! <= pattern.maxOutput)) return false;
  if (pattern.model !== undefined && !facts.model.toLowerCase().includes(pattern.model)) return false;
  if (pattern.prompt !== undefined && !pattern.prompt.some((start) => prompt.startsWith(start))) return false;
  if (pattern.wholePrompt !== undefined && pattern.wholePrompt !== prompt) return false;
  if (pattern.firstUser !== undefined && !firstUser.startsWith(pattern.firstUser)) return false;
  return pattern.system === undefined || startsSystem(facts.system, pattern.system);
}

/** Whether one of the first system blocks begins so; task prompts come after the client's name and pseudo-headers. */
function startsSystem(system: readonly string[], starts: readonly string[]): boolean {
  for (let i = 0; i < system.length && i < 4; i++) {
    const text = system[i]!.slice(0, 300).trimStart();
    if (starts.some((start) => text.startsWith(start))) return true;
  }
  return false;
}
