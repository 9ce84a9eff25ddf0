import assert from "node:assert/strict";
import { test } from "node:test";
import { inPlanMode } from "../../src/clients/plan-mode.ts";
import type { MessageFacts } from "../../src/model/request-facts.ts";
import { assistant, system, toolResult, user } from "../support/request-facts.ts";

const ON = "<system-reminder>\nPlan mode is active. Do not make any edits.\n</system-reminder>";
const OFF = "<system-reminder>\n## Exited Plan Mode\n\nYou have exited plan mode.\n</system-reminder>";
const calling = (name: string): MessageFacts => ({
  role: "assistant",
  texts: [],
  calls: [{ id: "1", name, input: {} }],
});
const result = (failed: boolean): MessageFacts => ({
  role: "tool",
  texts: [],
  results: [{ id: "1", isError: failed, text: "" }],
});
const developer = (text: string): MessageFacts => ({ role: "developer", texts: [text] });

const CASES: readonly (readonly [what: string, messages: readonly MessageFacts[], is: boolean])[] = [
  ["a conversation without reminders", [user("plan it")], false],
  ["a reminder beside the words", [user("design it", ON)], true],
  ["a reminder before work", [user("design it", ON), assistant("Reading."), toolResult], true],
  ["a reminder that says it is still on", [user("go on", ON.replace("is active", "still active"))], true],
  ["a reminder that it was left", [user("design it", ON), assistant("Done."), user("build it", OFF)], false],
  ["a reminder that it is on again", [user("a", OFF), assistant("b"), user("c", ON)], true],
  [
    "a message of the system after the words",
    [user("design it"), system("# Environment\n…\n\nPlan mode is active. The user …")],
    true,
  ],
  [
    "a message of the system that says it was left",
    [user("a"), system("Plan mode is active."), assistant("b"), user("c"), system("## Exited Plan Mode")],
    false,
  ],
  ["a plan that the user agreed to", [user("design it", ON), calling("ExitPlanMode"), result(false)], false],
  ["a plan that the user refused", [user("design it", ON), calling("ExitPlanMode"), result(true)], true],
  ["an agent that enters it by itself", [user("design it"), calling("EnterPlanMode"), result(false)], true],
  [
    "opencode's plan agent",
    [user("design it", "<system-reminder>\n# Plan Mode - System Reminder\n\nCRITICAL: …</system-reminder>")],
    true,
  ],
  [
    "opencode's build agent after it",
    [
      user(
        "go",
        "<system-reminder>\nYour operational mode has changed from plan to build.\n</system-reminder>",
      ),
    ],
    false,
  ],
  [
    "Codex's mode",
    [developer("<collaboration_mode># Plan Mode (Conversational)\n…</collaboration_mode>"), user("a")],
    true,
  ],
  [
    "Codex's default mode after it",
    [
      developer("<collaboration_mode># Plan Mode (Conversational)\n…</collaboration_mode>"),
      user("a"),
      developer("<collaboration_mode># Collaboration Mode: Default\n…</collaboration_mode>"),
    ],
    false,
  ],
  ["a user who writes about it", [user("Plan mode is active? why?")], false],
  ["a system prompt that explains it", [system("Plan mode is active while …"), user("hello")], false],
];
for (const [what, messages, is] of CASES) {
  test(`${what} ${is ? "is" : "is not"} plan mode`, () => assert.equal(inPlanMode(messages), is));
}
