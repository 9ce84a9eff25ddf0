/**
 * Remembers how prompts were classified. An agent sends its user's prompt with every request of a turn, dozens of times:
 * it is classified once.
 */
import { classifyPrompt, type PromptClassification } from "../classifier/classify.ts";
import type { ExtraWords } from "../config/config.ts";

/** Prompts that are remembered for a configuration's words. */
const MOST = 256;
/** Longer ones are classified each time: they are few, and would fill the memory. Characters. */
const LONGEST = 4096;

const memories = new WeakMap<ExtraWords, Map<string, PromptClassification>>();

/** {@link classifyPrompt}, from memory where it can be. `words`: the same object for the same words. */
export function rememberedPrompt(prompt: string, words?: ExtraWords): PromptClassification {
  if (words === undefined || prompt.length > LONGEST) return classifyPrompt(prompt, words);
  let memory = memories.get(words);
  if (memory === undefined) memories.set(words, memory = new Map());
  let known = memory.get(prompt);
  if (known !== undefined) return known;
  known = classifyPrompt(prompt, words);
  if (memory.size >= MOST) {
    for (const oldest of memory.keys()) {
      memory.delete(oldest);
      break;
    }
  }
  memory.set(prompt, known);
  return known;
}
