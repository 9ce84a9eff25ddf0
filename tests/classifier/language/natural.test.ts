import assert from "node:assert/strict";
import { test } from "node:test";
import { naturalLanguage } from "../../../src/classifier/language/natural.ts";
import { tokenize } from "../../../src/classifier/tokens.ts";
import { lexica } from "../../../src/classifier/words/lexicon.ts";

const lists = lexica();

test("the language of a prompt is recognised by its words or its script", () => {
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
    assert.equal(naturalLanguage(tokenize(text, lists.unspaced), text), language, text);
  }
});
