import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { classify } from "../../../src/classifier/classify.ts";
import type { Kind } from "../../../src/classifier/classification.ts";
import { Concepts, FORMS, phraseHash } from "../../../src/classifier/learned/concepts.ts";
import { hashOf } from "../../../src/classifier/learned/hash.ts";
import { byteOf, LearnedModel, packModel } from "../../../src/classifier/learned/model.ts";
import { KINDS, promptWordFeature, type Situation } from "../../../src/classifier/learned/situation.ts";
import { normalized, piecesOf } from "../../../src/classifier/learned/text.ts";
import { learnedModel } from "../../../src/classifier/learned/weights.ts";
import { assistant, requestFacts, user } from "../../support/request-facts.ts";

const situation = (set: Partial<Situation>): Situation => ({
  prompt: "",
  pasted: false,
  before: "",
  previous: "",
  older: "",
  earlier: 0,
  planMode: false,
  words: { kind: "default", found: false, complexity: 0 },
  ...set,
});

/** [the assistant's last words, the user's answer, the kind] */
const ANSWERS: readonly (readonly [before: string, prompt: string, kind: Kind])[] = [
  ["All tests pass. Shall I commit the change?", "yes", "background"],
  ["The tests are green. Soll ich das committen und pushen?", "ja", "background"],
  [
    "I can move the discount into the selector so that it is derived from the cart. Shall I?",
    "yes please",
    "build",
  ],
  ["Two ways:\na) rewrite the parser\nb) patch the lexer\nWhich one?", "a", "build"],
  ["我可以把这两个函数合并，要我改吗？", "好的", "build"],
  ["I fixed the rounding in the cart and added a test.", "thanks", "default"],
  ["The menu closes on a click outside now.", "still doesnt close on the phone", "build"],
];
for (const [before, prompt, kind] of ANSWERS) {
  test(`"${prompt}" after "…${before.slice(-40).replace(/\n/g, " ")}" is ${kind}`, () => {
    const facts = requestFacts({ messages: [user("the cart is wrong"), assistant(before), user(prompt)] });
    assert.equal(classify(facts).kind, kind);
  });
}

test("a reason quotes what a short answer leans on, with the two best kinds", () => {
  const facts = requestFacts({
    messages: [user("the parser fails"), assistant("a) rewrite the parser or b) patch it?"), user("1")],
  });
  assert.match(
    classify(facts).why,
    /^"1" chooses the assistant's "rewrite the parser" → \w+ \(0\.\d\d, next \w+ 0\.\d\d\)$/,
  );
});

test("the probabilities of any situation sum to 1, and are the same each time", () => {
  const model = learnedModel();
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), fc.string(), (prompt, before, previous) => {
      const given = situation({ prompt, before, previous, earlier: previous === "" ? 0 : 1 });
      const { scores, kind, next } = model.judge(given);
      const sum = KINDS.reduce((total, name) => total + scores[name], 0);
      assert.ok(Math.abs(sum - 1) < 1e-9);
      assert.ok(scores[kind] >= scores[next]);
      assert.deepEqual(model.judge(given).scores, scores);
    }),
  );
});

test("a packed model weighs what it was given, and nothing else", () => {
  const towardsBuild = [0, 0, 2, 0, 0].map((weight) => byteOf(weight, 2));
  const { packed, dropped } = packModel(
    {
      version: 2,
      forms: 1,
      talk: { all: [0], agreeing: [0], reacting: [], refusing: [] },
      largest: { alone: 2, whole: 2 },
    },
    { forms: Uint32Array.of(hashOf("yes", FORMS.exact)), ids: Uint8Array.of(0) },
    [{ hash: promptWordFeature("hammer"), alone: [0, 0, 0, 0, 0], whole: towardsBuild }],
  );
  assert.equal(dropped, 0);
  const model = new LearnedModel(packed);
  const { scores } = model.judge(situation({ prompt: "zzz" }));
  // Nothing speaks for any kind; plans of an implementation count twice.
  const shares = Object.entries(scores).map(([name, share]) => [name, share.toFixed(3)]);
  assert.deepEqual(Object.fromEntries(shares), {
    think: "0.167",
    plan_implementation: "0.333",
    build: "0.167",
    background: "0.167",
    default: "0.167",
  });
  const { kind, words } = model.judge(situation({ prompt: "hammer" }));
  assert.equal(kind, "build");
  assert.deepEqual(words.map(({ word }) => word), ["hammer"]);
});

test("bytes of weights keep small ones apart", () => {
  assert.deepEqual([0, 0.001, 0.01, 1, -1, 5].map((weight) => byteOf(weight, 1)), [0, 4, 13, 127, -127, 127]);
});

test("concepts are found as words, phrases, beginnings of words and inside unspaced text", () => {
  const exact = (form: string) => phraseHash(form.split(" ").map((word) => hashOf(word, FORMS.exact)));
  const concepts = new Concepts(
    Uint32Array.of(
      exact("go ahead"),
      hashOf("korrigier", FORMS.prefix),
      hashOf("提交", FORMS.inside),
      exact("go"),
    ),
    Uint8Array.of(1, 2, 3, 4),
  );
  const found = (text: string) => [...piecesOf(normalized(text), concepts, false).concepts].sort();
  assert.deepEqual(found("Go ahead, please"), [1, 4]);
  assert.deepEqual(found("bitte korrigiere das"), [2]);
  assert.deepEqual(found("先提交吧"), [3]);
  assert.deepEqual(found("ahead of time"), []);
});

test("accents, case and numbers do not tell words apart", () => {
  assert.equal(normalized("Où EST la Démo 42?"), "ou est la demo 0?");
});

for (
  const [what, prompt] of [
    ["one letter", "a".repeat(2_000_000)],
    ["nested quotes", `${"\"'".repeat(500_000)}`],
    ["negations", "not ".repeat(500_000)],
    ["line ends", "\n".repeat(1_000_000)],
    ["characters without spaces", "不".repeat(700_000)],
  ] as const
) {
  test(`two megabytes of ${what} are judged by their beginning and end`, () => {
    const messages = [user("x"), assistant(prompt), user(prompt)];
    const { kind } = classify(requestFacts({ messages }));
    assert.ok(KINDS.includes(kind));
  });
}
