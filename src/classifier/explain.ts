/** Puts a decision into one line for people. Pure. */
import type { Decision } from "./decide.ts";
import type { Tokens } from "./tokens.ts";
import type { Kind } from "./classification.ts";

/** So many words are named. */
const NAMED = 4;

export function explain(
  decision: Decision,
  matched: readonly string[],
  text: string,
  tokens: Tokens,
): string {
  const { kind, by, takenBack, scores } = decision;
  const negatedWords = takenBack.map(({ start, end }) =>
    text.slice(tokens.starts[start]!, tokens.ends[end - 1]!)
  );
  const without = negatedWords.length === 0 ? "" : ` (${quote(negatedWords)} taken back)`;
  if (scores === undefined) {
    const plans = matched.filter((_, i) => by[i]!.role === "plan");
    const works = matched.filter((_, i) => by[i]!.role !== "plan");
    const rest = works.length === 0 ? `without an implementation word${without}` : `with ${quote(works)}`;
    return `${quote(plans.slice(0, 1))} ${rest} → ${kind}`;
  }
  if (matched.length === 0) return `no word that tells the kind${without} → ${kind}`;
  const second = (Object.entries(scores) as [Kind, number][])
    .filter(([other, score]) => other !== kind && score > 0).sort((a, b) => b[1] - a[1])[0];
  const against = second === undefined ? "" : ` (${scores[kind]}, next ${second[0]} ${second[1]})`;
  return `${quote(matched)}${without} → ${kind}${against}`;
}

function quote(words: readonly string[]): string {
  const named = [...new Set(words.map((word) => word.replace(/\s+/g, " ")))];
  const more = named.length > NAMED ? ", …" : "";
  return named.slice(0, NAMED).map((word) => `"${word}"`).join(", ") + more;
}
