/** Recognises lines that were pasted without a fence: logs, stack traces, diffs, terminals, code. Pure. */

/** Only so much of a line is looked at, in characters. */
const LOOKED_AT = 160;

/** By the first character of the line's text, what a pasted line looks like. Anchored, no nested repetition. */
const PASTED: readonly { readonly first: RegExp; readonly line: RegExp }[] = [
  // 14:02:11 …, 2026-11-22T21:09 …, 02:10:03.123 LOG:, 10.0.0.1 - - [22/Nov …
  {
    first: /\d/,
    line:
      /^(?:\d{4}-\d\d-\d\d[T ,]|\d{1,2}:\d\d:\d\d\b|\d{4}\/\d\d\/\d\d \d|\d{1,3}(?:\.\d{1,3}){3} - |\d{1,2} [A-Z][a-z]{2} \d{4} \d)/,
  },
  {
    first: /\[/,
    line: /^\[(?:\d{4}-\d|\d{1,2}:\d\d|\d+\.\d+\]|(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL)\b)/i,
  },
  {
    first: /[A-Z]/,
    line:
      /^(?:(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL|PANIC|CRITICAL|LOG|NOTICE)(?::| +\[| {2,}| \d{4}-)|Traceback \(most recent|Caused by: |Exception in thread |File "[^"]+", line \d|Error: |[A-Z]\w*(?:Error|Exception|Warning)(?:: |$)|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d\d:\d\d|Unhandled |Segmentation fault|WARNING: DATA RACE|Process finished with|Killed$|FAIL(?:ED)? |PASS |Compiling |Finished )/,
  },
  {
    first: /[a-z]/,
    line:
      /^(?:at [\w$.<>/]+ ?\(|at [\w./\\:-]+:\d|in [\w.]+\(|goroutine \d+ \[|panic: |error\[?[A-Z]*\d*\]?: |warning: |fatal: |npm (?:ERR!|WARN|error|warn)|make(?:\[\d+\])?: |thread '|diff --git |index [0-9a-f]{7}|commit [0-9a-f]{7,40}$|(?:[\w$]+\.){2,}[\w$]+(?:Error|Exception)\b|java\.|[\w./\\-]+\.\w{1,5}:\d+(?::\d+)?:? )/,
  },
  { first: /[-+@]/, line: /^(?:--- [ab]\/|\+\+\+ [ab]\/|@@ -\d|-{3,}$|-->? [\w./]+:\d)/ },
  { first: /[$%#]/, line: /^[$%] \S/ },
  { first: /[|│╭╰└├]/, line: /^/ },
];

/** Code without a fence. The whole line must look like it. */
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
  /** An empty or a pasted line precedes it. */
  readonly apart: boolean;
}

/** Whether a line was pasted. */
export function isPastedLine(text: string, { first, end: eol, indent, apart }: Line): boolean {
  const line = text.slice(first, Math.min(eol, first + LOOKED_AT));
  for (const { first: start, line: pattern } of PASTED) {
    if (start.test(line[0]!)) {
      if (pattern.test(line)) return true;
      break;
    }
  }
  const c = line.charCodeAt(0);
  if (c === 0x7d || c === 0x7b || c === 0x3c || CODE_START.test(line)) {
    return eol - first > LOOKED_AT || CODE_START.test(line) || CODE_END.test(line.trimEnd());
  }
  // A block set in by four or more (Markdown's code), but not a list inside a list.
  if (indent >= 4 && apart) return !/^(?:[-*+] |\d+[.)] )/.test(line);
  return line.length > 3 && /[;{}]$/.test(line) && /[()=<>]/.test(line);
}
