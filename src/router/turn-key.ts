/** A name for the turn that a request belongs to. Pure. */
import type { Classification } from "../classifier/classification.ts";
import type { RequestFacts } from "../model/request-facts.ts";

/**
 * The same for all requests of one agent loop, since they share the user's latest prompt; undefined where the
 * request holds no words of the user's. The prompt itself cannot be read from it.
 */
export function turnKey(facts: RequestFacts, classification: Classification): string | undefined {
  const { prompt } = classification;
  if (prompt === undefined) return undefined;
  return `${facts.client}/${facts.session ?? ""}/${prompt.length}/${hash(prompt)}`;
}

/** FNV-1a, 32 bit (http://www.isthe.com/chongo/tech/comp/fnv/). Enough to tell one client's prompts apart. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0).toString(36);
}
