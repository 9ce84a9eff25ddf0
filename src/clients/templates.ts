/**
 * Prompts that a client or a library of commands writes out in place of a command which the user typed. What the user
 * wrote is the command's arguments.
 */

/** A command that the user gave. */
export interface Command {
  /** Without the slash: `specify`, `dev-story`, `fix`. */
  readonly name: string;
  /** Where its text comes from: the client's own slash command, or a library of templates. */
  readonly from: "slash" | "spec-kit" | "bmad" | "copilot";
}

/** A command with the words that the user gave along; "" where there are none. */
export interface CommandPrompt {
  readonly command: Command;
  readonly words: string;
}

/** Only so many characters at a text's beginning decide whether it is a template. */
const LOOKED_AT = 3000;

/** The command whose template a text is; undefined: the user wrote the text. */
export function template(text: string): CommandPrompt | undefined {
  if (text.length < 60) return undefined;
  const head = text.slice(0, LOOKED_AT);
  return specKit(text, head) ?? bmad(text, head) ?? copilot(text);
}

/** spec-kit's commands by what only their templates hold, in this order. @see https://github.com/github/spec-kit */
const SPEC_KIT: readonly (readonly [name: string, marks: readonly string[]])[] = [
  ["specify", ["create-new-feature", "typed after `/speckit.specify`", "typed after `/specify`"]],
  ["constitution", ["updating the project constitution"]],
  ["analyze", ["Specification Analysis Report", "STRICTLY READ-ONLY"]],
  ["checklist", ["Unit Tests for English", "checklist-template"]],
  ["clarify", ["--paths-only", "-PathsOnly"]],
  ["plan", ["setup-plan."]],
  ["taskstoissues", ["GitHub issues", "GitHub MCP"]],
  ["implement", ["--require-tasks", "-RequireTasks"]],
  ["tasks", ["tasks-template", "setup-tasks.", "tasks.md"]],
];

function specKit(text: string, head: string): CommandPrompt | undefined {
  if (!head.includes("**MUST** consider")) return undefined;
  const section = /^(?:## User Input|User input:)[ \t]*$/m.exec(head);
  if (section === null) return undefined;
  const found = SPEC_KIT.find(([, marks]) => marks.some((mark) => text.includes(mark)));
  const command: Command = { name: found?.[0] ?? "other", from: "spec-kit" };
  return { command, words: argumentsAfter(text, section.index + section[0].length) };
}

/** The inside of the fence that follows, or the text up to a line that begins a list or a heading. */
function argumentsAfter(text: string, at: number): string {
  const rest = text.slice(at).trimStart();
  const fence = /^```[^\n]*\n/.exec(rest);
  const end = fence === null
    ? rest.search(/\n\s*(?:\d+\. |#+ )/)
    : rest.indexOf("\n```", fence[0].length - 1);
  const words = rest.slice(fence?.[0].length ?? 0, end < 0 ? undefined : end).trim();
  return words === "$ARGUMENTS" ? "" : words;
}

/** Beginnings of BMAD's commands, after their front matter. @see https://github.com/bmad-code-org/BMAD-METHOD */
const BMAD_STARTS = [
  "IT IS CRITICAL THAT YOU FOLLOW",
  "You must fully embody this agent's persona",
  "<agent-activation",
];
const BMAD_ENDS = ["</agent-activation>", "</steps>", "follow its directions exactly!"];

function bmad(text: string, head: string): CommandPrompt | undefined {
  const front = /^---\n[^]*?\n---\s*/.exec(head)?.[0] ?? "";
  if (!BMAD_STARTS.some((start) => head.startsWith(start, front.length))) return undefined;
  const name = /^name: ['"]?([\w:.-]+)/m.exec(front)?.[1] ??
    /\/([\w-]+)\/workflow\.(?:yaml|md)\b/.exec(head)?.[1] ??
    /\/(?:agents|tasks|workflows)\/(?:[\w-]+\/)*?(?!workflow\b)([\w-]+)(?:\.agent)?\.(?:md|yaml|xml)\b/.exec(
      head,
    )?.[1];
  const end = Math.max(...BMAD_ENDS.map((mark) => {
    const at = text.lastIndexOf(mark);
    return at < 0 ? -1 : at + mark.length;
  }));
  const words = end < 0 ? "" : text.slice(end).trim().replace(/^ARGUMENTS:\s*/i, "");
  return { command: { name: name ?? "other", from: "bmad" }, words: words === "$ARGUMENTS" ? "" : words };
}

/** Copilot's prompts for its buttons and slash commands. Their words are kept: they say what is asked. */
const COPILOT: readonly (readonly [name: string, starts: string])[] = [
  ["fix", "For the code present, we get this error:"],
  ["fix", "For the code present, we get these errors:"],
  ["fix", "There is a problem in this code. Rewrite the code to show it with the bug fixed"],
  ["explain", "Write an explanation for the active selection as paragraphs of text"],
  ["explain", "Write an explanation for the code above as paragraphs of text"],
  ["tests", "Write a set of detailed unit test functions for the code above"],
  ["doc", "Please add documentation comment"],
];

function copilot(text: string): CommandPrompt | undefined {
  const found = COPILOT.find(([, starts]) => text.startsWith(starts));
  return found === undefined ? undefined : { command: { name: found[0], from: "copilot" }, words: text };
}
