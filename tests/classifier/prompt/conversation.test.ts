import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BEFORE_LENGTH, conversationView, MOST_CALLS } from "../../../src/classifier/prompt/conversation.ts";
import { ownWords } from "../../../src/classifier/prompt/own-words.ts";
import type { MessageFacts } from "../../../src/model/request-facts.ts";
import { clientRequests, factsOf } from "../../support/client-requests.ts";
import { assistant, requestFacts, system, user } from "../../support/request-facts.ts";

const viewOf = (...messages: MessageFacts[]) => conversationView(requestFacts({ messages }));
const call = (name: string, input: unknown, id = "c"): MessageFacts => ({
  role: "assistant",
  texts: [],
  calls: [{ id, name, input }],
});
const result = (failed: boolean, id = "c"): MessageFacts => ({
  role: "tool",
  texts: [],
  results: [{ id, isError: failed, text: "" }],
});
/** A call that fails or not. */
const done = (name: string, input: unknown, failed = false) => [call(name, input), result(failed)];

test("the prompts are the user's own words, the latest first, up to four before it", () => {
  const messages = ["one", "two", "three", "four", "five", "six"].flatMap((words) => [
    user("<system-reminder>plan</system-reminder>", words),
    system("plan"),
    assistant("ok"),
  ]);
  assert.deepEqual(viewOf(...messages).prompts.map(({ text }) => text), [
    "six",
    "five",
    "four",
    "three",
    "two",
  ]);
});

const SUMMARY = "This session is being continued from a previous conversation that ran out of context.\n" +
  '6. All user messages:\n   - "add a menu"\n   - "now write "tests" for it" (two files)\n   - [a note]\n\n7. Pending Tasks:\n   - "none"';

test("the prompts before a compaction are those that the summary quotes", () => {
  const view = conversationView(requestFacts({ messages: [user(SUMMARY), user("commit")] }));
  assert.deepEqual(view.prompts.map(({ text }) => text), [
    "commit",
    'now write "tests" for it',
    "add a menu",
  ]);
  assert.equal(view.continuesTurn, false);
});

test("after a compaction within a turn, the turn goes on with the last prompt of the summary", () => {
  const view = conversationView(requestFacts({ messages: [user(SUMMARY)] }));
  assert.equal(view.prompts[0]?.text.startsWith("now write"), true);
  assert.equal(view.continuesTurn, true);
});

test("a summary that quotes nothing has no prompts", () => {
  const text = "This session is being continued from a previous conversation. All is well.";
  assert.deepEqual(conversationView(requestFacts({ messages: [user(text)] })).prompts, []);
});

test("a prompt's speech is without its pastes, and says that there are some", () => {
  const [prompt] = viewOf(user('fix "this" please\nERROR: plan failed')).prompts;
  assert.deepEqual({ text: prompt?.text, speech: prompt?.speech, pasted: prompt?.pasted }, {
    text: 'fix "this" please\nERROR: plan failed',
    speech: "fix  \ufffc  please",
    pasted: true,
  });
  assert.equal(viewOf(user('fix "this"')).prompts[0]?.pasted, false);
});

test("a command is a prompt of its own, with or without arguments", () => {
  const command = (args: string) =>
    `<command-name>/speckit.plan</command-name>\n<command-args>${args}</command-args>`;
  const views =
    viewOf(user(command("the queue"), "Plan it."), assistant("ok"), user(command(""), "Plan it.")).prompts;
  const plain = views.map(({ text, speech, pasted, command }) => ({ text, speech, pasted, command }));
  assert.deepEqual(plain, [
    { text: "", speech: "", pasted: false, command: { name: "speckit.plan", from: "slash" } },
    {
      text: "the queue",
      speech: "the queue",
      pasted: false,
      command: { name: "speckit.plan", from: "slash" },
    },
  ]);
});

test("the assistant's last text before the latest prompt is cut to its end", () => {
  assert.equal(
    viewOf(user("a"), assistant("first"), assistant("Shall I?", " "), call("Read", {}), user("yes")).before,
    "Shall I?",
  );
  assert.equal(
    viewOf(user("a"), assistant("x".repeat(900)), user("yes"), assistant("later")).before,
    "x".repeat(BEFORE_LENGTH),
  );
  assert.equal(viewOf(user("a"), assistant("later")).before, "");
});

test("what the agent did is counted apart for the previous and the current turn", () => {
  const view = viewOf(
    user("zero"),
    ...done("Edit", { file_path: "z" }),
    user("one"),
    ...done("Edit", { file_path: "a" }),
    ...done("Bash", { command: "make" }, true),
    user("two"),
    ...done("Read", { file_path: "a" }),
    ...done("exec_command", '{"cmd":"ls"}'),
  );
  assert.deepEqual(view.previousTurn, {
    tools: ["Edit", "Bash"],
    calls: 2,
    edits: 1,
    failures: 1,
    repeatedFailures: 1,
    refusedEdits: 0,
    repeatedCalls: 1,
  });
  assert.deepEqual(view.currentTurn, {
    tools: ["Read", "exec_command"],
    calls: 2,
    edits: 0,
    failures: 0,
    repeatedFailures: 0,
    refusedEdits: 0,
    repeatedCalls: 1,
  });
});

test("calls that fail again with the same arguments are repeated failures", () => {
  const make = { command: "make", timeout: 5 };
  const view = viewOf(
    user("fix it"),
    ...done("Bash", { ...make }, true),
    ...done("Bash", { command: "make clean" }, true),
    ...done("Bash", { ...make }, true),
    ...done("Bash", { ...make }),
    ...done("Bash", { ...make }, true),
  );
  assert.equal(view.currentTurn.failures, 4);
  assert.equal(view.currentTurn.repeatedFailures, 3);
});

