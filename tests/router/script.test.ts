import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScriptFacts } from "../../src/model/script.ts";
import type { RoutingInput } from "../../src/router/plan.ts";
import { byScript, type ScriptEffects } from "../../src/router/script.ts";
import { requestFacts } from "../support/request-facts.ts";
import { type Asked, classified, conditionsOf, configOf } from "./world.ts";

/** What a script with this answer does, its reasons, and what it saw. */
function ran(
  answer: unknown,
  { facts, words, config, conditions }: Asked = {},
): { readonly effects: ScriptEffects; readonly why: readonly string[]; readonly saw: ScriptFacts } {
  let saw: ScriptFacts | undefined;
  const input: RoutingInput = {
    facts: requestFacts(facts),
    classification: classified(words),
    config: configOf(config),
    conditions: conditionsOf({
      ...conditions,
      script: {
        name: "route.ts",
        run: (seen) => {
          saw = seen;
          return { answer };
        },
      },
    }),
    why: [],
  };
  const effects = byScript(input);
  return { effects, why: input.why, saw: saw! };
}

test("without a script nothing happens, and one that says nothing leaves no reason", () => {
  const why: string[] = [];
  const input = { facts: requestFacts(), classification: classified(), config: configOf(), why };
  assert.deepEqual(byScript({ ...input, conditions: conditionsOf() }), {});
  for (const nothing of [undefined, null, {}, "auto", { route: "auto" }]) {
    assert.deepEqual([ran(nothing).effects, ran(nothing).why], [{}, []]);
  }
  assert.deepEqual(why, []);
});

test("a route or target by name is where the request goes, under the script's name", () => {
  const { effects, why } = ran("think");
  assert.deepEqual(effects, { decision: { kind: "route", name: "think", route: "script" }, counts: true });
  assert.deepEqual(why, ["the script route.ts leads to the route think"]);
  const target = ran({ route: "groq,a", reason: "günstig" });
  assert.equal(target.effects.decision?.kind, "chain");
  assert.deepEqual(target.why, ["the script route.ts leads to groq,a: günstig"]);
});

test("an effort and a refusal count with or without a route, a reason alone does not", () => {
  const both = ran({ effort: "high", route: "think" });
  assert.equal(both.effects.effort, "high");
  assert.deepEqual(both.why, ["the script route.ts leads to the route think and sets the effort high"]);
  assert.deepEqual(ran({ refuse: "not on Sundays" }).effects, { refuse: "not on Sundays", counts: true });
  const says = ran({ reason: "nothing to do" });
  assert.deepEqual([says.effects, says.why], [{}, ["the script route.ts says: nothing to do"]]);
});

test("an answer of another form is ignored, and the reason says what it must be", () => {
  const odd = [7, true, [1], { rout: "think" }, { route: 7 }, { effort: "hard" }, { refuse: "" }, {
    reason: null,
  }];
  for (const answer of odd) {
    const { effects, why } = ran(answer);
    assert.deepEqual(effects, {}, JSON.stringify(answer));
    assert.match(why[0]!, /^the script route\.ts has no opinion: it must return a route, or an object/);
  }
});

test("a name that leads nowhere is ignored, and quoted on one line", () => {
  const { effects, why } = ran({ route: "no\nwhere", effort: "high" });
  assert.deepEqual(effects, {});
  assert.deepEqual(why, [
    'the script route.ts has no opinion: "no\\nwhere" is not a route, target or configured model',
  ]);
});

test("a run that failed is ignored, with its reason", () => {
  const why: string[] = [];
  const script = { name: "route.ts", run: () => ({ failed: "it took over 5 ms" }) };
  const input = { facts: requestFacts(), classification: classified(), config: configOf(), why };
  assert.deepEqual(byScript({ ...input, conditions: conditionsOf({ script }) }), {});
  assert.deepEqual(why, ["the script route.ts has no opinion: it took over 5 ms"]);
});

test("long texts of a script are cut before anybody reads them", () => {
  const { effects } = ran({ refuse: "ü".repeat(5000), reason: "x".repeat(5000) });
  assert.ok(effects.refuse!.length <= 301);
});

test("a script sees headers without credentials, and the beginning of a long prompt", () => {
  const { saw } = ran(null, {
    words: { prompt: "ä".repeat(100_000) },
    conditions: {
      headers: {
        authorization: "Bearer x",
        cookie: "a",
        "x-api-key": "k",
        "proxy-authorization": "b",
        "x-team": "ö",
      },
      clientKey: "alice",
    },
  });
  assert.deepEqual(saw.headers, { "x-team": "ö" });
  assert.ok(saw.prompt!.length <= 65_537);
  assert.equal(saw.key, "alice");
});

test("what is not there is null, never missing", () => {
  const { saw } = ran(null, { words: { prompt: undefined } });
  const nulls = Object.entries(saw).filter(([, value]) => value === null).map(([name]) => name);
  assert.deepEqual(nulls.sort(), ["agentType", "key", "language", "next", "project", "prompt", "toolCalled"]);
  assert.ok(!Object.values(saw).includes(undefined));
});
