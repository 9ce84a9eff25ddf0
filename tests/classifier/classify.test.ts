import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { classify, classifyPrompt } from "../../src/classifier/classify.ts";
import { assistant, requestFacts, user } from "../support/request-facts.ts";
import { shared, withoutShared } from "../support/shared.ts";

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

test("a prompt without a known word is default, and says so", () => {
  assert.deepEqual(classifyPrompt("hm"), {
    kind: "default",
    matched: [],
    complexity: 0,
    why: "no known word → default",
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

test("a prompt that a client put into quotation marks is read as any other", () => {
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
  const found = classify(requestFacts({ hints: { kind: "title" }, messages: [user("plan it")] }));
  assert.equal(found.kind, "background");
  assert.equal(found.isHousekeeping, true);
  assert.equal(found.housekeeping, "title");
  assert.match(found.why, /title/);
});

test("a token count is of the kind of the request that it counts", () => {
  const counted = { messages: [user("plan it")] };
  assert.deepEqual(
    classify(requestFacts({ operation: "count_tokens", ...counted })),
    classify(requestFacts(counted)),
  );
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

test("any text has an answer, the same each time, with words of the text", () => {
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

interface Labelled {
  readonly id: string;
  readonly prompt: string;
  readonly label: string;
  readonly tags: readonly string[];
}

/** Labelled prompts, and the share of each label that must be right. The second set is beside some checkouts only. */
const SETS = [
  {
    name: "the project's own labelled prompts",
    url: new URL("../fixtures/routing/own.jsonl", import.meta.url),
    skip: false as const,
    atLeast: 0.9,
  },
  {
    name: "the development set",
    url: shared("routing/dev.jsonl"),
    skip: withoutShared("routing/dev.jsonl"),
    atLeast: 0.9,
  },
];
const LABELS = ["think", "plan_implementation", "build", "background", "default"];

for (const { name, url, skip, atLeast } of SETS) {
  const prompts: Labelled[] = skip === false
    ? readFileSync(url, "utf8").trim().split("\n").map((line) => JSON.parse(line))
    : [];
  for (const label of LABELS) {
    test(`${name}: at least ${atLeast * 100} % of ${label} are right`, { skip }, () => {
      const all = prompts.filter((prompt) => prompt.label === label);
      assert.ok(all.length >= 20);
      const wrong = all.filter(({ prompt }) => classifyPrompt(prompt).kind !== label);
      assert.ok(
        wrong.length <= (1 - atLeast) * all.length,
        wrong.map(({ id, prompt }) => `${id}: ${prompt}`).join("\n"),
      );
    });
  }
  test(`${name}: every seed prompt is right`, { skip }, () => {
    for (const { prompt, label, tags } of prompts) {
      if (tags.includes("seed")) assert.equal(classifyPrompt(prompt).kind, label, prompt);
    }
  });
}

test("a request without words is of the kind of the turn that it is known to continue", () => {
  const facts = requestFacts({ messages: [{ role: "tool", texts: [], results: [] }] });
  assert.equal(classify(facts).kind, "default");
  const continued = classify(facts, undefined, undefined, { kind: "build", reports: 2 });
  assert.deepEqual([continued.kind, continued.reports], ["build", 2]);
  assert.equal(continued.why, "it continues a turn of the kind build → build");
});

test("reports of failure are counted on from what is known of the turns before", () => {
  const reported = (text: string, reports?: number) =>
    classify(
      requestFacts({ messages: [user(text)] }),
      undefined,
      undefined,
      reports === undefined ? {} : { kind: "build", reports },
    );
  assert.equal(reported("still no menu").reports, undefined);
  assert.equal(reported("still no menu", 0).reports, 1);
  assert.deepEqual(reported("same error", 2).stuck?.times, 3);
  assert.equal(reported("now add a button", 2).reports, undefined);
});

test("where the model wavers about a first prompt, the words settle it", () => {
  const prompt = "tl;dr of this thread in one line for the ticket title";
  const first = classify(requestFacts({ messages: [user(prompt)] }));
  assert.equal(first.kind, classifyPrompt(prompt).kind);
});
