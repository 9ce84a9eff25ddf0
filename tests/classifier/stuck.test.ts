import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { stuckOn } from "../../src/classifier/stuck.ts";
import { conversationView } from "../../src/classifier/prompt/conversation.ts";
import type { MessageFacts } from "../../src/model/request-facts.ts";
import { assistant, requestFacts, user } from "../support/request-facts.ts";

const stuck = (...messages: readonly MessageFacts[]) => stuckOn(conversationView(requestFacts({ messages })));

let id = 0;
const done = (name: string, input: unknown, text: string, isError = false): MessageFacts[] => {
  id++;
  return [
    { role: "assistant", texts: [], calls: [{ id: `c${id}`, name, input }] },
    { role: "tool", texts: [], results: [{ id: `c${id}`, isError, text }] },
  ];
};
const failing = (command: string) => done("Bash", { command }, "Exit code 1\nboom", true);
const reports = (...texts: string[]) =>
  stuck(...texts.flatMap((text) => [user(text), assistant("Done.")]).slice(0, -1));

test("a turn in which nothing happens twice is not stuck", () => {
  assert.equal(stuck(user("fix it")), undefined);
  assert.equal(stuck(user("fix it"), ...failing("make"), ...failing("make test")), undefined);
});

test("a command that fails with the same arguments is counted, whatever is done between", () => {
  const found = stuck(
    user("fix it"),
    ...failing("make"),
    ...done("Edit", { file_path: "a.c" }, "ok"),
    ...failing("make"),
    ...done("Edit", { file_path: "b.c" }, "ok"),
    ...failing("make"),
  );
  assert.deepEqual(found, { times: 3, because: "the same call failed 3 times in this turn" });
});

test("failures of an earlier turn do not count", () => {
  assert.equal(
    stuck(user("a"), ...failing("make"), ...failing("make"), user("b"), ...failing("make")),
    undefined,
  );
});

test("refused edits of one file are counted though each would change something else", () => {
  const edit = (old_string: string) =>
    done("Edit", { file_path: "a.ts", old_string }, "<tool_use_error>String to replace not found", true);
  const found = stuck(user("fix it"), ...edit("1"), ...edit("2"), ...edit("3"));
  assert.deepEqual(found, { times: 3, because: "3 edits of one file in a row were refused" });
});

test("a call that is repeated with the same result is a loop", () => {
  const read = () => done("Read", { file_path: "a.ts" }, "content");
  const found = stuck(user("look"), ...read(), ...read(), ...read(), ...read());
  assert.deepEqual(found, { times: 4, because: "the same call had the same result 4 times in a row" });
});

test("no reason holds a text of the conversation", () => {
  const found = stuck(user("fix it"), ...failing("curl -H secret"), ...failing("curl -H secret"));
  assert.ok(!JSON.stringify(found).includes("secret"));
});

for (
  const texts of [
    ["fix the menu", "still no menu", "doesn't work", "same error again"],
    ["add the icons", "icons are still 404", "nope, still 404", "still not there"],
    ["mach das Menü auf", "geht immer noch nicht", "funktioniert nicht", "gleicher Fehler"],
    ["修复登录", "还是不行", "还是报错", "没有变化"],
    ["corrige le menu", "toujours la même erreur", "ça ne marche pas", "toujours pas"],
    ["исправь меню", "всё ещё не работает", "не помогло", "та же ошибка"],
    ["fix it", "it still fails", "I get an error", "try again"],
  ]
) {
  test(`the third report of failure in a row is counted: ${texts.at(-1)}`, () => {
    assert.deepEqual(reports(...texts), {
      times: 3,
      because: "the user reports a failure for the 3rd time in a row",
    });
  });
}

/** What Claude Code puts in the place of a conversation that it compacted. */
const summary = (...prompts: readonly string[]) =>
  [
    "This session is being continued from a previous conversation that ran out of context. The summary below covers the earlier portion.",
    "Summary:",
    "1. Primary Request and Intent:",
    '   The user said "never mind the tests" about the menu.',
    "6. All user messages:",
    "   - (the session went on from an earlier summary)",
    ...prompts.map((prompt) => `   - "${prompt}" (after the last edit)`),
    "",
    "7. Pending Tasks:",
    '   - "something else"',
  ].join("\n");

test("reports of failure are counted across a summary that quotes the user's messages", () => {
  const compacted = user(summary("fix the menu", "still no menu", "doesn't work"));
  const third = { times: 3, because: "the user reports a failure for the 3rd time in a row" };
  assert.deepEqual(stuck(compacted, assistant("Done."), user("same error again")), third);
  assert.deepEqual(stuck({ ...compacted, texts: [...compacted.texts, "same error again"] }), third);
});

test("a turn that was stuck when the agent compacted is stuck after it", () => {
  const compacted = user(summary("fix it", "still no menu", "doesn't work", "same error"));
  assert.equal(stuck(compacted)?.times, 3);
  assert.equal(stuck(compacted, ...failing("make"))?.times, 3);
});

test("Codex sends the user's messages beside its summary, so that reports are counted across it", () => {
  const found = stuck(
    user("fix the menu"),
    user("still no menu"),
    user("doesn't work"),
    user(
      "Another language model started to solve this problem and produced a summary of its thinking process.",
    ),
    user("same error again"),
  );
  assert.equal(found?.times, 3);
});

test("a pasted error without another request is a report", () => {
  const paste = "```\nTypeError: x is not a function\n    at a.ts:1:1\n```";
  assert.equal(reports("add it", "still broken", paste)?.times, 2);
});

test("another request ends a row of reports, and a long prompt is not a report", () => {
  assert.equal(reports("fix it", "still broken", "doesn't work", "now add a button"), undefined);
  const long = "it does not work, and here is why I think so: " +
    "the cache keeps the old value, ".repeat(10);
  assert.equal(reports("fix it", "still broken", long), undefined);
});

for (
  const text of [
    "yes",
    "continue",
    "thanks, works now",
    "what is an error boundary?",
    "rename the file",
    "commit this",
  ]
) {
  test(`not a report of failure: ${text}`, () =>
    assert.equal(reports("still broken", text, text), undefined));
}

test("the count never falls while a turn goes on", () => {
  const step = fc.tuple(fc.constantFrom("Bash", "Edit", "Read"), fc.constantFrom("a", "b"), fc.boolean());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const messages: MessageFacts[] = [user("go")];
      let before = 0;
      for (const [name, arg, isError] of steps) {
        messages.push(...done(name, { command: arg, file_path: arg }, isError ? "Error: no" : "ok", isError));
        const times = stuck(...messages)?.times ?? 0;
        assert.ok(times >= before);
        before = times;
      }
    }),
    { numRuns: 30 },
  );
});
