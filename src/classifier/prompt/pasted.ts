/** Recognises lines that were pasted without a fence: logs, stack traces, diffs, terminals, tables, code. Pure. */

/** Only so much of a line is looked at, in characters. */
const LOOKED_AT = 160;

/** By the first character of the line's text, what a pasted line looks like. Anchored, no nested repetition. */
const PASTED: readonly { readonly first: RegExp; readonly line: RegExp }[] = [
  // 14:02:11 …, 2026-11-22T21:09 …, 02:10:03.123 LOG:, 10.0.0.1 - - [22/Nov …, "12 | code" of a compiler
  {
    first: /\d/,
    line:
      /^(?:\d{4}-\d\d-\d\d[T ,]|\d{1,2}:\d\d:\d\d\b|\d{4}\/\d\d\/\d\d \d|\d{1,3}(?:\.\d{1,3}){3} - |\d{1,2} [A-Z][a-z]{2} \d{4} \d|\d+ +[|│] )/,
  },
  // [INFO] of Maven, [vite], [ WARN] [1700000000.000] of ROS, [plugin:vite:react]
  {
    first: /\[/,
    line:
      /^\[(?:\d{4}-\d|\d{1,2}:\d\d|\d+\.\d+\]| ?(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL)\b|(?:vite|plugin:|webpack|hmr|nodemon|esbuild)\b)/i,
  },
  {
    first: /[A-Z]/,
    line:
      /^(?:(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL|PANIC|CRITICAL|LOG|NOTICE)(?::| +\[| {2,}| \d{4}-)|(?:INFO|WARN|ERRO|DEBU|FATA)\[\d+\]|ERROR in \.?\/|Traceback \(most recent|Caused by: |Exception in thread |File "[^"]+", line \d|Error: |(?:Uncaught |Unhandled )?[A-Z]\w*(?:Error|Exception|Warning)(?:: |$| \[)|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d\d:\d\d|Unhandled |Segmentation fault|WARNING: DATA RACE|Process finished with|Killed$|FAIL(?:ED|URE)?[: ]|PASS(?:ED)? |BUILD (?:FAILED|SUCCESS)|Compiling [\w-]+ v|Finished [`\w]|Failed to load resource: |Failed to compile|Module not found: |Access to (?:fetch|XMLHttpRequest) at |(?:GET|POST|PUT|PATCH|DELETE|OPTIONS|HEAD) https?:\/\/|PS [A-Z]:\\[^>]*> ?|[A-Z]:\\[^>\n]{0,120}>)/,
  },
  {
    first: /[a-z]/,
    line:
      /^(?:at [\w$.<>/]+ ?\(|at [\w./\\:-]+:\d|in [\w.]+\(|goroutine \d+ \[|panic: |error\[?[A-Z]*\d*\]?: |error TS\d+: |warning(?:\[\w+\])?: |fatal: |npm (?:ERR!|WARN|error|warn)|make(?:\[\d+\])?: |thread '|diff --git |index [0-9a-f]{7}|commit [0-9a-f]{7,40}$|(?:[\w$]+\.){2,}[\w$]+(?:Error|Exception)\b|java\.|[\w./\\-]+\.\w{1,5}:\d+(?::\d+)?:? |[\w./\\-]+\.\w{1,5}\(\d+,\d+\): |collected \d+ items|[\w.-]+ +\| +(?:\d{4}-\d|\[|[A-Z]{4,8}\b))/,
  },
  { first: /\(/, line: /^\((?:anonymous\) @ |elixir |stdlib |[a-z_]+ \d+\.\d+\.\d+(?:-[\w.]+)?\) )/ },
  { first: /\*/, line: /^\*{2,} ?\([A-Z]\w*\) / },
  { first: /[-+@]/, line: /^(?:--- [ab]\/|\+\+\+ [ab]\/|@@ -\d|-{3,}$|-->? [\w./]+:\d|\+[-=+]{3,})/ },
  { first: /[=_]/, line: /^(?:={3,}(?: |$)|_{3,} |= (?:note|help): )/ },
  { first: /%/, line: /^% \S/ },
  { first: /[|│╭╰└├┌┐✓✔✗✘✖×❌●]/, line: /^(?:[|│╭╰└├┌┐]|[✓✔✗✘✖×●] )/ },
  { first: />/, line: /^> (?:Task :|Configure project|Could not )/ },
];

/**
 * A shell's prompt with a command: `$ npm test`, `(base) ➜  lab sudo …`, `dev@host:~/x$ make`, `root@1f2e:/app# ls`. A name
 * with a colon after it may follow words without a space.
 */
const SHELL =
  /^(?:\([\w.-]{1,40}\) ?)?(?:\$ \S|[➜❯λ] +\S|\[?[\w.-]{1,60}@[\w.-]{1,60}[: ]?[~/][\w./~-]{0,120}\]?[$#%] ?\S)/;
const SHELL_WITHIN = /[\w.-]{1,60}@[\w.-]{1,60}:[~/][\w./~-]{0,120}[$#] \S/;

/** The head of a table that a command printed: three or more columns in capitals. */
const TABLE_HEAD =
  /^[A-Z][A-Z0-9_%()/-]*(?: [A-Z0-9_%()/-]+)*(?:(?: {2,}|\t+)[A-Z][A-Z0-9_%()/-]*(?: [A-Z0-9_%()/-]+)*){2,}\s*$/;

/** Code that has no fence. The whole line must look like it. */
const CODE_START =
  /^(?:import .+ from |from \S+ import |#include\b|package [\w.]+;|def \w+\(|class \w+[:({ ].*[:{]$|(?:async )?function \w*\(|(?:const|let|var) \w+ ?[=:]|return\b.*;$|(?:public|private|protected|static) .*[({;]|(?:if|for|while) ?\(.*\) ?\{|(?:pub )?fn \w+|func \w*\(|func \(|\} ?else|<\/?[a-z][\w-]*(?: [^>]*)?>|SELECT .+ FROM |INSERT INTO |UPDATE \w+ SET |CREATE TABLE )/;
const CODE_END = /(?:[;{]|\)\s*=>|[})\]];?,?)$/;

/** A line of a text. */
export interface Line {
  /** Its first visible character, and its end. */
  readonly first: number;
  readonly end: number;
  /** The width of the white space before it. */
  readonly indent: number;
}

/** Walks over the lines of a text, in order, and says which were pasted. */
export class PasteReader {
  readonly #text: string;
  /** The line before was empty, and was pasted. The first line follows nothing. */
  #afterBlank = true;
  #inPaste = false;
  /** What was begun and has lines of its own: the hunk of a diff, the output of a command, the rows of a table. */
  #inside: "diff" | "output" | "table" | undefined;
  /** The line before, and this one, is a shell's prompt. */
  #afterShell = false;
  #startsShell = false;
  /** Where the last prompt of a shell before an empty line begins: what is between prompts is output. -1: not known yet. */
  #lastShell = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** A line of white space. */
  blank(): void {
    this.#afterBlank = true;
    this.#inPaste = false;
    this.#inside = undefined;
    this.#lastShell = -1;
  }

  /** A line inside a fence, or a quoted one. */
  skip(): void {
    this.#afterBlank = false;
    this.#inPaste = true;
    this.#inside = undefined;
  }

  /** A line that ends with a shell's prompt and its command, see {@link shellWithin}. */
  shell(): void {
    this.#afterBlank = false;
    this.#inPaste = true;
    this.#inside = "output";
    this.#afterShell = true;
  }

  /** Whether the next line was pasted. */
  next(line: Line): boolean {
    const pasted = this.#looksPasted(line);
    this.#afterShell = this.#startsShell;
    this.#startsShell = false;
    this.#afterBlank = false;
    this.#inPaste = pasted;
    if (!pasted) this.#inside = undefined;
    return pasted;
  }

  #looksPasted({ first, end, indent }: Line): boolean {
    const line = this.#text.slice(first, Math.min(end, first + LOOKED_AT));
    if (SHELL.test(line)) {
      this.#inside = "output";
      this.#startsShell = true;
      return true;
    }
    if (TABLE_HEAD.test(line)) {
      this.#inside ??= "table";
      return true;
    }
    if (this.#inside !== undefined && this.#continues(line, first, indent)) return true;
    for (const { first: start, line: pattern } of PASTED) {
      if (!start.test(line[0]!)) continue;
      if (!pattern.test(line)) break;
      if (line.startsWith("@@") || line.startsWith("diff ")) this.#inside = "diff";
      return true;
    }
    const c = line.charCodeAt(0);
    if (c === 0x7d || c === 0x7b || c === 0x3c || CODE_START.test(line)) {
      return end - first > LOOKED_AT || CODE_START.test(line) || CODE_END.test(line.trimEnd());
    }
    // A block set in by four or more (Markdown's code), but not a list inside a list.
    if (indent >= 4 && (this.#afterBlank || this.#inPaste)) return !/^(?:[-*+] |\d+[.)] )/.test(line);
    return line.length > 3 && /[;{}]$/.test(line) && /[()=<>]/.test(line);
  }

  /** Whether a line belongs to what was begun before it. */
  #continues(line: string, first: number, indent: number): boolean {
    if (this.#inside === "diff") return indent > 0 || /^[-+\\@]/.test(line);
    if (this.#inside === "table") return isRow(line);
    return first < this.#shellEnd(first) || isRow(line) ||
      this.#afterShell && isFirstOutput(this.#text, line, first);
  }

  #shellEnd(from: number): number {
    if (this.#lastShell >= 0) return this.#lastShell;
    const text = this.#text;
    let last = from;
    for (let at = text.indexOf("\n", from) + 1; at > 0 && at < text.length; at = text.indexOf("\n", at) + 1) {
      if (text.charCodeAt(at) === 0x0a) break;
      if (SHELL.test(text.slice(at, at + LOOKED_AT))) last = at;
    }
    return this.#lastShell = last;
  }
}

/** Columns with gaps, or mostly names, numbers and paths: what a program prints in rows. */
function isRow(line: string): boolean {
  if (/[^ -~\t]/.test(line) || /[.?!]$/.test(line)) return false;
  if (/\S(?: {2,}|\t)\S.*\S(?: {2,}|\t)\S/.test(line)) return true;
  const words = line.trim().split(/\s+/);
  let marked = 0;
  for (const word of words) if (/\d|[/\\_=:|]|\w[.]\w/.test(word)) marked++;
  return marked * 2 > words.length;
}

/** The line after a command is its output, unless it is the text's last one, a question or in another script. */
function isFirstOutput(text: string, line: string, first: number): boolean {
  if (/[^ -~\t]/.test(line) || line.trimEnd().endsWith("?")) return false;
  const end = text.indexOf("\n", first);
  return end >= 0 && end < text.trimEnd().length;
}

/** Where a shell's prompt begins inside a line, so that the rest of the line was pasted; -1: nowhere. */
export function shellWithin(line: string): number {
  return line.includes("@") ? line.search(SHELL_WITHIN) : -1;
}
