import assert from "node:assert/strict";
import { test } from "node:test";
import { lexica } from "../../src/classifier/words/lexicon.ts";
import { match } from "../../src/classifier/match.ts";
import { negated } from "../../src/classifier/negation.ts";
import { tokenize } from "../../src/classifier/tokens.ts";

const lists = lexica();

/** The words that are taken back. */
function takenBack(text: string, language = "en"): string[] {
  const tokens = tokenize(text, lists.unspaced);
  const lexicon = lists.of(language);
  const back = negated(
    tokens,
    match(tokens, lexicon),
    lexicon.joiners,
    language === "ja" || language === "ko",
  );
  return tokens.words.filter((_, i) => back[i] === 1);
}

const CASES: readonly (readonly [text: string, back: string, language?: string])[] = [
  ["don't write code", "write code"],
  ["don’t write code", "write code"],
  ["dont write code", "write code"],
  ["do not write any code, plan it", "write any code"],
  ["don't build, code or write it", "build code or write it"],
  ["no code please: how does it work", "code please"],
  ["without implementing it but with tests", "implementing it"],
  ["skip the design and build it", "the design"],
  ["no rush and I want a plan", ""],
  ["no need to discuss the design, implement it", "discuss the design"],
  ["not only plan but build", ""],
  ["don't forget to write tests", ""],
  ["why not build it", ""],
  ["the implementation comes later", "the implementation"],
  ["never write (or build) it", "write or build it"],
  ["plan it: no building", "building"],
  ["ohne Code zu schreiben", "code zu schreiben", "de"],
  ["schreib noch keinen Code", "schreib noch code", "de"],
  ["implementiere nichts", "implementiere", "de"],
  ["nicht nur planen", "", "de"],
  ["sans écrire de code", "ecrire de code", "fr"],
  ["n'écris pas de code", "ecris pas de code", "fr"],
  ["no escribas código, planifica", "escribas codigo", "es"],
  ["não escreva código", "escreva codigo", "pt"],
  ["код пока не пиши", "код пока пиши", "ru"],
  ["先不要写代码，规划", "写代码", "zh"],
  ["計画を立てて実装はまだしないで", "実装 まだ", "ja"],
];

for (const [text, want, language] of CASES) {
  test(`${JSON.stringify(text)} takes back ${JSON.stringify(want)}`, () => {
    assert.equal(takenBack(text, language).join(" "), want);
  });
}
