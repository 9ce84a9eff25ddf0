/** Which programming language a prompt is about. Pure. */
import type { Tokens } from "../tokens.ts";
import { NO_BREAK, SENTENCE } from "../tokens.ts";
import { AFTER_NAMES, BEFORE_NAMES, PROGRAMMING_LANGUAGES } from "../words/programming.ts";

/** What each kind of evidence counts. A file's name in the text says less than the language's own name. */
const EVIDENCE = { fence: 4, name: 5, trap: 5, file: 3, tool: 2 } as const;

const byFile = new Map<string, number>();
const byName = new Map<string, number>();
const byTool = new Map<string, number>();
const byTrap = new Map<string, number>();
PROGRAMMING_LANGUAGES.forEach(({ files, names, tools, trap }, index) => {
  for (const file of files.split(" ")) byFile.set(file, index);
  for (const name of names.split(" ")) byName.set(name, index);
  for (const tool of tools.split(" ")) if (tool !== "") byTool.set(tool, index);
  if (trap !== undefined) byTrap.set(trap, index);
});
const BEFORE: ReadonlySet<string> = new Set(BEFORE_NAMES.split(" "));
const AFTER: ReadonlySet<string> = new Set(AFTER_NAMES.split(" "));

/** Files' endings in the text: a name, a dot, a known ending. */
const FILE = /[\w*\]]\.([a-z][a-z0-9+]{0,10})(?![\w.])/gi;

/**
 * The language that most of the evidence speaks for, as named in `words/programming.ts`; undefined where there is none.
 *
 * @param text the prompt, pasted code included: names of files in a stack trace count
 * @param tokens of the user's own speech in `spoken`
 * @param fences info strings of the code fences
 */
export function programmingLanguage(
  text: string,
  tokens: Tokens,
  spoken: string,
  fences: readonly string[],
): string | undefined {
  const scores = new Array<number>(PROGRAMMING_LANGUAGES.length).fill(0);
  let any = false;
  const add = (index: number | undefined, points: number): void => {
    if (index === undefined) return;
    scores[index]! += points;
    any = true;
  };
  for (const fence of fences) add(byFile.get(fence), EVIDENCE.fence);
  let files = 0;
  if (text.includes(".")) {
    for (const found of text.matchAll(FILE)) {
      const ending = found[1]!.toLowerCase();
      const index = byFile.get(ending);
      // "Next.js" is not a file.
      if (index === undefined || byTool.has(`${wordBefore(text, found.index + 1)}.${ending}`)) continue;
      add(index, EVIDENCE.file);
      if (++files === 4) break;
    }
  }
  const { words } = tokens;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const name = byName.get(word);
    if (name !== undefined) add(name, EVIDENCE.name);
    else {
      const tool = byTool.get(word);
      if (tool !== undefined) add(tool, EVIDENCE.tool);
      else if (byTrap.has(word) && isName(tokens, spoken, i)) add(byTrap.get(word), EVIDENCE.trap);
    }
  }
  if (!any) return undefined;
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
  return PROGRAMMING_LANGUAGES[best]!.name;
}

/** The word that ends at `end`, lower case. */
function wordBefore(text: string, end: number): string {
  return /[a-z]*$/.exec(text.slice(Math.max(0, end - 12), end).toLowerCase())![0];
}

/** Whether a word that may be an ordinary one (go, swift, c) is a language's name here. */
function isName({ words, starts, breaks, joined }: Tokens, spoken: string, i: number): boolean {
  if (joined[i] || joined[i + 1]) return false;
  const word = words[i]!;
  const first = spoken.charCodeAt(starts[i]!);
  const capital = first >= 0x41 && first <= 0x5a;
  const next = breaks[i + 1] === NO_BREAK ? words[i + 1]! : "";
  if (word.length === 1 && !capital) return false;
  if (AFTER.has(next)) return true;
  const before = i > 0 && breaks[i] === NO_BREAK ? words[i - 1]! : "";
  if (word.length === 1) return BEFORE.has(before) && before !== "a" && before !== "the" && before !== "to";
  if (capital) return breaks[i]! < SENTENCE && next !== "to" && next !== "ahead" && next !== "for";
  return before === "in" || before === "using";
}
