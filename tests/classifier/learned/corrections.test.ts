import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Kind } from "../../../src/classifier/classification.ts";
import { classify, corrected, judge, learnableIn } from "../../../src/classifier/classify.ts";
import type { Judge } from "../../../src/classifier/classify.ts";
import { CorrectedModel, type Correction, DAY_MS } from "../../../src/classifier/learned/corrections.ts";
import { KINDS } from "../../../src/classifier/learned/situation.ts";
import { conversationView } from "../../../src/classifier/prompt/conversation.ts";
import { factsOf } from "../../../scripts/routing/fit.ts";
import { readTurns, type Turn } from "../../../scripts/routing/sessions.ts";
import { requestFacts, user } from "../../support/request-facts.ts";

const NOW = Date.UTC(2026, 10, 1);

/** Twelve prompts of one kind of work, each with what the user wants for it, and one more of the kind. */
const LESSONS: readonly (readonly [to: Kind, next: string, prompts: readonly string[]])[] = [
  ["think", "release notes for the gateway, please", [
    "write the release notes for the payments service",
    "release notes for version 3 of the mobile app, please",
    "draft release notes from the last two weeks",
    "we need release notes for the billing service",
    "release notes for the search service, in German too",
    "put together the release notes of the mobile app",
    "write up release notes for the public API",
    "release notes for the internal tools, short ones",
    "draft the release notes of the data pipeline",
    "new release notes for the web client",
    "write release notes for the login service",
    "release notes for the mail worker, please",
  ]],
  ["background", "the price of the pepper mill is 45 euros now", [
    "set the price of the blue mug to 12 euros",
    "the price of the green teapot is 31 euros now",
    "new price for the oak tray: 24 euros",
    "change the price of the tea towels to 9 euros",
    "the glass jug has a new price, 19 euros",
    "make the price of the linen napkins 8 euros",
    "price of the bread board: 27 euros",
    "the price of the copper pan should be 65 euros",
    "give the wooden spoons a price of 4 euros",
    "the price of the salad bowl: 22 euros instead of 26",
    "put the price of the cake stand at 38 euros",
    "set the espresso cups to a price of 16 euros",
  ]],
  ["plan_implementation", "the tenant migration for the audit table", [
    "add a tenant migration for the orders table",
    "tenant migration for the users table",
    "make the tenant migration of the invoices table",
    "do the tenant migration for the carts table",
    "create a tenant migration for products",
    "we need a tenant migration for the sessions table",
    "tenant migration: the payments table",
    "implement the tenant migration for the mails table",
    "next tenant migration: the events table",
    "the tenant migration for the roles table is missing",
    "build the tenant migration of the plans table",
    "write a tenant migration for the coupons table",
  ]],
];

/** Sets that judged earlier weights, by the beginnings of their sessions' names. */
const JUDGED_BY: readonly (readonly [title: string, sessions: RegExp])[] = [
  ["two readers", /^f[12]-/],
  ["the last set", /^f[56]-/],
  ["everyday", /^f4-/],
];
const TURNS = readTurns();

/** A judge that learned from corrections. */
const judgeWith = (model: CorrectedModel): Judge => (view, extra) => {
  const judged = judge(view, extra);
  const learnable = learnableIn(view, judged);
  return learnable === undefined ? judged : corrected(judged, learnable, model);
};

const promptFacts = (prompt: string) => requestFacts({ messages: [user(prompt)] });

function correction(prompt: string, to: Kind, time = NOW): Correction {
  const view = conversationView(promptFacts(prompt));
  const judged = judge(view);
  const learnable = learnableIn(view, judged);
  assert.ok(learnable !== undefined, prompt);
  return { id: prompt, time, from: judged.kind, to, by: "feedback", ...learnable };
}

const corrections = (to: Kind, prompts: readonly string[], time = NOW) =>
  prompts.map((prompt) => correction(prompt, to, time));

