/** Whether an agent is in plan mode: it plans and may not change anything until the user agrees. */
import type { MessageFacts } from "../model/request-facts.ts";

/** Beginnings of the reminders that switch the mode, after the tag that opens them. */
const SWITCHES: readonly {
  readonly tag: string;
  readonly on: readonly string[];
  readonly off: readonly string[];
}[] = [
  {
    // Claude Code and opencode
    tag: "<system-reminder>",
    on: ["Plan mode is active", "Plan mode still active", "# Plan Mode - System Reminder"],
    off: ["## Exited Plan Mode", "Your operational mode has changed from plan to build"],
  },
  { tag: "<collaboration_mode>", on: ["# Plan Mode"], off: ["# "] }, // Codex
];

/** Claude Code's newest models get their reminders in one message of the system, without tags, after the user's. */
const ON = "Plan mode is active";
const STILL_ON = "Plan mode still active";
const OFF = "## Exited Plan Mode";

/** Tools that switch the mode. */
const ENTERS: ReadonlySet<string> = new Set(["EnterPlanMode", "plan_enter"]);
const LEAVES: ReadonlySet<string> = new Set(["ExitPlanMode", "exit_plan_mode", "plan_exit"]);

/** Characters of such messages that are searched: agents repeat the reminder with each prompt. */
const SEARCHED = 48_000;

/** The latest reminder or tool that switches the mode decides. */
export function inPlanMode(messages: readonly MessageFacts[]): boolean {
  const first = messages.findIndex(({ role }) => role !== "system" && role !== "developer");
  let left = SEARCHED;
  for (let i = messages.length - 1; i >= 0; i--) {
    const { role, texts, calls } = messages[i]!;
    if (calls !== undefined) {
      const called = switchedByCall(calls, messages[i + 1]);
      if (called !== undefined) return called;
    }
    if (role === "assistant" || role === "tool") continue;
    const searched = role === "system" && i > first && first >= 0;
    for (let k = texts.length - 1; k >= 0; k--) {
      const text = texts[k]!;
      const switched = switchedByTag(text);
      if (switched !== undefined) return switched;
      if (!searched || left < text.length) continue;
      left -= text.length;
      const on = Math.max(text.indexOf(ON), text.indexOf(STILL_ON));
      const off = text.indexOf(OFF);
      if (on >= 0 || off >= 0) return on > off;
    }
  }
  return false;
}

function switchedByTag(text: string): boolean | undefined {
  if (!text.startsWith("<")) return undefined;
  for (const { tag, on, off } of SWITCHES) {
    if (!text.startsWith(tag)) continue;
    const start = text.slice(tag.length, tag.length + 100).trimStart();
    if (on.some((one) => start.startsWith(one))) return true;
    if (off.some((one) => start.startsWith(one))) return false;
  }
  return undefined;
}

/** A plan that the user refused leaves the mode as it is. */
function switchedByCall(
  calls: NonNullable<MessageFacts["calls"]>,
  next: MessageFacts | undefined,
): boolean | undefined {
  for (const { name, id } of calls) {
    const switched = ENTERS.has(name) ? true : LEAVES.has(name) ? false : undefined;
    if (switched === undefined) continue;
    if (next?.results?.some((result) => result.id === id && result.isError) !== true) return switched;
  }
  return undefined;
}
