/**
 * Remembers how prompts were judged. An agent sends its user's prompt with every request of a turn, dozens of times: it is
 * judged once.
 */
import { judge, type Judged } from "../classifier/classify.ts";
import type { ConversationView } from "../classifier/prompt/conversation.ts";
import type { ExtraWords } from "../config/config.ts";
import { remember } from "../runtime/remember.ts";

/** Prompts that are remembered for a configuration's words. */
const MOST = 256;
/** Longer ones are judged each time: they are few, and would fill the memory. Characters. */
const LONGEST = 8192;

const memories = new WeakMap<ExtraWords, Map<string, Judged>>();

/** {@link judge}, from memory where it can be. `words`: the same object for the same words. */
export function rememberedJudge(view: ConversationView, words?: ExtraWords): Judged {
  const key = words === undefined ? undefined : keyOf(view);
  if (words === undefined || key === undefined) return judge(view, words);
  let memory = memories.get(words);
  if (memory === undefined) memories.set(words, memory = new Map());
  let known = memory.get(key);
  if (known !== undefined) return known;
  known = judge(view, words);
  remember(memory, key, known, MOST);
  return known;
}

/** All that a judgement looks at, in one text; undefined: too long. */
function keyOf({ prompts, before, previousTurn, hints }: ConversationView): string | undefined {
  const [prompt, previous] = prompts;
  const length = prompt!.text.length + (previous?.text.length ?? 0);
  if (length > LONGEST) return undefined;
  const { calls, edits, failures, tools } = previousTurn;
  return [
    prompt!.text,
    prompt!.command?.name,
    previous?.text,
    prompts.length,
    before,
    calls > 0,
    edits > 0,
    failures > 0,
    tools.at(-1),
    hints.mode,
  ].join("\u0000");
}
