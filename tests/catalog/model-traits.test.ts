import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TRAIT_ROWS } from "../../src/catalog/data/model-traits.ts";
import { modelTraitsAt, nearestEffort } from "../../src/catalog/model-traits.ts";
import { EFFORTS } from "../../src/model/target.ts";

describe("what a model takes", () => {
  test("is what its rows say, the later ones before the earlier", () => {
    const efforts = (model: string) => modelTraitsAt("openai", model).efforts;
    assert.deepEqual(efforts("gpt-5.1"), ["none", "low", "medium", "high"]);
    assert.deepEqual(efforts("gpt-5.1-codex"), ["low", "medium", "high"]);
    assert.deepEqual(efforts("gpt-5.1-codex-max"), ["low", "medium", "high", "xhigh"]);
  });

  test("is the same in any case of its name", () => {
    assert.deepEqual(modelTraitsAt("openai", "GPT-5.1-Codex"), modelTraitsAt("openai", "gpt-5.1-codex"));
  });

  test("is nothing in particular at another provider, or where nobody knows it", () => {
    assert.deepEqual(modelTraitsAt("nobody", "gpt-5.1"), {});
    assert.deepEqual(modelTraitsAt("", ""), {});
  });

  test("does not change when clients have asked for many other names", () => {
    const before = modelTraitsAt("openai", "gpt-5.1-codex");
    for (let index = 0; index < 1200; index++) modelTraitsAt("openai", `made-up-${index}`);
    assert.deepEqual(modelTraitsAt("openai", "gpt-5.1-codex"), before);
  });
});

describe("how hard to think", () => {
  const cases: readonly (readonly [wish: string, efforts: readonly string[], word: string | undefined])[] = [
    ["medium", ["low", "medium", "high"], "medium"],
    ["xhigh", ["low", "medium", "high"], "high"],
    ["max", ["none", "low"], "low"],
    ["minimal", ["low", "high"], "low"],
    ["low", ["medium", "high"], "medium"],
    ["none", ["low", "high"], "low"],
    ["none", ["none", "low"], "none"],
    ["minimal", ["none", "medium"], "medium"],
    ["ultra", ["low", "high"], "high"],
    ["high", [], undefined],
    ["high", ["none"], undefined],
  ];
  for (const [wish, efforts, word] of cases) {
    test(`of ${efforts.join(", ") || "no words"}, ${wish} is ${word ?? "no word"}`, () => {
      assert.equal(nearestEffort(wish, efforts), word);
    });
  }

  test("is a word of the model for every wish and every model that is known", () => {
    for (const { traits: { efforts = [] } } of TRAIT_ROWS) {
      for (const wish of EFFORTS) {
        const word = nearestEffort(wish, efforts);
        assert.ok(word === undefined ? efforts.every((one) => one === "none") : efforts.includes(word), wish);
      }
    }
  });
});