test("edits of one file that fail in a row are counted, whatever they would change", () => {
  const edit = (file_path: string, old_string: string, isError = true) =>
    done("Edit", { file_path, old_string }, isError);
  const view = viewOf(
    user("fix it"),
    ...edit("a.ts", "1"),
    ...edit("b.ts", "1"),
    ...edit("a.ts", "2"),
    ...edit("a.ts", "3", false),
    ...edit("a.ts", "4"),
  );
  assert.equal(view.currentTurn.refusedEdits, 2);
});

test("the same call with the same result is repeated only while nothing comes between", () => {
  const read = () => done("Read", { file_path: "a.ts" });
  const view = viewOf(user("go"), ...read(), ...read(), ...done("Read", { file_path: "b.ts" }), ...read());
  assert.equal(view.currentTurn.repeatedCalls, 2);
});

test("calls with long arguments that differ in length are not the same call", () => {
  const long = (length: number) => ({ content: "x".repeat(length) });
  const view = viewOf(user("a"), ...done("Write", long(5000), true), ...done("Write", long(5001), true));
  assert.equal(view.currentTurn.repeatedFailures, 1);
});

test("tools of every client are known by their names", () => {
  const view = viewOf(
    user("a"),
    ...["Write", "apply_patch", "str_replace_based_edit_tool", "mcp__files__edit_file"].flatMap((name) =>
      done(name, {})
    ),
    ...done("exec_command", '{"cmd":"apply_patch <<EOF"}'),
    ...["Bash", "shell", "run_in_terminal"].flatMap((name) => done(name, {})),
    ...["Read", "Grep", "Agent", "toString"].flatMap((name) => done(name, {})),
  );
  assert.equal(view.currentTurn.edits, 5);
  assert.equal(view.currentTurn.calls, 12);
});

test("of many calls the last are named and all are counted", () => {
  const many = Array.from({ length: 100 }, (_, i) => call(`tool${i}`, {}, `c${i}`));
  const { currentTurn } = viewOf(user("a"), ...many);
  assert.equal(currentTurn.calls, 100);
  assert.equal(currentTurn.tools.length, MOST_CALLS);
  assert.equal(currentTurn.tools.at(-1), "tool99");
});

test("the client's hints are handed on as they are", () => {
  const hints = { requestClass: "main", mode: "plan" } as const;
  assert.equal(conversationView(requestFacts({ hints, messages: [user("a")] })).hints, hints);
});

test("a conversation without the user's words has no prompts, and is the current turn", () => {
  const view = viewOf(assistant("hello"), ...done("Bash", {}, true));
  assert.deepEqual(view.prompts, []);
  assert.equal(view.before, "");
  assert.equal(view.previousTurn.calls, 0);
  assert.equal(view.currentTurn.failures, 1);
});

for (const request of clientRequests()) {
  test(`${request.name}: the latest prompt is the one that decides alone`, () => {
    const facts = factsOf(request);
    const { prompts, continuesTurn } = conversationView(facts);
    const words = ownWords(facts);
    assert.equal(prompts[0]?.text || undefined, words.prompt);
    assert.equal(continuesTurn, words.continuesTurn);
  });
}

/** The project's own recording of a name. */
const recorded = (name: string) => {
  const request = clientRequests().find((one) => one.name === name);
  assert.ok(request !== undefined, name);
  return conversationView(factsOf(request));
};

test("commands that a client expands are named, whatever their template says", () => {
  const commandOf = (name: string) => recorded(name).prompts[0]?.command;
  assert.deepEqual(commandOf("codex.spec-kit"), { name: "implement", from: "spec-kit" });
  assert.deepEqual(commandOf("codex.spec-kit-bare"), { name: "plan", from: "spec-kit" });
  assert.deepEqual(commandOf("codex.bmad"), { name: "architect", from: "bmad" });
  assert.deepEqual(commandOf("claude.bmad"), { name: "bmad:dev-story", from: "slash" });
  assert.deepEqual(commandOf("copilot.fix"), { name: "fix", from: "copilot" });
});

test("a command that fails again and again is seen in a recorded request", () => {
  const { tools, failures, repeatedFailures } = recorded("claude.failing").currentTurn;
  assert.deepEqual([tools.length, failures, repeatedFailures], [3, 3, 3]);
});

test("any messages at all give a view", () => {
  const message = fc.record({
    role: fc.constantFrom("system", "user", "assistant", "tool" as const),
    texts: fc.array(fc.string(), { maxLength: 3 }),
    calls: fc.option(
      fc.array(fc.record({ id: fc.constantFrom("a", "b", ""), name: fc.string(), input: fc.jsonValue() })),
      { nil: undefined },
    ),
    results: fc.option(
      fc.array(fc.record({ id: fc.constantFrom("a", "b", ""), isError: fc.boolean(), text: fc.string() })),
      {
        nil: undefined,
      },
    ),
  });
  fc.assert(fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
    const { previousTurn, currentTurn, prompts } = conversationView(
      requestFacts({ messages: messages as never }),
    );
    for (const { calls, edits, failures, repeatedFailures } of [previousTurn, currentTurn]) {
      assert.ok(edits <= calls && repeatedFailures <= failures);
    }
    assert.ok(prompts.length <= 5);
  }));
});
