import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { housekeeping } from "../../../src/classifier/housekeeping.ts";
import { INJECTED_BLOCKS, INJECTED_SPANS } from "../../../src/clients/agents.ts";
import { ownWords } from "../../../src/classifier/prompt/own-words.ts";
import { clientRequests, factsOf } from "../../support/client-requests.ts";
import { assistant, requestFacts, system, toolResult, user } from "../../support/request-facts.ts";

for (const request of clientRequests()) {
  const { name, expect } = request;
  test(`${name} is a ${expect.kind} request: ${expect.why ?? JSON.stringify(expect.prompt)}`, () => {
    const facts = factsOf(request);
    const words = ownWords(facts);
    const why = housekeeping(facts, words);
    if (expect.why === "count_tokens") {
      // A count of tokens is what the request that it counts is.
      assert.equal(facts.operation, "count_tokens");
      assert.equal(why, undefined);
      return;
    }
    if (expect.kind === "background") {
      assert.equal(why, expect.why);
      return;
    }
    assert.equal(why, undefined);
    assert.equal(words.prompt ?? null, expect.prompt);
    assert.equal(words.continuesTurn, expect.kind === "tool-loop");
    assert.equal(facts.hints.subagent ?? false, expect.kind === "subagent");
  });
}

const promptOf = (...texts: string[]) => ownWords(requestFacts({ messages: [user(...texts)] })).prompt;

test("the latest user message with words left is the prompt, whatever follows it", () => {
  const messages = [
    user("first"),
    assistant("answer"),
    user("second"),
    system("plan"),
    user("<system-reminder>x</system-reminder>"),
  ];
  assert.deepEqual(ownWords(requestFacts({ messages })), { prompt: "second", continuesTurn: false });
});

test("an answer, a call or a result behind the prompt continues its turn", () => {
  for (const item of [assistant("text"), assistant(), toolResult]) {
    assert.equal(ownWords(requestFacts({ messages: [user("go"), item] })).continuesTurn, true);
    assert.equal(ownWords(requestFacts({ messages: [item, user("go")] })).continuesTurn, false);
  }
});

test("a request without words of the user has no prompt", () => {
  assert.deepEqual(ownWords(requestFacts()), { continuesTurn: false });
  assert.equal(
    ownWords(requestFacts({ messages: [system("plan"), user("", "  \n"), user()] })).prompt,
    undefined,
  );
});

test("every injected element and block leaves the words beside it, before it and behind it", () => {
  for (const { open: start, close, isElement } of INJECTED_SPANS) {
    const open = isElement ? `${start} id="1">` : start;
    assert.equal(promptOf(`${open}plan to build${close}`, "my words"), "my words");
    assert.equal(promptOf(`${open}plan to build${close}\nmy words`), "my words");
    assert.equal(promptOf(`my words\n${open}plan ${open}to${close} build${close}`), "my words");
  }
  for (const { starts, within = "", isWhole } of INJECTED_BLOCKS) {
    const block = isWhole ? starts : `${starts}${within} plan to build`;
    assert.equal(promptOf(block, "my words"), "my words");
  }
});

const OWN_TEXT: readonly (readonly [what: string, text: string, words?: string])[] = [
  ["a tag that never closes", "why is there a <system-reminder> in my log?"],
  ["markup and comparisons", "if (a < b && c > d) return <div><b>plan</b></div>; // <systems>"],
  ["a quoted time", "look at [Sun] and [2026-11-22 21:09] please"],
  ["a log line with a time", "[2026-11-22 21:09:01 UTC] worker died: plan"],
  ["a line that speaks of a runtime", "words\n\nRuntime: agent=main"],
  ["quotes of the user", '"plan" means what?'],
  ["quotes around everything", '"plan it"'],
  ["a request to go on", "Continue the current task"],
  ["a task element", "<task>\nport it\n</task>", "port it"],
  [
    "a query beside what the editor shows",
    "<user_info>plan</user_info>\n<user_query>why?</user_query>",
    "why?",
  ],
  ["several blocks' worth of space", "\n\n  words \n\n", "words"],
  ["marks at the head", "#terminalSelection [Image #2] @src/a.ts (12-40) fix it", "fix it"],
  ["marks with paths", '#file:src/plan.ts @"my file.ts" @agent-reviewer look at it', "look at it"],
  ["a mark alone", "@src/plan.ts"],
  ["a mark inside the words", "explain @a.js and #12"],
  ["a number with a hash", "#12 is still open"],
  ["a heading", "# Plan\nbuild it"],
  ["a tag with attributes that never closes", 'what is <app-context source="x"> for?'],
  ["a tag whose name only begins alike", "<app-contexts>plan</app-contexts> is mine"],
  ["an interruption without words", "[Request interrupted by user]why?", "why?"],
  ["a hook's event", "<deploy-event>plan</deploy-event> <x-hook id='1'>b</x-hook> why?", "why?"],
  ["an element that is not a hook's", "<my-element>plan</my-element> is what I render"],
  ["a request under a heading of one's own", "## My requests\nplan it"],
  ["a request to go on with more words", "Continue from where you left off. And rename it."],
];
for (const [what, text, words = text] of OWN_TEXT) {
  test(`${what} is read as the user wrote it`, () => assert.equal(promptOf(text), words));
}

