import assert from "node:assert/strict";
import { test } from "node:test";
import { inflections, misspellings } from "../../src/classifier/inflect.ts";
import { lexica } from "../../src/classifier/lexicon.ts";
import { match } from "../../src/classifier/match.ts";
import { tokenize } from "../../src/classifier/tokens.ts";
import { tongue } from "../../src/classifier/natural-language.ts";

const lists = lexica();

/** The groups' phrases found in a text, as `group: words`. */
function found(text: string, group: string, language = "en"): string[] {
  const tokens = tokenize(text, lists.unspaced);
  return match(tokens, lists.of(language)).filter(({ role }) => role === group)
    .map(({ start, end }) => tokens.words.slice(start, end).join(" "));
}

test("inflections are made by the rules of English", () => {
  assert.deepEqual(inflections("plan"), ["plan", "plans", "planning", "planned"]);
  assert.deepEqual(inflections("write"), ["write", "writes", "writing", "wrote", "written"]);
  assert.deepEqual(inflections("create"), ["create", "creates", "creating", "created"]);
  assert.deepEqual(inflections("develop"), ["develop", "develops", "developing", "developed"]);
  assert.deepEqual(inflections("copy"), ["copy", "copies", "copying", "copied"]);
  assert.deepEqual(inflections("fix"), ["fix", "fixes", "fixing", "fixed"]);
});

test("misspellings never make a real word out of another", () => {
  for (
    const [word, never] of [["plan", "plant"], ["plan", "plane"], ["plan", "pan"], ["create", "crate"], [
      "write",
      "white",
    ]]
  ) {
    assert.ok(!misspellings(word!).includes(never!), `${word} → ${never}`);
  }
  for (
    const [word, slip] of [["build", "bulid"], ["implement", "implment"], ["rename", "renmae"], [
      "script",
      "scirpt",
    ]]
  ) {
    assert.ok(misspellings(word!).includes(slip!), `${word} → ${slip}`);
  }
});

test("only whole words match", () => {
  assert.deepEqual(found("explanation of planets by airplane, encoded by a codec", "plan"), []);
  assert.deepEqual(found("plan, plans; planned. Planning!", "plan"), [
    "plan",
    "plans",
    "planned",
    "planning",
  ]);
});

test("identifiers, paths, calls and names of files are no words", () => {
  assert.deepEqual(
    found("planId plan_id src/plan plan.md *.plan plan() --plan @plan plan/x $plan", "plan"),
    [],
  );
});

test("a hyphen joins words to a name that means something else", () => {
  const tokens = tokenize("write-ahead log", lists.unspaced);
  assert.deepEqual(tokens.words, ["write", "ahead", "log"]);
  assert.deepEqual(tokens.joined, [false, true, false]);
});

test("phrases match over their gaps, and not over the end of a sentence", () => {
  assert.equal(found("break the big ticket down into commits", "steps").length, 1);
  assert.equal(found("it may break. The rest goes into commits", "steps").length, 0);
});

test("verbs of requests match at the beginning of a clause, after words of courtesy", () => {
  for (
    const text of [
      "rename it",
      "could you please rename it",
      "ok so, rename it",
      "fix it and rename it",
      "we need to rename it",
    ]
  ) {
    assert.deepEqual(found(text, "clerical"), ["rename"], text);
  }
  assert.deepEqual(found("the rename failed", "clerical"), []);
});

test("sentences, clauses and questions are told apart", () => {
  const { sentences, questions, words } = tokenize(
    "One, two; three. Is it four? See 1,000 in a.b.c!\nFive",
    lists.unspaced,
  );
  assert.deepEqual(sentences, [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3]);
  assert.deepEqual(questions, [false, true, false, false]);
  assert.ok(words.includes("1,000") && words.includes("a.b.c"));
});

test("a line that was wrapped by hand goes on", () => {
  const text = "please plan the whole migration of the order service and don't write any\ncode yet";
  assert.equal(new Set(tokenize(text, lists.unspaced).sentences).size, 1);
});

test("the language of a prompt is told by its words or its script", () => {
  const cases = {
    en: "fix the login page",
    de: "Behebe den Fehler in der Anmeldung",
    fr: "Corrige le bug dans la page",
    es: "Arregla el error de la página",
    pt: "Corrija o erro na página do usuário",
    it: "Correggi il bug nella pagina degli ordini",
    nl: "Los de fout in het formulier op en voeg ook een test toe",
    pl: "Napraw błąd na stronie logowania",
    ru: "исправь ошибку на странице",
    zh: "修复登录页面",
    ja: "ログイン画面を直して",
    ko: "로그인 화면을 고쳐줘",
  };
  for (const [language, text] of Object.entries(cases)) {
    assert.equal(tongue(tokenize(text, lists.unspaced), text), language, text);
  }
});

test("the same words give the same tables", () => {
  const extra = { plan: ["x"], implementation: [], think: [], background: [], negation: [] };
  assert.equal(lexica(extra), lexica(extra));
  assert.equal(lexica(extra).of("de"), lexica(extra).of("de"));
});
