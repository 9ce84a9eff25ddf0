import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { classifyPrompt } from "../../src/classifier/classify.ts";

interface Labelled {
  readonly id: string;
  readonly prompt: string;
  readonly label: string;
  readonly tags: readonly string[];
}

/** Labelled prompts, and the share of each label that must be right. The second set lies beside some checkouts only. */
const SETS = [
  {
    name: "the project's own labelled prompts",
    url: new URL("../fixtures/routing/own.jsonl", import.meta.url),
    atLeast: 0.9,
  },
  {
    name: "the development set",
    url: new URL("../../../shared/routing/dev.jsonl", import.meta.url),
    atLeast: 0.9,
  },
];
const LABELS = ["think", "plan_implementation", "build", "background", "default"];

for (const { name, url, atLeast } of SETS) {
  const there = existsSync(url);
  const prompts: Labelled[] = there
    ? readFileSync(url, "utf8").trim().split("\n").map((line) => JSON.parse(line))
    : [];
  for (const label of LABELS) {
    test(`${name}: at least ${atLeast * 100} % of ${label} are right`, () => {
      const all = prompts.filter((prompt) => prompt.label === label);
      if (!there) return;
      assert.ok(all.length >= 20);
      const wrong = all.filter(({ prompt }) => classifyPrompt(prompt).kind !== label);
      assert.ok(
        wrong.length <= (1 - atLeast) * all.length,
        wrong.map(({ id, prompt }) => `${id}: ${prompt}`).join("\n"),
      );
    });
  }
  test(`${name}: every seed prompt is right`, () => {
    for (const { prompt, label, tags } of prompts) {
      if (tags.includes("seed")) assert.equal(classifyPrompt(prompt).kind, label, prompt);
    }
  });
}
