import assert from "node:assert/strict";
import { test } from "node:test";
import { classify } from "../../src/classifier/classify.ts";
import type { Kind } from "../../src/classifier/classification.ts";
import type { ClientHints, MessageFacts } from "../../src/model/request-facts.ts";
import { assistant, requestFacts, user } from "../support/request-facts.ts";

const decided = (messages: readonly MessageFacts[], hints: ClientHints = {}) =>
  classify(requestFacts({ messages, hints }));

test("plan mode makes a prompt a think, and a plan to implement a plan_implementation", () => {
  assert.equal(decided([user("how do we get the totals right")], { mode: "plan" }).kind, "think");
  assert.equal(
    decided([user("plan the implementation of it")], { mode: "plan" }).kind,
    "plan_implementation",
  );
  assert.match(decided([user("totals")], { mode: "plan" }).why, /plan mode → think/);
});

for (
  const prompt of [
    "Implement the following plan:\n\n# Think about the architecture\n1. Plan the queue\n2. Design the API",
    "Implement the plan as specified, it is attached for your reference.",
    "now implement that plan.",
    "ok go ahead and execute phase 2 of the plan",
    "start with step 3 of the plan",
  ]
) {
  test(`a plan that exists is built: ${prompt.slice(0, 40).replace(/\n/g, " ")}`, () => {
    assert.equal(decided([user("x"), assistant("Here is the plan."), user(prompt)]).kind, "build");
  });
}

/** A spec-kit template in the project's own words, with what tells the commands apart. */
const specKit = (mark: string) =>
  `## User Input\n\n\`\`\`text\nthe queue\n\`\`\`\n\nYou **MUST** consider the user input.\n\n1. Run ${mark} first.`;

const COMMANDS: readonly (readonly [mark: string, kind: Kind])[] = [
  ["create-new-feature", "plan_implementation"],
  ["setup-plan.sh", "plan_implementation"],
  ["--require-tasks", "build"],
  ["STRICTLY READ-ONLY", "think"],
];
for (const [mark, kind] of COMMANDS) {
  test(`a template that holds ${mark} is ${kind}`, () => {
    assert.equal(decided([user(specKit(mark))]).kind, kind);
  });
}
