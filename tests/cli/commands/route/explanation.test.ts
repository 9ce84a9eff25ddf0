import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { explanation } from "../../../../src/cli/commands/route/explanation.ts";
import { requestFor } from "../../../../src/dialects/sample-request.ts";
import type { PlannedTarget } from "../../../../src/router/plan.ts";
import { decide, type Decided } from "../../../../src/server/decide.ts";
import { widthOf } from "../../../../src/text/width.ts";
import { good } from "../../../config/support.ts";
import { session } from "../../terminal.ts";

const CONFIG = good('[router]\nthink = "ollama,big"\ndefault = "ollama,small"\n');
const price = () => undefined;

/** Why a prompt goes where it goes, with these changes of the decision. */
function explained(
  prompt: string,
  columns?: number,
  change: (decided: Decided) => Decided = (one) => one,
): string {
  const facts = requestFor(prompt);
  const decided = change(decide(facts, CONFIG, { now: 0, model: price }));
  return explanation(session([], columns === undefined ? {} : { columns }).io.stdout, facts, decided, price);
}
const line = (text: string, label: string) => new RegExp(`^${label} +(.*)$`, "m").exec(text)?.[1];

test("a prompt is explained by its words, its kind, where it goes, and numbered reasons", () => {
  const text = explained("plan the architecture");
  assert.deepEqual([line(text, "Prompt"), line(text, "Route"), line(text, "Goes to")], [
    '"plan the architecture"',
    "think",
    "ollama,big",
  ]);
  assert.match(line(text, "Kind") ?? "", /^think \(".*plan.*"\)$/);
  assert.match(text, /^Tried in this order[^]*^Why\n {2}1\. /m);
});

test("a prompt of several lines is one, and nothing in it steers a terminal", () => {
  const text = explained("plan\n\n the   architecture\x1b[2J\u202e");
  assert.equal(line(text, "Prompt"), '"plan the architecture\\u001b[2J\\u202e"');
});

test("a request without words of the user says so", () => {
  const text = explained("x", undefined, (one) => {
    const { prompt: _, ...classification } = one.classification;
    return { ...one, classification: { ...classification, housekeeping: "title" } };
  });
  assert.equal(line(text, "Prompt"), "none from the user");
  assert.equal(line(text, "Kind"), "housekeeping: title");
});

describe("the targets", () => {
  const withTargets = (targets: readonly Partial<PlannedTarget>[]) =>
    explained("x", undefined, (one) => ({
      ...one,
      plan: {
        ...one.plan,
        targets: targets.map((target) =>
          ({ provider: "p", model: "m", from: "chain", ...target }) as PlannedTarget
        ),
      },
    }));

  test("that are skipped have the reason, and the first other one is where it goes", () => {
    const text = withTargets([{ model: "a", skip: "its key is not set" }, { model: "b", from: "fallback" }]);
    assert.equal(line(text, "Goes to"), "p,b");
    assert.match(text, /^p,a .*\n {2}skipped: its key is not set\np,b +fallback /m);
  });

  test("that are all skipped lead nowhere", () => {
    assert.equal(line(withTargets([{ skip: "no" }]), "Goes to"), "nowhere");
  });

  test("have a table only where there are some", () => {
    assert.doesNotMatch(withTargets([]), /Tried in this order/);
  });
});

test("no line is wider than the terminal, whatever the prompt", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 }),
      fc.integer({ min: 40, max: 120 }),
      (prompt, columns) => {
        for (const one of explained(prompt, columns).split("\n")) assert.ok(widthOf(one) <= columns, one);
      },
    ),
    { numRuns: 40 },
  );
});
