import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { classify, classifyPrompt } from "../../src/classifier/classify.ts";
import { assistant, requestFacts, user } from "../support/request-facts.ts";

test("the reason names the words that decided, as the user wrote them", () => {
  const { why, matched } = classifyPrompt("Plan the Implementation of search");
  assert.equal(why, '"Plan" with "Implementation" → plan_implementation');
  assert.deepEqual(matched, ["Plan", "Implementation"]);
});

test("the reason names the word that a negation took back", () => {
  assert.equal(
    classifyPrompt("plan it, don't implement it").why,
    '"plan" without an implementation word ("implement" taken back) → think',
  );
});

test("a prompt without a telling word is default, and says so", () => {
  assert.deepEqual(classifyPrompt("hm"), {
    kind: "default",
    matched: [],
    complexity: 0,
    why: "no word that tells the kind → default",
  });
});

test("the user's own words extend the lists", () => {
  const extra = {
    plan: ["scheme"],
    implementation: ["forge"],
    think: ["ponder the deep"],
    background: ["frobnicate"],
    negation: ["nicht doch"],
  };
  assert.equal(classifyPrompt("frobnicate the things", extra).kind, "background");
  assert.equal(classifyPrompt("now ponder the deep", extra).kind, "think");
  assert.equal(classifyPrompt("scheme how to forge it", extra).kind, "plan_implementation");
  assert.equal(classifyPrompt("plan it, nicht doch forge it", extra).kind, "think");
  assert.equal(classifyPrompt("frobnicate the things").kind, "default");
});

test("a prompt that a client put into quotation marks is read all the same", () => {
  assert.equal(classifyPrompt('"plan implementation of a todo app"').kind, "plan_implementation");
});

test("of a very long prompt the beginning and the end decide", () => {
  const pasted = "lorem ipsum dolor sit amet\n".repeat(5000);
  assert.equal(classifyPrompt(`plan the rollout\n${pasted}`).kind, "think");
  assert.equal(classifyPrompt(`${pasted}\nplan the implementation`).kind, "plan_implementation");
  assert.equal(
    classifyPrompt(`plan this\n\`\`\`\n${"implement it\n".repeat(5000)}\`\`\`\nthanks`).kind,
    "think",
  );
  assert.equal(classifyPrompt(`plan this\n\`\`\`\n${"implement it\n".repeat(5000)}`).kind, "think");
});

test("a request for the client's own use is background housekeeping", () => {
  const found = classify(requestFacts({ operation: "count_tokens", messages: [user("plan it")] }));
  assert.equal(found.kind, "background");
  assert.equal(found.isHousekeeping, true);
  assert.equal(found.housekeeping, "count_tokens");
  assert.match(found.why, /count_tokens/);
});

test("a request without words of the user is default, and says so", () => {
  const found = classify(requestFacts({ messages: [assistant("plan it")] }));
  assert.equal(found.kind, "default");
  assert.equal(found.isHousekeeping, false);
  assert.match(found.why, /no words of the user/);
});

test("a turn's later requests are decided by the prompt that began it", () => {
  const found = classify(
    requestFacts({ messages: [user("plan the rollout"), assistant("I will implement it.")] }),
  );
  assert.equal(found.kind, "think");
  assert.equal(found.continuesTurn, true);
  assert.equal(found.prompt, "plan the rollout");
});

test("any text has an answer, the same each time, with words that stand in it", () => {
  const words = fc.constantFrom(
    "plan",
    "don't",
    "implement",
    "`",
    '"',
    "'",
    "\n",
    "```",
    "> ",
    "計画",
    "не",
    "“",
    "(",
    ",",
    ".",
    "?",
    "rename",
    "w/o",
    "design",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(words, { maxLength: 60 }).map((parts) => parts.join(" ")),
  );
  fc.assert(fc.property(text, (prompt) => {
    const first = classifyPrompt(prompt);
    assert.deepEqual(classifyPrompt(prompt), first);
    assert.ok(first.complexity >= 0 && first.complexity <= 1);
    assert.ok(!first.why.includes("\n"));
    for (const word of first.matched) assert.ok(prompt.includes(word) || /\ufffc|\s/.test(word), word);
  }));
});