for (const [to, next, prompts] of LESSONS) {
  describe(`twelve corrections to ${to}`, () => {
    const model = new CorrectedModel(corrections(to, prompts), NOW);

    test("the next prompt of the kind goes there, and the reason says from what", () => {
      assert.notEqual(classify(promptFacts(next)).kind, to);
      const { kind, why } = classify(promptFacts(next), undefined, judgeWith(model));
      assert.equal(kind, to, why);
      assert.match(why, /learned from \d+ corrections → /);
    });

    test("no label of the sets that judged earlier weights loses more than 1 point", () => {
      for (const [title, sessions] of JUDGED_BY) {
        const turns = TURNS.filter(({ session }) => sessions.test(session));
        const before = rightByLabel(turns, judge);
        const after = rightByLabel(turns, judgeWith(model));
        for (const kind of KINDS) {
          assert.ok(
            after[kind] >= before[kind] - 0.01,
            `${title} ${kind}: ${before[kind]} to ${after[kind]}`,
          );
        }
      }
    });
  });
}

/** The share of turns with a label that are judged rightly, by label. */
function rightByLabel(turns: readonly Turn[], by: Judge): Record<Kind, number> {
  const shares = KINDS.map((kind) => {
    const own = turns.filter(({ label }) => label === kind);
    const right = own.filter((turn) => classify(factsOf(turn), undefined, by).kind === kind).length;
    return [kind, right / Math.max(1, own.length)] as const;
  });
  return Object.fromEntries(shares) as Record<Kind, number>;
}

const [[to, next, prompts]] = LESSONS as [typeof LESSONS[number]];

test("without its corrections a model decides as before, to the bit", () => {
  const all = corrections(to, prompts);
  const known = judgeWith(new CorrectedModel(all.slice(0, 11), NOW));
  const again = judgeWith(new CorrectedModel([...all].slice(0, -1), NOW));
  assert.deepEqual(
    classify(promptFacts(next), undefined, again),
    classify(promptFacts(next), undefined, known),
  );
  const none = judgeWith(new CorrectedModel([], NOW));
  assert.deepEqual(classify(promptFacts(next), undefined, none), classify(promptFacts(next)));
});

test("corrections fade: after a year they count next to nothing, after two nothing", () => {
  const all = corrections(to, prompts);
  const scoreAfter = (days: number) =>
    classify(promptFacts(next), undefined, judgeWith(new CorrectedModel(all, NOW + days * DAY_MS)))
      .scores![to];
  assert.ok(scoreAfter(0) > scoreAfter(90));
  assert.ok(scoreAfter(90) > scoreAfter(365));
  assert.equal(scoreAfter(730), classify(promptFacts(next)).scores![to]);
});

test("no number of corrections moves further than the corrected prompt needs", () => {
  const once = correction(next, to);
  const many = judgeWith(new CorrectedModel(Array.from({ length: 300 }, () => once), NOW));
  const { scores } = classify(promptFacts(next), undefined, many);
  assert.ok(scores![to] < 0.9, String(scores![to]));
});

test("a short reply is corrected with what it answers, not by itself", () => {
  const reply = (before: string) =>
    requestFacts({
      messages: [user("the cart is wrong"), { role: "assistant", texts: [before] }, user("yes")],
    });
  const view = conversationView(reply("Shall I bump the version in the changelog?"));
  const learned = Array.from({ length: 8 }, (): Correction => ({
    id: "r",
    time: NOW,
    from: judge(view).kind,
    to: "think",
    by: "feedback",
    ...learnableIn(view, judge(view))!,
  }));
  const by = judgeWith(new CorrectedModel(learned, NOW));
  assert.equal(classify(reply("Shall I bump the version in the changelog?"), undefined, by).kind, "think");
  const other = reply("All tests pass. Shall I push the branch to origin?");
  assert.equal(classify(other, undefined, by).kind, classify(other).kind);
});
