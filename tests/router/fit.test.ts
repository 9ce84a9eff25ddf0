import assert from "node:assert/strict";
import { test } from "node:test";
import { excluded, lacking, tooLong, unfit } from "../../src/router/fit.ts";
import { globPattern } from "../../src/text/match.ts";
import { requestFacts } from "../support/request-facts.ts";
import { conditionsOf, configOf, model, provider } from "./world.ts";

const TARGET = { provider: "groq", model: "llama-3.1" };
const knowing = (set: Parameters<typeof model>[1]) => conditionsOf({ model: (target) => model(target, set) });

test("a target of an unknown provider, or of one with a problem, does not fit", () => {
  const facts = requestFacts();
  const config = configOf({ providers: [provider("mine", { problem: "has no key" })] });
  assert.equal(
    unfit({ provider: "nowhere", model: "m" }, facts, config, conditionsOf()),
    '"nowhere" is not a known provider',
  );
  assert.equal(unfit({ provider: "mine", model: "m" }, facts, config, conditionsOf()), "has no key");
  assert.equal(unfit(TARGET, facts, config, conditionsOf()), undefined);
});

test("what is not known about a model never counts against it", () => {
  const asks = requestFacts({ hasImages: true, toolCount: 9, approxTokens: 9_000_000 });
  assert.equal(lacking(TARGET, asks, conditionsOf()), undefined);
  assert.equal(lacking(TARGET, asks, knowing({ context: 0 })), undefined);
});

test("images and tools need a model that takes them", () => {
  assert.equal(
    lacking(TARGET, requestFacts({ hasImages: true }), knowing({ image: false })),
    "has no image input",
  );
  assert.equal(
    lacking(TARGET, requestFacts({ toolCount: 1 }), knowing({ tools: false })),
    "has no tool calls",
  );
  assert.equal(lacking(TARGET, requestFacts(), knowing({ image: false, tools: false })), undefined);
});

test("a request fits up to the last token of the window, with the room for its answer", () => {
  const of = (approxTokens: number, maxOutputTokens: number) =>
    tooLong(
      requestFacts({ approxTokens, maxOutputTokens }),
      model(TARGET, { context: 10_000, maxOutput: 2000 }),
    );
  assert.equal(of(8000, 2000), undefined);
  assert.equal(of(10_000, 0), undefined);
  assert.equal(of(8000, 99_000), undefined, "a limit above the model's own is lowered to it");
  assert.match(
    of(8001, 2000)!,
    /window of 10,000 tokens is too small for about 8,001 and an answer of up to 2,000$/,
  );
  assert.match(of(10_001, 0)!, /too small for about 10,001$/);
});

test("an exclusion rules out names of its provider, or of all, and is quoted", () => {
  const exclusions = [
    { provider: "openai", patterns: [globPattern("gpt-4*")] },
    { provider: "*", patterns: [globPattern("x"), globPattern("*-preview")] },
  ];
  const config = configOf({ exclusions });
  const of = (provider: string, model: string) => excluded({ provider, model }, config);
  assert.equal(of("openai", "GPT-4o"), 'excluded by [[router.model_exclusions]] ("gpt-4*")');
  assert.equal(of("groq", "gpt-4o"), undefined);
  assert.equal(of("groq", "gemini-preview"), 'excluded by [[router.model_exclusions]] ("*-preview")');
  assert.equal(of("openai", "gpt-5"), undefined);
});
