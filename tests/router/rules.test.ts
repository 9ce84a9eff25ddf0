import { test } from "node:test";
import assert from "node:assert/strict";
import type { Classification } from "../../src/classifier/classification.ts";
import type { Rule } from "../../src/config/config.ts";
import type { RequestFacts } from "../../src/model/request-facts.ts";
import type { Conditions } from "../../src/router/plan.ts";
import { ruleMatches } from "../../src/router/rules.ts";
import { requestFacts } from "../support/request-facts.ts";
import { classified, conditionsOf, rule } from "./world.ts";

const HOUR = 60;
const [SUN, THU, FRI, SAT] = [0, 4, 5, 6];

interface Case {
  readonly when: Rule["when"];
  readonly words?: Partial<Classification>;
  readonly facts?: Partial<RequestFacts>;
  readonly now?: Partial<Conditions>;
}
const says = (prompt: string) => ({ words: { prompt } });
const at = (hour: number, day = THU) => ({ now: { minuteOfDay: hour * HOUR, day } });

const MATCHES: Record<string, Case> = {
  "no condition at all": { when: {} },
  "any of the words": { when: { any: ["deploy", "release"] }, ...says("Release it") },
  "a phrase over a line end": { when: { any: ["root cause"] }, ...says("the root\n  cause?") },
  "all of the words": { when: { all: ["rust", "async"] }, ...says("async in Rust") },
  "none of the words": { when: { none: ["urgent"] }, ...says("when you can") },
  "a word with signs": { when: { any: ["c++"] }, ...says("port it to C++, please") },
  "a word outside ASCII": { when: { any: ["größe"] }, ...says("die Größe ändern") },
  "a word in a script without spaces": { when: { any: ["翻译"] }, ...says("请翻译这个文件") },
  "an expression": { when: { regex: /ticket-\d+/i }, ...says("see TICKET-12") },
  "a language": { when: { language: ["rust", "zig"] }, words: { language: "rust" } },
  "a complexity between": { when: { minComplexity: 0.2, maxComplexity: 0.6 }, words: { complexity: 0.6 } },
  "hours, from their first minute": { when: { hours: [9 * HOUR, 17 * HOUR] }, ...at(9) },
  "hours over midnight, before it": { when: { hours: [22 * HOUR, 6 * HOUR] }, ...at(23) },
  "hours over midnight, after it": { when: { hours: [22 * HOUR, 6 * HOUR] }, ...at(5) },
  "hours until midnight": { when: { hours: [18 * HOUR, 24 * HOUR] }, ...at(23) },
  "hours with equal ends": { when: { hours: [8 * HOUR, 8 * HOUR] }, ...at(3) },
  "a day": { when: { days: [SAT, SUN] }, ...at(12, SUN) },
  "the night of a day, after midnight": {
    when: { days: [FRI], hours: [22 * HOUR, 6 * HOUR] },
    ...at(3, SAT),
  },
  "the night of a Saturday, on Sunday": {
    when: { days: [SAT], hours: [22 * HOUR, 6 * HOUR] },
    ...at(3, SUN),
  },
  "a client in any case": { when: { client: ["Codex"] }, facts: { client: "codex" } },
  "the model asked for": { when: { model: /^claude-haiku.*$/i }, facts: { model: "claude-haiku-4-5" } },
  "tokens from a number on": { when: { minTokens: 500 }, facts: { approxTokens: 500 } },
};

const DOES_NOT: Record<string, Case> = {
  "a part of a word": { when: { any: ["plan"] }, ...says("the planet and the airplane") },
  "one of all words missing": { when: { all: ["rust", "async"] }, ...says("Rust") },
  "one of the words that must not be": { when: { none: ["urgent"] }, ...says("URGENT: now") },
  "an empty list of words": { when: { any: [] }, ...says("anything") },
  "an expression that is not found": { when: { regex: /ticket-\d+/ }, ...says("ticket") },
  "another language": { when: { language: ["rust"] }, words: { language: "go" } },
  "no language": { when: { language: ["rust"] } },
  "too simple": { when: { minComplexity: 0.5 }, words: { complexity: 0.49 } },
  "too hard": { when: { maxComplexity: 0.5 }, words: { complexity: 0.51 } },
  "the minute at which the hours end": { when: { hours: [9 * HOUR, 17 * HOUR] }, ...at(17) },
  "noon for hours over midnight": { when: { hours: [22 * HOUR, 6 * HOUR] }, ...at(12) },
  "the end of hours over midnight": { when: { hours: [22 * HOUR, 6 * HOUR] }, ...at(6) },
  "another day": { when: { days: [SAT, SUN] }, ...at(12, FRI) },
  "the night before a day": { when: { days: [FRI], hours: [22 * HOUR, 6 * HOUR] }, ...at(3, FRI) },
  "another client": { when: { client: ["codex"] }, facts: { client: "curl" } },
  "another model": { when: { model: /^claude-haiku.*$/i }, facts: { model: "gpt-5" } },
  "too few tokens": { when: { minTokens: 500 }, facts: { approxTokens: 499 } },
  "one of two conditions": {
    when: { any: ["hello"], language: ["rust"] },
    words: { prompt: "hello", language: "go" },
  },
  "words where the request holds none": { when: { any: ["title"] }, words: { prompt: undefined } },
  "missing words where the request holds none": { when: { none: ["title"] }, words: { prompt: undefined } },
};

const matches = ({ when, words, facts, now }: Case) =>
  ruleMatches(rule("r", when, "think"), requestFacts(facts), classified(words), conditionsOf(now));

for (const [about, one] of Object.entries(MATCHES)) {
  test(`a rule matches: ${about}`, () => {
    assert.equal(typeof matches(one), "string");
    assert.equal(typeof matches(one), "string", "and once more");
  });
}
for (const [about, one] of Object.entries(DOES_NOT)) {
  test(`a rule does not match: ${about}`, () => assert.equal(matches(one), undefined));
}

test("a rule says what matched, as the user wrote it", () => {
  const when = { any: ["deploy"], language: ["rust"], minTokens: 5 };
  const words = { prompt: "Deploy the crate", language: "rust" };
  assert.equal(
    matches({ when, words, facts: { approxTokens: 1200 } }),
    `language rust, about 1,200 tokens, word "Deploy"`,
  );
});
