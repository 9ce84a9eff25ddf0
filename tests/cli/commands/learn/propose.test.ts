import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hashOf, joined } from "../../../../src/classifier/learned/hash.ts";
import { SORTS } from "../../../../src/classifier/learned/text.ts";
import { type ProposalInput, proposals, proposalText } from "../../../../src/cli/commands/learn/propose.ts";
import { good } from "../../../config/support.ts";

const word = (text: string) => joined(hashOf(text, SORTS.word), SORTS.word);
const pair = (one: string, two: string) =>
  joined(joined(hashOf(one, SORTS.word), hashOf(two, SORTS.word)), SORTS.pair);
const features = (...hashes: readonly number[]) => ({
  hashes: Uint32Array.from(hashes),
  values: new Uint8Array(hashes.length).fill(1),
});
const correction = (id: number, hashes: readonly number[], to = "think", from = "default") => ({
  id: `r${id}`,
  time: 0,
  from,
  to,
  by: "feedback",
  features: features(...hashes),
  scores: [],
});
const decision = (id: string, hashes: readonly number[]) => ({
  id,
  learnable: { features: features(...hashes) },
});

/** The proposals for some corrections. */
function proposed(corrections: readonly object[], more: Partial<Record<keyof ProposalInput, unknown>> = {}) {
  return proposals({
    feedback: { corrections, thumbs: [] },
    decisions: [],
    texts: ["the zeppelin service, its Größe and a quokka"],
    rules: [],
    ...more,
  } as unknown as ProposalInput);
}
const thrice = (hashes: readonly number[], to?: string) => [1, 2, 3].map((id) => correction(id, hashes, to));

test("three corrections with a word that is known are a rule", () => {
  assert.deepEqual(proposed(thrice([word("zeppelin")])), [
    { name: "learned: zeppelin", route: "think", any: ["zeppelin"], covers: 3, corrections: 3 },
  ]);
});

describe("nothing is proposed", () => {
  test("of two corrections", () => assert.deepEqual(proposed(thrice([word("zeppelin")]).slice(1)), []));

  test("of a word that no text has", () => assert.deepEqual(proposed(thrice([word("xylophone")])), []));

  test("of corrections to what was decided", () => {
    assert.deepEqual(
      proposed([1, 2, 3].map((id) => correction(id, [word("zeppelin")], "think", "think"))),
      [],
    );
  });

  test("of a word that other decisions have too", () => {
    const decisions = [decision("other", [word("zeppelin")])];
    assert.deepEqual(proposed(thrice([word("zeppelin")]), { decisions }), []);
  });

  test("of a word that corrections to another route have", () => {
    const corrections = [...thrice([word("zeppelin")]), correction(4, [word("zeppelin")], "build")];
    assert.deepEqual(proposed(corrections), []);
  });

  test("of a word that a rule says already", () => {
    const { rules } = good('[[router.rules]]\nwhen = { any = ["zeppelin"] }\nroute = "think"\n').router;
    assert.deepEqual(proposed(thrice([word("zeppelin")]), { rules }), []);
  });

  test("of words that say nothing by themselves", () =>
    assert.deepEqual(proposed(thrice([word("the")])), []));
});

test("the decisions that were corrected do not count against their own words", () => {
  const decisions = ["r1", "r2", "r3"].map((id) => decision(id, [word("zeppelin")]));
  assert.equal(proposed(thrice([word("zeppelin")]), { decisions }).length, 1);
});

test("a pair of words comes before its words, and a second word covers what the first does not", () => {
  const both = [word("zeppelin"), word("service"), pair("zeppelin", "service")];
  assert.deepEqual(proposed(thrice(both))[0]?.any, ["zeppelin service"]);
  const more = [...thrice(both), ...[4, 5, 6].map((id) => correction(id, [word("quokka")]))];
  const [{ any, covers } = { any: [], covers: 0 }] = proposed(more);
  assert.deepEqual([any, covers], [["zeppelin service", "quokka"], 6]);
});

test("each route has its own rule", () => {
  const corrections = [
    ...thrice([word("zeppelin")]),
    ...[4, 5, 6].map((id) => correction(id, [word("quokka")], "background")),
  ];
  assert.deepEqual(proposed(corrections).map(({ route, any }) => [route, any]), [
    ["think", ["zeppelin"]],
    ["background", ["quokka"]],
  ]);
});

test("a rule is TOML that the configuration takes, whatever its words", () => {
  const any = ['größe "x"', "back\\slash", "翻译"];
  const text = proposalText({ name: `learned: ${any[0]}`, route: "think", any, covers: 3, corrections: 4 });
  assert.match(text, /^# Proposed by "learn propose": 3 of 4 corrections to think\.$/m);
  const { rules } = good(text).router;
  assert.deepEqual(rules.map(({ name, when }) => [name, when.any]), [[`learned: ${any[0]}`, any]]);
});
