/** Whether a tool's result reports a failure, as agents and their tools write it. */
import type { ToolResultFacts } from "../model/request-facts.ts";

/** Characters of a text that are read at its beginning and at its end. */
const HEAD = 300;
const TAIL = 160;

/** Beginnings of texts that report a failure. */
const ERROR_AT_START =
  /^\s*(?:<(?:tool_use_error|error)>|(?:fatal |internal )?error\b ?[:(\[]|fatal: |Traceback \(most recent call last\)|(?:[A-Za-z]+\.){0,8}[A-Z][A-Za-z]{0,60}(?:Error|Exception): |(?:bash|sh|zsh): .{1,120}: (?:command not found|No such file)|command (?:failed|not found)\b|failed to )/i;

/** The exit code of a command, in a line of its own. */
const EXIT_CODE =
  /(?:^|[\n(])[ \t]*(?:(?:Process|Command|The command) (?:failed|exited|finished|completed) with (?:exit )?(?:code|status):?|Exit (?:code|status):?|exit_code:?) ?(-?\d+)/i;

/** Codex's older versions write a result as JSON with the exit code at its end. */
const EXIT_CODE_IN_JSON = /"exit_code": ?(-?\d+)/;

/** The result is marked as an error, its text begins with one, or it has an exit code other than 0. Reads 460 characters. */
export function reportsFailure({ isError, text }: ToolResultFacts): boolean {
  if (isError) return true;
  const head = text.length <= HEAD ? text : text.slice(0, HEAD);
  if (ERROR_AT_START.test(head)) return true;
  const tail = text.length <= HEAD ? "" : text.slice(Math.max(HEAD, text.length - TAIL));
  return hasBadExit(head) || tail !== "" && hasBadExit(tail);
}

function hasBadExit(text: string): boolean {
  // Few texts get as far as the expressions.
  if (!text.includes("xit")) return false;
  const code = EXIT_CODE.exec(text) ?? EXIT_CODE_IN_JSON.exec(text);
  return code !== null && Number(code[1]) !== 0;
}
