import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Kind } from "../../src/classifier/classification.ts";
import { classify, classifyPrompt } from "../../src/classifier/classify.ts";
import { assistant, requestFacts, user } from "../support/request-facts.ts";

/** Prompts and what they must be taken for; a name for each table. */
const TABLES: Readonly<Record<string, readonly (readonly [Kind, string])[]>> = {
  "the product's example": [
    ["think", "plan webhook architecture"],
    ["think", "plan the architecture"],
    [
      "think",
      "plan a scalable webhook architecture for handling 10,000 Stripe events per minute with idempotency and retry logic",
    ],
    ["plan_implementation", "plan implementation of webhook handler"],
    ["plan_implementation", "plan implementation of a todo app"],
    ["plan_implementation", "plan implementation of the API"],
    ["plan_implementation", "plan implementation of user auth"],
    [
      "plan_implementation",
      "plan implementation of the webhook handler in Node.js with Express, including signature verification and idempotent processing",
    ],
    ["build", "build this feature"],
    ["think", "plan the migration, don't write code yet"],
    ["default", "explanation of planets"],
  ],
  "plan with an affirmed implementation word": [
    ["plan_implementation", "plan how to build, code and develop it"],
    ["plan_implementation", "planned implementation of x"],
    ["plan_implementation", "PLAN IMPLEMENTATION of X"],
    ["plan_implementation", "plan, then create the thing"],
    ["plan_implementation", "write a plan for the migration"],
    ["plan_implementation", "plans for building the new site"],
    ["plan_implementation", "plan how the new page should be built"],
    ["plan_implementation", "don't just plan it, implement it"],
    ["plan_implementation", "plan it and don't forget to write the tests"],
    ["plan_implementation", "plan the implementation without touching the database"],
    ["plan_implementation", "do not change the public API, plan the implementation of the cache"],
    ["plan_implementation", "I am not sure how to implement this, please plan it"],
  ],
  "plan without one": [
    ["think", "plan it"],
    ["think", "planning the rollout"],
    ["think", "make a plan for X"],
    ["think", "plan how plant growth is modelled"],
    ["think", "plan our code review process"],
    ["think", "plan how we reduce build times"],
    ["think", "The service is written in Go. Plan the migration to Rust."],
  ],
  "a negated implementation word": [
    ["think", "plan it, don't write any code yet"],
    ["think", "plan the auth flow without implementing it"],
    ["think", "no code please, plan the schema"],
    ["think", "I do not want an implementation, plan it"],
    ["think", "plan it. don't implement, code or write anything."],
    ["think", "plan the API (don't implement it yet)"],
    ["think", "Plan the API; implementation comes later."],
    ["think", "plan the API instead of building it"],
    ["think", "plan this w/o code"],
    ["think", "before anyone writes a line of code, plan the tenancy model"],
  ],
  "a negated plan": [
    ["build", "don't plan, just build it"],
    ["build", "skip the plan and write the code"],
    ["build", "no plan needed, implement the toggle"],
    ["build", "no need to discuss the design, implement the cache"],
    ["build", "never mind comparing libraries, use zod and add validation"],
  ],
  "words inside other words": [
    ["default", "the airplane landed on the planet"],
    ["default", "what does this codec encode"],
    ["default", "plant trees"],
    ["build", "build a trip planner"],
  ],
  "other senses of the words": [
    ["build", "implement the free plan"],
    ["build", "add a CI job that runs terraform plan"],
    ["default", "how do I open the execution plan in DataGrip?"],
    ["background", "rename planId to subscriptionId"],
    ["default", "the build is red, why?"],
    ["default", "why is it called a build artifact?"],
    ["default", "what is a write-ahead log"],
    ["default", "I'm on a plane, what is DNS?"],
  ],
  "what is quoted, pasted or a name": [
    ["think", 'plan how we answer the "just build it" people'],
    ["think", "plan how we answer the 'just build it' people"],
    ["think", "plan « implémenter »"],
    ["think", "plan “implementation”"],
    ["think", "plan 「実装」"],
    ["think", "plan around `implement` and `build`"],
    ["think", "plan this\n```\nimplement build code\n```"],
    ["think", "plan this\n~~~ts\nimplement build code"],
    ["think", "plan this\n> implement build code"],
    ["think", "plan this\n2026-01-01 10:00:00 build implement write"],
    ["think", "plan src/build/implement.ts and write.go"],
    ["background", "list the files in design/architecture"],
    ["background", 'fix the typo in the heading "Implementaton Plan"'],
  ],
  "strategic words and implementation words without plan": [
    ["think", "trade-offs of GraphQL"],
    ["think", "what is the root cause of this"],
    ["think", "design the permission model"],
    ["think", "explain the architecture"],
    ["build", "implement the new design"],
    ["build", "developing a parser"],
    ["build", "create it"],
    ["build", "coding the new endpoint"],
  ],
  "mistyped words": [
    ["plan_implementation", "paln the implmentation of x"],
    ["plan_implementation", "plan how to bulid it"],
    ["build", "wriet a parser"],
    ["background", "renmae it"],
  ],
  "other languages": [
    ["think", "plane die Migration, schreib noch keinen Code"],
    ["think", "plane die Migration, implementiere es noch nicht"],
    ["plan_implementation", "plane die Implementierung der Suche"],
    ["build", "kein Plan nötig, implementiere die Suche"],
    ["think", "planifie la migration, n'écris pas de code"],
    ["plan_implementation", "planifie l'implémentation de la recherche"],
    ["build", "pas besoin de plan, implémente la recherche"],
    ["think", "planifica la migración, no escribas código"],
    ["plan_implementation", "planifica la implementación"],
    ["build", "sin plan, implementa la búsqueda"],
    ["think", "planeje a migração sem implementar nada"],
    ["plan_implementation", "planeje a implementação"],
    ["think", "pianifica la migrazione senza scrivere codice"],
    ["plan_implementation", "pianifica l'implementazione"],
    ["think", "plan de migratie, schrijf nog geen code"],
    ["plan_implementation", "plan de implementatie van de zoekfunctie"],
    ["think", "zaplanuj migrację, nie pisz kodu"],
    ["plan_implementation", "zaplanuj implementację wyszukiwania"],
    ["think", "спланируй миграцию, код пока не пиши"],
    ["plan_implementation", "спланируй реализацию поиска"],
    ["build", "план не нужен, реализуй поиск"],
    ["think", "规划一下迁移，先不要实现"],
    ["plan_implementation", "规划搜索功能的实现"],
    ["build", "不需要计划，直接实现搜索"],
    ["think", "移行を計画して、コードは書かないで"],
    ["plan_implementation", "検索の実装を計画して"],
    ["build", "計画は不要、検索を実装して"],
    ["think", "마이그레이션을 계획해줘, 코드는 아직 작성하지 마"],
    ["plan_implementation", "검색 구현을 계획해줘"],
  ],
};

for (const [name, cases] of Object.entries(TABLES)) {
  for (const [kind, prompt] of cases) {
    test(`${name}: ${JSON.stringify(prompt)} is ${kind}`, () => {
      const { kind: found, why } = classifyPrompt(prompt);
      assert.equal(found, kind, why);
    });
  }
}

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
