/** The folder that a client works in, where its request names it. Pure. */
import type { RequestFacts } from "../model/request-facts.ts";

/**
 * How agents name it in their system prompt or in a first message: Claude Code ("Primary working directory: /work/shop"),
 * opencode and OpenClaw ("Working directory: …"), Codex ("<cwd>/work/shop</cwd>"), Cline and Roo ("Current Workspace
 * Directory (/work/shop)"). From their requests.
 */
const NAMED: readonly (readonly [mark: string, end: string])[] = [
  ["orking directory: ", "\n"],
  ["<cwd>", "</cwd>"],
  ["orkspace Directory (", ")"],
];

/** Messages at the beginning in which a client tells about its surroundings. */
const MOST_MESSAGES = 4;
/** Characters of a path. */
const LONGEST = 1024;

/** @returns the folder as the client writes it; undefined: the request does not name one */
export function projectOf({ system, messages }: RequestFacts): string | undefined {
  for (const text of system) {
    const found = namedIn(text);
    if (found !== undefined) return found;
  }
  for (const { role, texts } of messages.slice(0, MOST_MESSAGES)) {
    if (role === "assistant" || role === "tool") continue;
    for (const text of texts) {
      const found = namedIn(text);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function namedIn(text: string): string | undefined {
  for (const [mark, end] of NAMED) {
    const at = text.indexOf(mark);
    if (at < 0) continue;
    const start = at + mark.length;
    const line = text.slice(start, start + LONGEST);
    const stop = line.indexOf(end);
    const path = (stop < 0 ? line : line.slice(0, stop)).trim().replace(/[`"']/g, "");
    if (/^(?:~|\/|[a-z]:[\\/]|\\\\)/i.test(path)) return path;
  }
  return undefined;
}
