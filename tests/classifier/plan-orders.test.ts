import assert from "node:assert/strict";
import { test } from "node:test";
import { orderToCarryOut } from "../../src/classifier/plan-orders.ts";

const ORDERS: Readonly<Record<string, readonly string[]>> = {
  en: [
    "implement the plan",
    "ok, now execute phase 2 of the plan",
    "go ahead and carry out your approved plan",
  ],
  es: ["implementa el plan", "vale, ejecuta el plan por favor", "continúa con la fase 3 del plan"],
  fr: ["exécute le plan", "ok, implémente la phase 2 du plan", "commence par l'étape 1 du plan"],
  de: [
    "führ den Plan aus",
    "setz den Plan um",
    "implementiere bitte Phase 2 des Plans",
    "mach weiter mit dem Plan",
  ],
  pt: ["implemente o plano", "siga o plano", "continue com o plano"],
  it: ["esegui il piano", "procedi con il piano"],
  nl: ["voer het plan uit", "ga verder met het plan"],
  pl: ["zrealizuj ten plan", "wdróż plan"],
  cs: ["proveď ten plán"],
  ru: ["реализуй план", "да, выполни этот план", "действуй по плану"],
  zh: ["按计划执行", "好的，就按照这个方案来修改吧", "执行计划", "根据上述计划开始实现"],
  ja: ["計画を実装して", "では、このプランに従って進めてください", "planを実装して"],
  ko: ["계획대로 진행해줘", "이 계획을 실행해"],
  tr: ["planı uygula", "uygula planı"],
  id: ["jalankan rencananya"],
  vi: ["thực hiện kế hoạch"],
};
for (const [language, prompts] of Object.entries(ORDERS)) {
  test(`an order to carry out a plan is recognised in ${language}`, () => {
    for (const prompt of prompts) assert.notEqual(orderToCarryOut(prompt), undefined, prompt);
  });
}

test("a plan that is still to be made is not carried out", () => {
  for (
    const prompt of [
      "make a plan and implement it",
      "plan the implementation of the API",
      "haz un plan de implementación",
      "fais le plan",
      "mach einen Plan, wie wir das umsetzen",
      "сделай план",
      "制定实施计划",
      "执行计划显示全表扫描，为什么",
      "実装計画を立ててください",
      "계획을 세워줘",
      "don't implement the plan yet",
    ]
  ) assert.equal(orderToCarryOut(prompt), undefined, prompt);
});

test("files that are mentioned at the head are stepped over", () => {
  assert.equal(orderToCarryOut("@docs/queue-plan.md implement this plan"), "implement this plan");
  assert.equal(orderToCarryOut("@a.plan.md #b.ts 根据这个计划执行修改"), "根据这个计划执行");
  assert.equal(orderToCarryOut("@docs/plan.md what is missing here"), undefined);
});

test("a short prompt may say something else first, as long as it is not about a plan", () => {
  assert.equal(orderToCarryOut("you are in agent mode now. implement the plan."), "implement the plan");
  assert.equal(orderToCarryOut("no estoy en ask, estoy en agent. implementa el plan."), "implementa el plan");
  assert.equal(orderToCarryOut("first write a plan. then implement the plan"), undefined);
});