test("a slash command's template is dropped when it comes as a message of its own", () => {
  const command = "<command-name>/audit</command-name>\n<command-args>the parser</command-args>";
  const messages = [user(command), user("Plan an audit and implement it.")];
  assert.equal(ownWords(requestFacts({ messages })).prompt, "the parser");
  assert.equal(ownWords(requestFacts({ messages: [...messages, toolResult] })).continuesTurn, true);
  const local = [user(command), user("<local-command-stdout>ok</local-command-stdout>"), user("my words")];
  assert.equal(ownWords(requestFacts({ messages: local })).prompt, "my words");
});

test("quotes are taken off for opencode only where they hold the whole argument", () => {
  const words = (text: string) =>
    ownWords(requestFacts({ client: "opencode", messages: [user(text)] })).prompt;
  assert.equal(words('"plan the archive"'), "plan the archive");
  assert.equal(words('"say \\"hi\\""'), 'say "hi"');
  assert.equal(words('"a b" and "c d"'), '"a b" and "c d"');
  assert.equal(words('fix "the login"'), 'fix "the login"');
  assert.equal(words('"'), '"');
});

test("OpenClaw's system events and collected messages leave the words", () => {
  const words = (text: string) =>
    ownWords(requestFacts({ client: "openclaw", messages: [user(text)] })).prompt;
  assert.equal(words("System: [2026-11-22 21:09] Exec planned\n\n[Sun 2026-11-22 21:09 UTC] hello"), "hello");
  assert.equal(
    words("[Queued messages while agent was busy]\n\n---\nQueued #1\n[Sun 2026-11-22 21:09 UTC] hello"),
    "hello",
  );
  assert.equal(
    words("[Queued user message that arrived while the previous turn was still active]\nhello there"),
    "hello there",
  );
  assert.equal(
    words("[Sun 2026-11-22 21:09:30 UTC] Runtime: agent=main is what I typed"),
    "Runtime: agent=main is what I typed",
  );
});

test("words of any kind come through unchanged between injected blocks", () => {
  const plain = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) =>
    /^[^<["#\s]/u.test(text) && text === text.trim()
  );
  fc.assert(fc.property(plain, (text) => {
    fc.pre(!INJECTED_BLOCKS.some(({ starts }) => text.startsWith(starts)));
    assert.equal(
      promptOf("<system-reminder>plan</system-reminder>", text, "<total_tokens>1</total_tokens>"),
      text,
    );
  }));
});

test("any messages at all give an answer", () => {
  const pieces = fc.constantFrom(
    ...INJECTED_SPANS.flatMap(({ open, close }) => [open, close]),
    ...INJECTED_BLOCKS.map(({ starts }) => starts),
    "<command-name>",
    "<command-args>",
    "</command-args>",
    "<local-command-stdout>",
    "<task>",
    "</task>",
    "words",
    "\n",
    '"',
    "[Sun 2026-11-22 21:09 UTC] ",
    "[Queued user message ",
    "]",
    "\n\nRuntime: agent=",
    "System: [",
    "(untrusted metadata):\n```",
  );
  const text = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 8 }).map((parts) => parts.join(""));
  const message = fc.record({
    role: fc.constantFrom("system", "user", "assistant", "tool" as const),
    texts: fc.array(text, { maxLength: 4 }),
  });
  const client = fc.constantFrom("openclaw", "opencode", "claude-code", "unknown");
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), client, (messages, client) => {
      const { prompt } = ownWords(requestFacts({ messages: messages as never, client }));
      assert.ok(prompt === undefined || prompt !== "" && prompt === prompt.trim());
    }),
    { numRuns: 500 },
  );
});
