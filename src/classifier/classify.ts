/** Which kind of work a request is, and why. Pure: the same request and words give the same answer. */
import type { ExtraWords } from "../config/config.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import type { Classification, Kind } from "./classification.ts";
import { complexity } from "./complexity.ts";
import { decide, explain } from "./decide.ts";
import { excerpt } from "./prompt/excerpt.ts";
import { housekeeping } from "./housekeeping.ts";
import { programmingLanguage } from "./language/programming.ts";
import { lexica } from "./words/lexicon.ts";
import { mask } from "./prompt/mask.ts";
import { match } from "./match.ts";
import { negated } from "./negation.ts";
import { ownWords } from "./prompt/own-words.ts";
import { MASK, tokenize } from "./tokens.ts";
import { naturalLanguage } from "./language/natural.ts";

/** What the user's words alone say. */
export interface PromptClassification {
  readonly kind: Kind;
  readonly matched: readonly string[];
  readonly language?: string;
  readonly complexity: number;
  readonly why: string;
}

/**
 * Classifies a request: the client's own housekeeping is `background`, a request without words of the user is `default`,
 * anything else is decided by the user's latest prompt.
 *
 * @param extra the user's own words (`[router.words]`); compiled once an object, so pass the same one each time
 * @param ofPrompt {@link classifyPrompt}, or a function that remembers its answers
 */
export function classify(
  facts: RequestFacts,
  extra?: ExtraWords,
  ofPrompt: typeof classifyPrompt = classifyPrompt,
): Classification {
  const words = ownWords(facts);
  const chore = housekeeping(facts, words);
  const common = { isSubagent: facts.hints.subagent === true, continuesTurn: words.continuesTurn };
  if (chore !== undefined) {
    return {
      ...common,
      kind: "background",
      matched: [],
      prompt: words.prompt,
      complexity: 0,
      isHousekeeping: true,
      housekeeping: chore,
      why: `the client's own housekeeping (${chore}) → background`,
    };
  }
  if (words.prompt === undefined) {
    return {
      ...common,
      kind: "default",
      matched: [],
      complexity: 0,
      isHousekeeping: false,
      why: "no words of the user in the request → default",
    };
  }
  return { ...common, ...ofPrompt(words.prompt, extra), prompt: words.prompt, isHousekeeping: false };
}

/** Classifies a prompt by its words alone. Linear in its length; of a very long one the beginning and the end are read. */
export function classifyPrompt(prompt: string, extra?: ExtraWords): PromptClassification {
  const text = excerpt(prompt);
  let masked = mask(text);
  const lists = lexica(extra);
  let tokens = tokenize(masked.text, lists.unspaced);
  if (masked.any && !tokens.words.some((word) => word !== MASK)) {
    // Everything is a quotation: some clients quote the whole prompt.
    const whole = unquoted(text);
    if (whole !== undefined) {
      masked = mask(whole);
      tokens = tokenize(masked.text, lists.unspaced);
    }
  }
  const spoken = naturalLanguage(tokens, masked.text);
  const lexicon = lists.of(spoken);
  const cues = match(tokens, lexicon);
  const back = negated(tokens, cues, lexicon.joiners, spoken === "ja" || spoken === "ko");
  const verdict = decide(tokens, cues, back);
  const matched = verdict.by.map(({ start, end }) =>
    masked.text.slice(tokens.starts[start]!, tokens.ends[end - 1]!)
  );
  const about = programmingLanguage(text, tokens, masked.text, masked.fences);
  return {
    kind: verdict.kind,
    matched,
    ...(about === undefined ? {} : { language: about }),
    complexity: complexity(masked, tokens, cues, back),
    why: explain(verdict, matched, masked.text, tokens),
  };
}

/** The inside of a prompt that is one quotation. */
function unquoted(text: string): string | undefined {
  const trimmed = text.trim();
  const pair = /^(["'“«„「])([^]*)(["'”»“」])$/.exec(trimmed);
  return pair === null ? undefined : pair[2];
}
