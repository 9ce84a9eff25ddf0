/** Whether a tool's result reports a failure. Only the beginning and the end of its text are read. */
import { isRecord, listOf } from "../../json/shape.ts";

/** Characters that are read at the beginning and at the end. */
const HEAD = 300;
const TAIL = 160;

/** Beginnings of texts that report a failure, as agents and their tools write them. */
const ERROR_AT_START =
  /^\s*(?:<(?:tool_use_error|error)>|(?:fatal |internal )?error\b ?[:(\[]|fatal: |Traceback \(most recent call last\)|(?:[A-Za-z]+\.)*[A-Z][A-Za-z]*(?:Error|Exception): |(?:bash|sh|zsh): .{1,120}: (?:command not found|No such file)|command (?:failed|not found)\b|failed to )/i;

/** How agents report the exit code of a command, in a line of its own. */
const EXIT_CODE =
  /(?:^|[\n(])[ \t]*(?:(?:Process|Command|The command) (?:failed|exited|finished|completed) with (?:exit )?(?:code|status):?|Exit (?:code|status):?|exit_code:?) ?(-?\d+)/i;

/** Codex's older versions write a result as JSON with the exit code at its end. */
const EXIT_CODE_IN_JSON = /"exit_code": ?(-?\d+)/;

/** `content`: a text, or a list of parts with texts. */
export function reportsFailure(content: unknown): boolean {
  if (typeof content === "string") return isFailureText(content);
  for (const part of listOf(content)) {
    if (!isRecord(part)) continue;
    // The shell tool's results have their exit codes apart.
    if (isRecord(part.outcome)) return part.outcome.type !== "exit" || part.outcome.exit_code !== 0;
    if (typeof part.text === "string" && part.text !== "") return isFailureText(part.text);
  }
  return false;
}

function isFailureText(text: string): boolean {
  const head = text.length <= HEAD ? text : text.slice(0, HEAD);
  if (ERROR_AT_START.test(head)) return true;
  const tail = text.length <= HEAD ? "" : text.slice(Math.max(HEAD, text.length - TAIL));
  const code = EXIT_CODE.exec(head) ?? EXIT_CODE.exec(tail) ??
    (head.startsWith("{") ? EXIT_CODE_IN_JSON.exec(tail === "" ? head : tail) : null);
  return code !== null && Number(code[1]) !== 0;
}
