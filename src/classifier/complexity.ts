/** How hard a prompt looks, from 0 (trivial) to 1. Pure. */
import type { Cue } from "./match.ts";
import type { Masked } from "./prompt/mask.ts";
import type { Tokens } from "./tokens.ts";
import type { GroupName } from "./words/groups.ts";

/** What speaks for a hard prompt: points for each of it, and the most that it counts. The sum is cut at 0 and 1. */
const POINTS = {
  /** Words: 0 for one, the most at 400, on a logarithmic scale. */
  length: { most: 0.3, words: 400 },
  /** Words of strategy, analysis and judgement, plans too. */
  strategic: { each: 0.08, most: 0.32 },
  /** Descriptions of trouble in running systems: outage, data loss, intermittent. */
  trouble: { each: 0.03, most: 0.12 },
  /** Requirements: list items, and verbs that ask for a change after the first one. */
  requirements: { each: 0.03, most: 0.18 },
  /** Questions after the first. */
  questions: { each: 0.03, most: 0.09 },
  /** Pasted code, logs or quotations to read. */
  pasted: 0.05,
  /** Clerical words speak against. */
  clerical: -0.12,
} as const;

const STRATEGIC: ReadonlySet<string> = new Set<GroupName>([
  "plan",
  "strategic",
  "analysis",
  "judgement",
  "steps",
]);
const ITEMS = /\n[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]/g;

/** Points of a prompt, of which `masked` holds the user's own speech. */
export function complexity(
  { text: spoken, any: pasted }: Masked,
  tokens: Tokens,
  cues: readonly Cue[],
  back: Uint8Array,
): number {
  let strategic = 0;
  let trouble = 0;
  let changes = 0;
  let clerical = false;
  for (const { role, start, head } of cues) {
    if (back[start] === 1) continue;
    if (STRATEGIC.has(role)) strategic++;
    else if (role === "trouble") trouble++;
    else if ((role === "make" || role === "change") && head) changes++;
    else if (role === "clerical" || role === "clericalThing") clerical = true;
  }
  const items = spoken.includes("\n") ? (spoken.match(ITEMS)?.length ?? 0) : 0;
  let questions = 0;
  for (const question of tokens.questions) if (question) questions++;
  const { length } = POINTS;
  const sum =
    Math.min(length.most, length.most * Math.log(Math.max(1, tokens.words.length)) / Math.log(length.words)) +
    points(POINTS.strategic, strategic) + points(POINTS.trouble, trouble) +
    points(POINTS.requirements, items + Math.max(0, changes - 1)) + points(POINTS.questions, questions - 1) +
    (pasted ? POINTS.pasted : 0) + (clerical ? POINTS.clerical : 0);
  return Math.round(100 * Math.min(1, Math.max(0, sum))) / 100;
}

function points(rule: { readonly each: number; readonly most: number }, count: number): number {
  return Math.min(rule.most, rule.each * Math.max(0, count));
}
